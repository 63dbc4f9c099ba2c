import { encodingLabel } from '../../tokenizerFiles/tokenizerFileName.ts';
import type { ContentKind } from '../../files/contentKind.ts';
import { learntRatio, learntTotal, type LearntCounts } from './learntRatios.ts';
import { familyRatios } from './ratios.ts';
import type { TokenCount } from '../tokenCounter.ts';

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
 * even for o200k_base itself: whoever holds that model's vocabulary uses `exactCount`. What exact counts have taught
 * of the model stands in place of its family's ratio, kind by kind.
 */
export function estimateTokens(
  countsByKind: CountsByKind,
  family: string,
  learnt: LearntCounts = [],
): TokenCount {
  const measured = learnt.length === 0 ? undefined : learntTotal(learnt, countsByKind);
  if (measured !== undefined) {
    return {
      tokens: Math.round(measured.likely),
      lowTokens: Math.floor(measured.low),
      highTokens: Math.ceil(measured.high),
      exact: false,
      basis: `${measuredOn(measured)}, 1 % either way for changes since`,
    };
  }
  const known = Object.hasOwn(familyRatios, family);
  const { byKind, source, asOf } = familyRatios[known ? family : 'unknown'];
  let tokens = 0;
  let lowTokens = 0;
  let highTokens = 0;
  const described: string[] = [];
  let usesTable = false;
  for (const kind of Object.keys(byKind) as ContentKind[]) {
    const count = countsByKind[kind] ?? 0;
    if (count === 0) continue;
    const ratio = learntRatio(learnt, kind, byKind[kind]);
    const { low, likely, high } = ratio ?? byKind[kind];
    tokens += count * likely;
    lowTokens += count * low;
    highTokens += count * high;
    const range = `${low.toFixed(2)}-${high.toFixed(2)} for ${kind}`;
    described.push(ratio === undefined ? range : `${range} (${measuredOn(ratio)})`);
    usesTable ||= ratio === undefined;
  }
  const ratios = described.length > 0 ? described.join(', ') : 'no text';
  const table = usesTable || described.length === 0 ? ` (${source}; ${asOf})` : '';
  return {
    tokens: Math.round(tokens),
    lowTokens: Math.floor(lowTokens),
    highTokens: Math.ceil(highTokens),
    exact: false,
    basis: `o200k_base x ${ratios}${table}`,
  };
}

function measuredOn({ asOf }: { readonly asOf: string }): string {
  return `measured with the model on ${asOf}`;
}
