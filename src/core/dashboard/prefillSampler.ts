import { chunkSamples } from '../estimates/chunkSamples.ts';
import { engineOf } from '../estimates/deployment.ts';
import { forwardPass } from '../estimates/forwardPass.ts';
import type { OperatorKind } from '../estimates/forwardPass.ts';
import { bandWidth } from '../estimates/latency.ts';
import type { LatencySetup } from './latency.ts';
import { logSpaced } from './series.ts';

/** Seconds to the first token and of its parts, without the reasons: what a chart needs of hundreds of prompts. */
export interface PrefillSample {
  readonly seconds: number;
  readonly lowSeconds: number;
  readonly highSeconds: number;
  /** By the names of `latencyParts`. */
  readonly parts: Readonly<Record<string, number>>;
}

const kinds: readonly OperatorKind[] = [
  'gemm',
  'attention',
  'elementwise',
  'communication',
  'overhead',
];
type PassSeconds = readonly number[];

/**
 * Time to first token of many prompts up to `mostTokens`, one after the other; undefined where it is not known. A whole chunk's
 * time is worked out at some fifty places and taken from the straight line between them (less than 2 % off, see the tests);
 * the last chunk of each prompt is worked out itself. The number that a person reads is `prefillSeconds`, with its reasons.
 */
export function prefillSampler(
  setup: LatencySetup,
  mostTokens: number,
): (promptTokens: number) => PrefillSample | undefined {
  const { architecture, deployment, cachedShare, concurrency } = setup;
  const engine = engineOf(deployment);
  const queue = engine.requestSeconds + (concurrency - 1) * engine.requestSecondsPerOther;
  const band = bandWidth(deployment).share;
  const passAt = (cachedTokens: number, newTokens: number): PassSeconds | undefined => {
    const pass = forwardPass(architecture, deployment, { newTokens, cachedTokens, sequences: 1 });
    if (typeof pass === 'string') return undefined;
    return kinds.map((kind) =>
      pass.operators.reduce((sum, one) => (one.kind === kind ? sum + one.seconds : sum), 0),
    );
  };
  const chunk = setup.chunkTokens;
  const wholeChunk = chunk === undefined ? undefined : chunkTimes(chunk, mostTokens, passAt);
  return (promptTokens) => {
    const cached = Math.min(promptTokens - 1, Math.floor(promptTokens * cachedShare));
    const sums = kinds.map(() => 0);
    for (const one of chunkSamples(cached, promptTokens, chunk ?? promptTokens - cached)) {
      const isWhole = one.newTokens === chunk;
      const pass = isWhole && wholeChunk ? wholeChunk(one.at) : passAt(one.at, one.newTokens);
      if (pass === undefined) return undefined;
      pass.forEach((seconds, idx) => {
        sums[idx] += one.times * seconds;
      });
    }
    const parts: Record<string, number> = { queueSeconds: queue };
    kinds.forEach((kind, idx) => {
      parts[`${kind}Seconds`] = sums[idx];
    });
    const seconds = sums.reduce((sum, one) => sum + one, queue);
    return {
      seconds,
      lowSeconds: seconds * (1 - band),
      highSeconds: seconds * (1 + band),
      parts,
    };
  };
}

/** A whole chunk after any number of tokens: worked out at places equally far apart on a log axis, each when first needed. */
function chunkTimes(
  chunkTokens: number,
  mostTokens: number,
  passAt: (cachedTokens: number, newTokens: number) => PassSeconds | undefined,
): (at: number) => PassSeconds | undefined {
  const places = [
    0,
    ...(mostTokens > chunkTokens ? logSpaced(chunkTokens, mostTokens, 48) : [chunkTokens]),
  ];
  const known = new Map<number, PassSeconds | undefined>();
  const timeAt = (place: number) => {
    if (!known.has(place)) known.set(place, passAt(places[place], chunkTokens));
    return known.get(place);
  };
  return (at) => {
    const found = places.findIndex((place) => place >= at);
    const after = found === -1 ? places.length - 1 : found;
    const high = timeAt(after);
    if (places[after] === at || after === 0 || high === undefined) return high;
    const low = timeAt(after - 1);
    const share = (at - places[after - 1]) / (places[after] - places[after - 1]);
    return low?.map((seconds, idx) => seconds + share * (high[idx] - seconds));
  };
}
