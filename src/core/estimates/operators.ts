import type { ChipCalibration, CollectiveCalibration } from './calibration.ts';

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

/** Seconds of an [rows, inner] x [inner, columns] product: the slower of its arithmetic and its bytes. */
export function gemmSeconds(gemm: Gemm, rates: ChipRates): number {
  const { rows, inner, columns } = gemm;
  if (rows === 0 || inner === 0 || columns === 0) return 0;
  const { gemmEfficiency, gemmHalfRows, bandwidthEfficiency } = rates.calibration;
  const reached = (gemmEfficiency * rows) / (rows + gemmHalfRows);
  const arithmetic = (2 * rows * inner * columns) / (rates.gemmFlopPerSecond * reached);
  const bytes =
    gemm.weightBytesPerElement * inner * columns +
    gemm.activationBytesPerElement * rows * (inner + columns);
  return Math.max(arithmetic, bytes / (rates.memoryBytesPerSecond * bandwidthEfficiency));
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

/** Seconds of an attention kernel: arithmetic at a rate that depends on how many keys it runs over, or its bytes. */
export function attentionSeconds(
  flops: number,
  keyTokens: number,
  meanKeyTokens: number,
  kvBytes: number,
  rates: ChipRates,
): number {
  if (flops === 0) return 0;
  const { attentionEfficiency, attentionHalfTokens, attentionSlowdownTokens } = rates.calibration;
  const reached = (attentionEfficiency * keyTokens) / (keyTokens + attentionHalfTokens);
  const slowdown = 1 + meanKeyTokens / attentionSlowdownTokens;
  const arithmetic = (flops / (rates.attentionFlopPerSecond * reached)) * slowdown;
  const memory = kvBytes / (rates.memoryBytesPerSecond * rates.calibration.bandwidthEfficiency);
  return Math.max(arithmetic, memory);
}

/**
 * Seconds of one all-reduce of `bytes` over `ranks`: ring (each byte crosses 2 (r - 1) / r times) or, with
 * NVLink SHARP, once; small messages take a protocol of lower latency and lower bandwidth.
 */
export function allReduceSeconds(
  bytes: number,
  ranks: number,
  linkBytesPerSecond: number,
  inSwitch: boolean,
  collective: CollectiveCalibration,
): number {
  if (ranks <= 1 || bytes === 0) return 0;
  const moved = bytes * (inSwitch ? 1 : (2 * (ranks - 1)) / ranks);
  const reached = inSwitch ? collective.inSwitchLinkEfficiency : collective.linkEfficiency;
  const large = collective.latencySeconds + moved / (linkBytesPerSecond * reached);
  const small =
    collective.smallLatencySeconds + moved / (linkBytesPerSecond * collective.smallLinkEfficiency);
  return Math.min(large, small);
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
