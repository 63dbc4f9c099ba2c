import { encodingLabel } from '../tokenizerFiles/tokenizerFileName.ts';
import type { ContentKind } from '../files/contentKind.ts';
import { familyRatios } from './ratios.ts';
import type { TokenCount } from './tokenCounter.ts';

/** Tokens counted with o200k_base, by what the text mostly is. */
export type CountsByKind = Readonly<Partial<Record<ContentKind, number>>>;

/** A count made with a model's own vocabulary. */
export function exactCount(tokens: number, encoding: string): TokenCount {
  return {
    tokens,
    lowTokens: tokens,
    highTokens: tokens,
    exact: true,
    basis: `counted with ${encodingLabel(encoding)}`,
  };
}

/**
 * Tokens that a family of models would count, from counts with o200k_base: each kind times its ratio. A family that
 * the ratio table does not know is estimated as "unknown", with the interval of all known ones. Never exact, not
 * even for o200k_base itself: whoever holds that model's vocabulary uses `exactCount`.
 */
export function estimateTokens(countsByKind: CountsByKind, family: string): TokenCount {
  const known = Object.hasOwn(familyRatios, family);
  const { byKind, source, asOf } = familyRatios[known ? family : 'unknown'];
  let tokens = 0;
  let lowTokens = 0;
  let highTokens = 0;
  const described: string[] = [];
  for (const kind of Object.keys(byKind) as ContentKind[]) {
    const count = countsByKind[kind] ?? 0;
    if (count === 0) continue;
    const { low, likely, high } = byKind[kind];
    tokens += count * likely;
    lowTokens += count * low;
    highTokens += count * high;
    described.push(`${low.toFixed(2)}-${high.toFixed(2)} for ${kind}`);
  }
  const ratios = described.length > 0 ? described.join(', ') : 'no text';
  return {
    tokens: Math.round(tokens),
    lowTokens: Math.floor(lowTokens),
    highTokens: Math.ceil(highTokens),
    exact: false,
    basis: `o200k_base x ${ratios} (${source}; ${asOf})`,
  };
}
