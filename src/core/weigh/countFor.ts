import type { Model } from '../catalog/model.ts';
import type { ContentKind } from '../files/contentKind.ts';
import type { FileCount } from '../files/scanReport.ts';
import { encodingLabel } from '../tokenizerFiles/tokenizerFileName.ts';
import {
  estimateTokens,
  exactCount,
  type CountsByKind,
} from '../tokens/estimate/estimateTokens.ts';
import { familyOfEncoding, familyRatios } from '../tokens/estimate/ratios.ts';
import type { EncodingName, TokenCount } from '../tokens/tokenCounter.ts';

/** Tokens by what the text mostly is, all counted with one encoding. */
export interface WeighedText {
  readonly encoding: EncodingName;
  readonly countsByKind: CountsByKind;
  /** Row of the ratio table for the encoding, where its name does not say (a tokenizer's file). */
  readonly family?: string;
}

export function sumByKind(files: readonly FileCount[], encoding: EncodingName): WeighedText {
  const countsByKind: Partial<Record<ContentKind, number>> = {};
  for (const { kind, tokens } of files) countsByKind[kind] = (countsByKind[kind] ?? 0) + tokens;
  return { encoding, countsByKind };
}

export function totalOf({ countsByKind }: WeighedText): number {
  return Object.values(countsByKind).reduce((sum, tokens) => sum + tokens, 0);
}

/**
 * What a model would count: exact when the text was counted with the model's own vocabulary, else an interval by its
 * family's ratios to o200k_base. A count made with another encoding first becomes one of o200k_base, by that
 * encoding's ratios the other way round: the widest interval of both steps is kept. Exact counts that the model once
 * made (`tokenizer.learnt`) narrow its interval.
 */
export function countFor(text: WeighedText, { tokenizer }: Pick<Model, 'tokenizer'>): TokenCount {
  if (tokenizer.exact && tokenizer.encoding === text.encoding) {
    return exactCount(totalOf(text), text.encoding);
  }
  const { family, learnt } = tokenizer;
  if (text.encoding === 'o200k_base') return estimateTokens(text.countsByKind, family, learnt);
  const back = familyRatios[familyOfEncoding(text.family ?? text.encoding)].byKind;
  const scaled = (end: 'low' | 'likely' | 'high'): CountsByKind => {
    const counts: Partial<Record<ContentKind, number>> = {};
    for (const [kind, tokens] of Object.entries(text.countsByKind) as [ContentKind, number][]) {
      counts[kind] = tokens / back[kind][end];
    }
    return counts;
  };
  const least = estimateTokens(scaled('high'), family, learnt);
  const likely = estimateTokens(scaled('likely'), family, learnt);
  const most = estimateTokens(scaled('low'), family, learnt);
  return {
    ...likely,
    lowTokens: least.lowTokens,
    highTokens: most.highTokens,
    basis: `${encodingLabel(text.encoding)} as ${likely.basis}`,
  };
}

/** A count with more tokens beside it that are known as they are, such as an overhead that was set. */
export function plusTokens(count: TokenCount, tokens: number): TokenCount {
  return {
    ...count,
    tokens: count.tokens + tokens,
    lowTokens: count.lowTokens + tokens,
    highTokens: count.highTokens + tokens,
  };
}
