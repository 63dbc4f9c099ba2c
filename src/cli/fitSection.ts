import type { ModelFit } from '../core/weigh/modelFit.ts';
import type { Verdict } from '../core/budget/budget.ts';
import type { BudgetOptions } from '../core/budget/budgetFor.ts';
import {
  formatCount,
  formatInterval,
  formatKnown,
  formatTokens,
  formatUsd,
} from '../core/format/numbers.ts';
import type { Column, Section } from './section.ts';

export const verdictWords: Readonly<Record<Verdict, string>> = {
  fits: 'fits',
  uncertain: 'uncertain',
  doesNotFit: 'does not fit',
  unknown: 'unknown',
};

const right = (name: string): Column => ({ name, align: 'right' });
const left = (name: string): Column => ({ name, align: 'left' });

export function fitSection(fits: readonly ModelFit[], options: BudgetOptions): Section {
  return {
    title: 'What it fits',
    columns: [
      { ...left('model'), flexible: true },
      right('window'),
      right('tokens'),
      left('verdict'),
      right('free'),
      right('sending it once'),
    ],
    rows: fits.map(({ model, count, verdict, budget, inputCost, ...fit }) => [
      model.id,
      formatKnown(budget?.contextWindowTokens, formatTokens),
      count.exact
        ? formatTokens(count.tokens)
        : formatInterval(count.lowTokens, count.highTokens, formatTokens),
      verdictWords[verdict],
      fit.lowMarginTokens === undefined || fit.highMarginTokens === undefined
        ? 'unknown'
        : formatInterval(fit.lowMarginTokens, fit.highMarginTokens, formatTokens),
      inputCost === undefined
        ? 'unknown'
        : formatInterval(inputCost.lowUsd, inputCost.highUsd, formatUsd),
    ]),
    note: [
      `Of each window, ${formatCount(options.reservedOutputTokens)} tokens are kept for the answer and`,
      `${formatCount(options.overheadTokens)} for a system prompt and tools. Intervals are estimates: the model's`,
      'own vocabulary is not public or not here.',
      ...(fits.some(({ verdict }) => verdict !== 'fits')
        ? ['Where it does not fit, "context-budget plan" makes requests that do.']
        : []),
    ].join(' '),
  };
}
