import type { Architecture } from '../architectures/architecture.ts';
import type { EngineName } from '../estimates/calibration.ts';
import type { Deployment } from '../estimates/deployment.ts';
import { unknown } from '../estimates/explained.ts';
import type { Explained } from '../estimates/explained.ts';
import { secondsText } from '../estimates/formulaText.ts';
import { longestContextTokens } from '../estimates/fit.ts';
import { decodeSecondsPerToken, prefillSeconds } from '../estimates/latency.ts';
import { measuredPrefills } from '../estimates/measuredLatency.ts';
import type { MeasuredPrefill } from '../estimates/measuredLatency.ts';
import { deploymentOnGpus, sharesHeads } from './layouts.ts';
import { prefillSampler } from './prefillSampler.ts';
import { logSpaced } from './series.ts';
import type { Series, XY } from './series.ts';

/** What waiting is worked out for. */
export interface LatencySetup {
  readonly architecture: Architecture;
  readonly deployment: Deployment;
  /** Tokens per chunk of prefill; absent: the whole prompt at once. */
  readonly chunkTokens?: number;
  /** Share of the prompt whose keys and values are in the cache already, 0 up to less than 1. */
  readonly cachedShare: number;
  readonly concurrency: number;
}

export interface LatencyFigures {
  readonly timeToFirstToken: Explained;
  readonly perOutputToken: Explained;
  readonly endToEnd: Explained;
}

/** An empty prompt is worked out as one of one token: there is always a first token to wait for. */
export function latencyFigures(
  setup: LatencySetup,
  promptTokens: number,
  outputTokens: number,
): LatencyFigures {
  const { architecture, deployment } = setup;
  const prompt = Math.max(1, Math.round(promptTokens));
  const output = Math.max(1, Math.round(outputTokens));
  const timeToFirstToken = ttft(setup, prompt);
  const perOutputToken = decodeSecondsPerToken(architecture, deployment, {
    contextTokens: prompt + Math.floor(output / 2),
    sequences: setup.concurrency,
  });
  return {
    timeToFirstToken,
    perOutputToken,
    endToEnd: endToEndSeconds(timeToFirstToken, perOutputToken, output),
  };
}

function ttft(setup: LatencySetup, promptTokens: number): Explained {
  const { architecture, deployment, chunkTokens, cachedShare, concurrency } = setup;
  const cachedPrefixTokens = Math.min(promptTokens - 1, Math.floor(promptTokens * cachedShare));
  return prefillSeconds(architecture, deployment, {
    promptTokens,
    cachedPrefixTokens,
    concurrency,
    ...(chunkTokens !== undefined && { chunkTokens }),
  });
}

function endToEndSeconds(first: Explained, each: Explained, outputTokens: number): Explained {
  const name = 'endToEndSeconds';
  if (first.value === undefined || each.value === undefined) {
    return unknown(name, 'seconds', first.unknownBecause ?? each.unknownBecause ?? 'not known');
  }
  const more = outputTokens - 1;
  const band =
    first.band === undefined || each.band === undefined
      ? undefined
      : {
          low: first.band.low + more * each.band.low,
          high: first.band.high + more * each.band.high,
          basis: first.band.basis,
        };
  return {
    name,
    unit: 'seconds',
    value: first.value + more * each.value,
    ...(band !== undefined && { band }),
    formula: `${secondsText(first.value)} + ${more} more tokens x ${secondsText(each.value)}`,
    inputs: [],
    assumptions: [
      'time to first token + (output tokens - 1) x time per output token',
      'time per output token taken half way through the answer',
    ],
  };
}

const pointsPerLine = 32;

/** Time to first token against the prompt's tokens, with its band; as far as `mostTokens` where memory ends it. */
export function ttftCurve(
  id: string,
  setup: LatencySetup,
  [low, high]: readonly [number, number],
  mostTokens = Infinity,
): Series {
  const end = Math.min(high, mostTokens);
  if (end <= low) return { id, points: [] };
  const sample = prefillSampler(setup, end);
  const points: XY[] = [];
  const band: [number, number, number][] = [];
  for (const tokens of logSpaced(low, end, pointsPerLine)) {
    const one = sample(tokens);
    if (one === undefined) return { id, points: [] };
    points.push([tokens, one.seconds]);
    band.push([tokens, one.lowSeconds, one.highSeconds]);
  }
  return { id, points, band };
}

export interface LayoutCurve extends Series {
  readonly gpus: number;
  /** Longest prompt that this layout's memory holds; undefined: not known. */
  readonly longestTokens: number | undefined;
}

export interface PlacedLayout {
  readonly gpus: number;
  readonly deployment: Deployment;
  /** Longest prompt that its memory holds; undefined: not known. */
  readonly longestTokens: number | undefined;
}

/** 1, 2, 4 and 8 GPUs that share every layer, where the heads can be shared out so. */
export function placedLayouts({
  architecture,
  deployment,
  chunkTokens = Infinity,
}: Pick<LatencySetup, 'architecture' | 'deployment' | 'chunkTokens'>): readonly PlacedLayout[] {
  return [1, 2, 4, 8]
    .filter((gpus) => sharesHeads(architecture, gpus))
    .map((gpus) => {
      const placed = deploymentOnGpus(architecture, deployment.hardware, gpus, {
        engine: deployment.engine,
        weightDtype: deployment.weightDtype,
        kvDtype: deployment.kvDtype,
      });
      const longest = longestContextTokens(architecture, placed, { chunkTokens });
      return { gpus, deployment: placed, longestTokens: longest.value };
    });
}

/** The same prompt on each layout; a line ends where its memory does. */
export function layoutCurves(
  setup: LatencySetup,
  range: readonly [number, number],
  layouts = placedLayouts(setup),
): readonly LayoutCurve[] {
  return layouts.map(({ gpus, deployment, longestTokens }) => {
    const { id, points } = ttftCurve(`gpus${gpus}`, { ...setup, deployment }, range, longestTokens);
    return { id, points, gpus, longestTokens };
  });
}

/** Parts of the time to first token, in the order in which they are stacked. */
export const latencyParts = [
  'gemmSeconds',
  'attentionSeconds',
  'elementwiseSeconds',
  'communicationSeconds',
  'overheadSeconds',
  'queueSeconds',
] as const;

/** Percent of the time to first token that each part takes, against the prompt's tokens; parts that are never there left out. */
export function partShares(
  setup: LatencySetup,
  [low, high]: readonly [number, number],
): readonly Series[] {
  const lines = latencyParts.map((id) => ({ id, points: [] as XY[] }));
  const sample = prefillSampler(setup, high);
  for (const tokens of logSpaced(low, high, pointsPerLine)) {
    const one = sample(tokens);
    if (one === undefined) return [];
    for (const line of lines) {
      line.points.push([tokens, (100 * one.parts[line.id]) / one.seconds]);
    }
  }
  return lines.filter(({ points }) => points.some(([, percent]) => percent > 0));
}

/** Where a person notices: instant, still in the flow of thought, attention lost (Nielsen 1993, after Miller 1968). */
export const noticedSeconds = [0.1, 1, 10] as const;

export interface NoticedLength {
  readonly seconds: number;
  /** Longest prompt whose first token comes within that time; 0: none; undefined: not known. */
  readonly tokens: number | undefined;
}

const longestNoticed = 2 ** 30;

export function noticedLengths(setup: LatencySetup): readonly NoticedLength[] {
  const sample = prefillSampler(setup, longestNoticed);
  const at = (tokens: number) => sample(tokens)?.seconds;
  return noticedSeconds.map((seconds) => {
    const first = at(1);
    if (first === undefined) return { seconds, tokens: undefined };
    let low = 0;
    let high = longestNoticed;
    // Longer prompts take longer: halve on a log scale, to three digits.
    while (high - low > Math.max(1, high / 1000)) {
      const middle = low === 0 ? Math.ceil(high / 1024) : Math.ceil(Math.sqrt(low * high));
      if (middle >= high) break;
      if ((at(middle) ?? Infinity) <= seconds) low = middle;
      else high = middle;
    }
    return { seconds, tokens: low === 0 && first <= seconds ? 1 : low };
  });
}

/** Why a prompt of this length is noticed: its time to the first token. */
export function noticedReason(setup: LatencySetup, tokens: number): Explained {
  return ttft(setup, Math.max(1, tokens));
}

/** Measured times of the same model on the same card, whatever software and layout; never of a relative. */
export function measuredOn(
  architecture: Architecture,
  deployment: Pick<Deployment, 'hardware'>,
): readonly MeasuredPrefill[] {
  return measuredPrefills.filter(
    (one) => one.architectureId === architecture.id && one.hardwareId === deployment.hardware.id,
  );
}

/** Whether a measurement is of just what is predicted. */
export function isSameRun(
  measured: MeasuredPrefill,
  { deployment, concurrency }: { readonly deployment: Deployment; readonly concurrency: number },
): boolean {
  return (
    measured.engine === deployment.engine &&
    measured.tensorParallel === deployment.tensorParallel &&
    measured.weightDtype === deployment.weightDtype &&
    measured.concurrency === concurrency
  );
}

export function engineNameOf(engine: EngineName): string {
  const names: Readonly<Record<EngineName, string>> = {
    bareForward: 'bare forward pass',
    vllm: 'vLLM',
    tensorRtLlm: 'TensorRT-LLM',
    huggingFace: 'Hugging Face transformers',
  };
  return names[engine];
}
