import type { TokensPicture } from '../../src/lab/picture.ts';

/** Tokens in a row that are shown as one: from `start` to before `end`. */
export interface TokenRun {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The strongest one's. */
  readonly strength?: number;
  /** The most frequent one. */
  readonly category?: number;
}

type Tokens = TokensPicture['tokens'];

/** Up to this many tokens each is shown alone. */
const mostSingle = 256;
/** More stretches than that take longer to lay out than a step may. */
const mostRuns = 512;

/** Strengths are shown in tenths. */
export function strengthStep(strength: number): number {
  return Math.round(strength * 10);
}

/**
 * The text for showing: token by token while it is short or its tokens can be picked, then neighbours that look alike as one,
 * then stretches of equal length. No token is left out.
 */
export function tokenRuns({ tokens, togglesControl }: TokensPicture): readonly TokenRun[] {
  if (tokens.length <= mostSingle || togglesControl !== undefined) {
    return tokens.map((_, idx) => runOf(tokens, idx, idx + 1));
  }
  const starts = tokens.flatMap((_, idx) => (idx === 0 || !alike(tokens, idx) ? [idx] : []));
  const every = Math.ceil(tokens.length / mostRuns);
  const cuts =
    starts.length <= mostRuns
      ? starts
      : Array.from({ length: Math.ceil(tokens.length / every) }, (_, idx) => idx * every);
  return cuts.map((start, idx) => runOf(tokens, start, cuts[idx + 1] ?? tokens.length));
}

function alike(tokens: Tokens, idx: number): boolean {
  const [before, own] = [tokens[idx - 1], tokens[idx]];
  return (
    before.category === own.category &&
    strengthStep(before.strength ?? 0) === strengthStep(own.strength ?? 0)
  );
}

function runOf(tokens: Tokens, start: number, end: number): TokenRun {
  const own = tokens.slice(start, end);
  const strengths = own.flatMap(({ strength }) => strength ?? []);
  const category = mostFrequent(own.flatMap((token) => token.category ?? []));
  return {
    start,
    end,
    text: own.map(({ text }) => text).join(''),
    ...(strengths.length === 0 ? {} : { strength: Math.max(...strengths) }),
    ...(category === undefined ? {} : { category }),
  };
}

function mostFrequent(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  let best: number | undefined;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (best === undefined || count > (counts.get(best) ?? 0)) best = value;
  }
  return best;
}
