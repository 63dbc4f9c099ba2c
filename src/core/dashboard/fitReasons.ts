import type { Budget } from '../budget/budget.ts';
import type { FitVerdict } from '../budget/budgetFor.ts';
import type { Model, Sourced } from '../catalog/model.ts';
import { unknown } from '../estimates/explained.ts';
import type { Explained, ExplainedInput } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import { pagesBasis, tokensPerCodeLine, wordsPerPage, wordsPerToken } from './plainSize.ts';
import type { Subject } from './subject.ts';

/** Reasons of the numbers of one model: its window, its count, what share of the limit that is. They are made when asked for. */

/** A fact of the catalogue, as it stands there. */
export function factReason(
  name: string,
  fact: Sourced<number> | undefined,
  unit: Explained['unit'],
  modelName: string,
): Explained {
  if (fact === undefined) return unknown(name, unit, `no source lists it for ${modelName}`);
  const { value, source, asOf, disagreements = [] } = fact;
  return {
    name,
    unit,
    value,
    formula: plain(value),
    inputs: [{ name, value, source, asOf }],
    assumptions: disagreements.map(
      (other) => `${other.source} (${other.asOf}) says ${plain(other.value)}`,
    ),
  };
}

/** Tokens that the model counts, with how they were counted. */
export function countReason(
  count: TokenCount,
  subject: Pick<Subject, 'text' | 'typedTokens'>,
): Explained {
  const { tokens, basis } = count;
  const isTyped = subject.typedTokens !== undefined;
  const kinds = Object.entries(subject.text?.countsByKind ?? {});
  return {
    name: 'tokens',
    unit: 'tokens',
    value: tokens,
    ...bandOf(count, 1),
    formula: plain(tokens),
    inputs: isTyped
      ? [{ name: 'tokens', value: tokens, source: 'typed in' }]
      : kinds.map(([kind, counted]) => ({
          name: kind,
          value: counted,
          unit: `tokens of ${subject.text?.encoding ?? ''}`,
          source: 'counted here',
        })),
    assumptions: [basis],
  };
}

/** What of the window is the text's own: the window without reserved output and overhead, or the maker's limit of input. */
export function limitReason(model: Model, budget: Budget | undefined, fit: FitVerdict): Explained {
  const name = 'limitTokens';
  const { limitTokens, limitedBy } = fit;
  if (limitTokens === undefined) {
    return unknown(name, 'tokens', `no source lists the window of ${model.name}`);
  }
  return {
    name,
    unit: 'tokens',
    value: limitTokens,
    formula: `max(0, ${limitText(model, budget, limitedBy)})`,
    inputs: limitInputs(model, budget, limitedBy),
    assumptions: [],
  };
}

/** Percent of the limit that the count is, with its interval. */
export function shareReason(
  model: Model,
  budget: Budget | undefined,
  fit: FitVerdict,
  count: TokenCount,
): Explained {
  const name = 'sharePercent';
  const { sharePercent, limitedBy, limitTokens } = fit;
  if (sharePercent === undefined) {
    const because =
      limitTokens === undefined
        ? `no source lists the window of ${model.name}`
        : 'nothing is left of the window';
    return unknown(name, 'percent', because);
  }
  return {
    name,
    unit: 'percent',
    value: sharePercent,
    ...(!count.exact && {
      band: {
        low: fit.lowSharePercent ?? sharePercent,
        high: fit.highSharePercent ?? sharePercent,
        basis: count.basis,
      },
    }),
    formula: `100 x ${plain(count.tokens)} tokens / (${limitText(model, budget, limitedBy)})`,
    inputs: limitInputs(model, budget, limitedBy),
    assumptions: [count.basis],
  };
}

/** Tokens that are left; below 0: too many by so much. */
export function marginReason(
  model: Model,
  budget: Budget | undefined,
  fit: FitVerdict,
  count: TokenCount,
): Explained {
  const limit = limitReason(model, budget, fit);
  const name = 'freeTokens';
  if (limit.value === undefined || fit.marginTokens === undefined) return { ...limit, name };
  return {
    ...limit,
    name,
    value: fit.marginTokens,
    ...(!count.exact && {
      band: {
        low: fit.lowMarginTokens ?? fit.marginTokens,
        high: fit.highMarginTokens ?? fit.marginTokens,
        basis: count.basis,
      },
    }),
    formula: `${limit.formula} - ${plain(count.tokens)} tokens`,
    assumptions: [count.basis],
  };
}

/** The tokens as words, pages and lines. */
export function plainReasons(count: TokenCount, subject: Pick<Subject, 'lines'>) {
  const { tokens } = count;
  const shared = { unit: 'count', inputs: [], ...bandOf(count, wordsPerToken) } as const;
  const words: Explained = {
    ...shared,
    name: 'words',
    value: tokens * wordsPerToken,
    formula: `${plain(tokens)} tokens x ${wordsPerToken}`,
    assumptions: [pagesBasis],
  };
  const pages: Explained = {
    ...shared,
    ...bandOf(count, wordsPerToken / wordsPerPage),
    name: 'pages',
    value: (tokens * wordsPerToken) / wordsPerPage,
    formula: `${plain(tokens)} tokens x ${wordsPerToken} / ${wordsPerPage}`,
    assumptions: [pagesBasis],
  };
  const lines: Explained =
    subject.lines === undefined
      ? {
          ...shared,
          ...bandOf(count, 1 / tokensPerCodeLine),
          name: 'lines',
          value: tokens / tokensPerCodeLine,
          formula: `${plain(tokens)} tokens / ${tokensPerCodeLine}`,
          assumptions: ['9 to 11 tokens of o200k_base are a line of code'],
        }
      : {
          name: 'lines',
          unit: 'count',
          value: subject.lines,
          formula: plain(subject.lines),
          inputs: [{ name: 'lines', value: subject.lines, source: 'counted here' }],
          assumptions: [],
        };
  return { words, pages, lines };
}

function bandOf(
  { exact, lowTokens, highTokens, basis }: TokenCount,
  factor: number,
): Pick<Explained, 'band'> {
  return exact ? {} : { band: { low: lowTokens * factor, high: highTokens * factor, basis } };
}

function limitText(
  model: Model,
  budget: Budget | undefined,
  limitedBy: FitVerdict['limitedBy'],
): string {
  const overhead = plain(budget?.overheadTokens ?? 0);
  if (limitedBy === 'maxInput') {
    return `${plain(model.maxInputTokens?.value ?? NaN)} of input - ${overhead} of overhead`;
  }
  const { contextWindowTokens = NaN, reservedOutputTokens = NaN } = budget ?? {};
  return `${plain(contextWindowTokens)} of window - ${plain(reservedOutputTokens)} reserved - ${overhead} of overhead`;
}

function limitInputs(
  model: Model,
  budget: Budget | undefined,
  limitedBy: FitVerdict['limitedBy'],
): readonly ExplainedInput[] {
  const fact = limitedBy === 'maxInput' ? model.maxInputTokens : model.contextWindowTokens;
  const knob = (name: string, value: number | undefined): ExplainedInput => ({
    name,
    value,
    unit: 'tokens',
    source: 'the knobs above and the settings',
  });
  return [
    ...(fact === undefined
      ? []
      : [
          {
            name: limitedBy === 'maxInput' ? 'most input' : 'context window',
            value: fact.value,
            unit: 'tokens',
            source: fact.source,
            asOf: fact.asOf,
          },
        ]),
    ...(limitedBy === 'maxInput' ? [] : [knob('reserved output', budget?.reservedOutputTokens)]),
    knob('overhead', budget?.overheadTokens),
  ];
}
