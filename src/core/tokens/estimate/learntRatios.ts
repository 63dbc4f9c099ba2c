import { contentKinds, type ContentKind } from '../../files/contentKind.ts';
import type { CountsByKind } from './estimateTokens.ts';
import type { TokenRatio } from './ratios.ts';

/** One exact count: what a model counted where o200k_base counted `baseTokens`. */
export interface LearntCount {
  readonly kind: ContentKind;
  /** By o200k_base; at least 1. */
  readonly baseTokens: number;
  readonly lowTokens: number;
  readonly highTokens: number;
  /** Who counted: "Anthropic’s count endpoint". */
  readonly source: string;
  /** ISO date. */
  readonly asOf: string;
}

/** Exact counts of one model, the newest last. */
export type LearntCounts = readonly LearntCount[];

export interface LearntRatio extends TokenRatio {
  readonly sources: readonly string[];
  /** ISO date of the newest count. */
  readonly asOf: string;
}

/** Counts of a kind that are remembered; older ones go. */
const maxCountsPerKind = 20;
/** Single files of a kind vary by so much, as in the table of ratios. */
const fileSpread = 0.1;
/** What is weighed has the base count that was measured: the same text, or one that an edit left as long. */
const sameTextSpread = 0.01;

/** Adds counts; one of the same source and base count takes the place of the earlier one. Empty texts teach nothing. */
export function withLearnt(learnt: LearntCounts, added: readonly LearntCount[]): LearntCounts {
  let all = learnt;
  for (const count of added) {
    if (!isLearntCount(count)) continue;
    const kept = all.filter(
      (old) =>
        old.kind !== count.kind ||
        old.baseTokens !== count.baseTokens ||
        old.source !== count.source,
    );
    const ofKind = kept.filter((old) => old.kind === count.kind);
    const tooMany = new Set(ofKind.slice(0, Math.max(0, ofKind.length - maxCountsPerKind + 1)));
    all = [...kept.filter((old) => !tooMany.has(old)), count];
  }
  return all;
}

/**
 * The ratio to o200k_base on text of one kind; undefined where no count taught it. Its interval holds every count that
 * was made, and beside them the spread between single files and what a short text can't tell (1 / sqrt of its tokens);
 * where the family's table is narrower and agrees with the counts, the table's end is taken.
 */
export function learntRatio(
  learnt: LearntCounts,
  kind: ContentKind,
  prior: TokenRatio,
): LearntRatio | undefined {
  const counts = learnt.filter((count) => count.kind === kind);
  if (counts.length === 0) return undefined;
  const baseTokens = counts.reduce((sum, count) => sum + count.baseTokens, 0);
  const tokens = counts.reduce((sum, count) => sum + (count.lowTokens + count.highTokens) / 2, 0);
  const least = Math.min(...counts.map((count) => count.lowTokens / count.baseTokens));
  const most = Math.max(...counts.map((count) => count.highTokens / count.baseTokens));
  const spread = fileSpread + 1 / Math.sqrt(baseTokens);
  return {
    low: Math.min(least, Math.max(prior.low, least * (1 - spread))),
    likely: tokens / baseTokens,
    high: Math.max(most, Math.min(prior.high, most * (1 + spread))),
    sources: [...new Set(counts.map(({ source }) => source))],
    asOf: newest(counts),
  };
}

/**
 * The count of a text that was itself measured, told by its counts of every kind being those of measurements; a text
 * of less than 1,000 tokens could have them by chance. Undefined otherwise.
 */
export function learntTotal(
  learnt: LearntCounts,
  countsByKind: CountsByKind,
):
  | { readonly low: number; readonly likely: number; readonly high: number; readonly asOf: string }
  | undefined {
  const found: LearntCount[] = [];
  for (const kind of contentKinds) {
    const baseTokens = countsByKind[kind] ?? 0;
    if (baseTokens === 0) continue;
    const count = learnt
      .filter((each) => each.kind === kind && each.baseTokens === baseTokens)
      .at(-1);
    if (count === undefined) return undefined;
    found.push(count);
  }
  if (found.reduce((sum, count) => sum + count.baseTokens, 0) < 1000) return undefined;
  const low = found.reduce((sum, count) => sum + count.lowTokens, 0);
  const high = found.reduce((sum, count) => sum + count.highTokens, 0);
  return {
    low: low * (1 - sameTextSpread),
    likely: (low + high) / 2,
    high: high * (1 + sameTextSpread),
    asOf: newest(found),
  };
}

/** What is remembered of all models, by model id, as JSON holds it. */
export type LearntByModel = Readonly<Record<string, LearntCounts>>;

/** Reads what an earlier run remembered; whatever is not in order is left out. */
export function parseLearnt(value: unknown): LearntByModel {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value)
    .map(([id, counts]) => [id, Array.isArray(counts) ? counts.filter(isLearntCount) : []] as const)
    .filter(([, counts]) => counts.length > 0);
  return Object.fromEntries(entries);
}

function isLearntCount(value: unknown): value is LearntCount {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, baseTokens, lowTokens, highTokens, source, asOf } = value as Partial<LearntCount>;
  return (
    contentKinds.some((known) => known === kind) &&
    isCount(baseTokens) &&
    baseTokens >= 1 &&
    isCount(lowTokens) &&
    isCount(highTokens) &&
    lowTokens <= highTokens &&
    highTokens >= 1 &&
    typeof source === 'string' &&
    typeof asOf === 'string' &&
    /^\d{4}-\d{2}-\d{2}$/.test(asOf)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function newest(counts: readonly LearntCount[]): string {
  return counts.map(({ asOf }) => asOf).reduce((a, b) => (a > b ? a : b));
}
