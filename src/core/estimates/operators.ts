import type { ChipCalibration, CollectiveCalibration } from './calibration.ts';
import { gigabytes, plain, secondsText, terascale } from './formulaText.ts';

/** Seconds, and how they come about, with the values put in. */
export interface Timed {
  readonly seconds: number;
  readonly formula: () => string;
}

const noTime: Timed = { seconds: 0, formula: () => '0 s' };

/** Rates of one chip as one forward pass uses them. */
export interface ChipRates {
  readonly gemmFlopPerSecond: number;
  readonly attentionFlopPerSecond: number;
  readonly memoryBytesPerSecond: number;
  readonly linkBytesPerSecond: number | undefined;
  readonly calibration: ChipCalibration;
}

export interface Gemm {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly weightBytesPerElement: number;
  readonly activationBytesPerElement: number;
}

/** An [rows, inner] x [inner, columns] product: the slower of its arithmetic and its bytes. */
export function gemmTime(gemm: Gemm, rates: ChipRates): Timed {
  const { rows, inner, columns } = gemm;
  if (rows === 0 || inner === 0 || columns === 0) return noTime;
  const { gemmEfficiency, gemmHalfRows, bandwidthEfficiency } = rates.calibration;
  const reached = (gemmEfficiency * rows) / (rows + gemmHalfRows);
  const arithmetic = (2 * rows * inner * columns) / (rates.gemmFlopPerSecond * reached);
  const bytes =
    gemm.weightBytesPerElement * inner * columns +
    gemm.activationBytesPerElement * rows * (inner + columns);
  const memory = bytes / (rates.memoryBytesPerSecond * bandwidthEfficiency);
  if (memory > arithmetic) return { seconds: memory, formula: () => bytesText(bytes, rates) };
  return {
    seconds: arithmetic,
    formula: () =>
      `2 x ${plain(rows)} rows x ${plain(inner)} x ${plain(columns)} / ` +
      `(${terascale(rates.gemmFlopPerSecond, 'FLOP/s')} x ${gemmEfficiency} x ${plain(rows)} / (${plain(rows)} + ${gemmHalfRows}))`,
  };
}

function bytesText(bytes: number, rates: ChipRates): string {
  const { bandwidthEfficiency } = rates.calibration;
  return `${gigabytes(bytes)} / (${gigabytes(rates.memoryBytesPerSecond, 'GB/s')} x ${bandwidthEfficiency})`;
}

/**
 * (query, key) pairs that causal attention of `newTokens` after `cachedTokens` computes; with a span, each
 * query sees at most that many keys, its own included.
 */
export function attentionPairs(
  newTokens: number,
  cachedTokens: number,
  spanTokens = Infinity,
): number {
  const growing = Math.min(newTokens, Math.max(0, spanTokens - cachedTokens));
  const full = growing * cachedTokens + (growing * (growing + 1)) / 2;
  return newTokens > growing ? full + (newTokens - growing) * spanTokens : full;
}

/** Pairs under chunked-local attention: position i sees the i mod chunk + 1 tokens of its chunk. */
export function chunkedPairs(newTokens: number, cachedTokens: number, chunkTokens: number): number {
  const upTo = (tokens: number) => {
    const rest = tokens % chunkTokens;
    const whole = Math.floor(tokens / chunkTokens);
    return (whole * chunkTokens * (chunkTokens + 1)) / 2 + (rest * (rest + 1)) / 2;
  };
  return upTo(cachedTokens + newTokens) - upTo(cachedTokens);
}

/** An attention kernel: arithmetic at a rate that depends on how many keys it runs over, or its bytes. */
export function attentionTime(
  flops: number,
  keyTokens: number,
  meanKeyTokens: number,
  kvBytes: number,
  rates: ChipRates,
): Timed {
  if (flops === 0) return noTime;
  const { attentionEfficiency, attentionHalfTokens, attentionSlowdownTokens } = rates.calibration;
  const reached = (attentionEfficiency * keyTokens) / (keyTokens + attentionHalfTokens);
  const slowdown = 1 + meanKeyTokens / attentionSlowdownTokens;
  const arithmetic = (flops / (rates.attentionFlopPerSecond * reached)) * slowdown;
  const memory = kvBytes / (rates.memoryBytesPerSecond * rates.calibration.bandwidthEfficiency);
  if (memory > arithmetic) return { seconds: memory, formula: () => bytesText(kvBytes, rates) };
  return {
    seconds: arithmetic,
    formula: () =>
      `${terascale(flops, 'FLOP')} / (${terascale(rates.attentionFlopPerSecond, 'FLOP/s')} x ${attentionEfficiency} x ` +
      `${plain(keyTokens)} keys / (${plain(keyTokens)} + ${attentionHalfTokens})) x (1 + ${plain(meanKeyTokens)} / ${attentionSlowdownTokens})`,
  };
}

/**
 * One all-reduce of `bytes` over `ranks`: ring (each byte crosses 2 (r - 1) / r times) or, with
 * NVLink SHARP, once; small messages take a protocol of lower latency and lower bandwidth.
 */
export function allReduceTime(
  bytes: number,
  ranks: number,
  linkBytesPerSecond: number,
  inSwitch: boolean,
  collective: CollectiveCalibration,
): Timed {
  if (ranks <= 1 || bytes === 0) return noTime;
  const moved = bytes * (inSwitch ? 1 : (2 * (ranks - 1)) / ranks);
  const reached = inSwitch ? collective.inSwitchLinkEfficiency : collective.linkEfficiency;
  const large = collective.latencySeconds + moved / (linkBytesPerSecond * reached);
  const small =
    collective.smallLatencySeconds + moved / (linkBytesPerSecond * collective.smallLinkEfficiency);
  const [latency, share] =
    small < large
      ? [collective.smallLatencySeconds, collective.smallLinkEfficiency]
      : [collective.latencySeconds, reached];
  return {
    seconds: Math.min(large, small),
    formula: () =>
      `(${secondsText(latency)} + ${gigabytes(moved)} / (${gigabytes(linkBytesPerSecond, 'GB/s')} x ${share}))`,
  };
}

/** Experts that `tokens` touch when each picks `perToken` of `experts` at random: E (1 - (1 - k/E)^n). */
export function touchedExperts(experts: number, perToken: number, tokens: number): number {
  return experts * (1 - (1 - perToken / experts) ** tokens);
}

/**
 * Keys that the average (query, key) pair's query runs over, under causal attention of queries from `first` to
 * `last`: 2/3 (last^3 - first^3) / (last^2 - first^2), so that chunks and one pass agree.
 */
export function meanKeys(first: number, last: number): number {
  if (last <= first) return last;
  return (2 / 3) * ((last * last + last * first + first * first) / (last + first));
}
