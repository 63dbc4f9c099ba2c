import type { Explained, ExplainedInput } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import type { BarPart, BarSegment } from './budgetBar.ts';
import type { FitRow } from './fit.ts';
import { countReason, limitReason, marginReason } from './fitReasons.ts';
import type { DashboardSnapshot } from './snapshot.ts';
import type { Subject } from './subject.ts';

/** Why a piece of the window's bar is so wide. */
export function barReason(
  { part, tokens }: BarSegment,
  row: FitRow,
  subject: Subject,
  now: DashboardSnapshot['now'],
): Explained {
  const { model, budget, fit, count } = row;
  switch (part) {
    case 'used': {
      // At least so much: without the interval.
      const least = { ...countReason(count, subject), band: undefined };
      return { ...least, name: part, value: tokens, formula: plain(tokens) };
    }
    case 'usedAtMost':
      return {
        ...countReason(count, subject),
        name: part,
        band: undefined,
        value: tokens,
        formula: `${plain(count.highTokens)} at most - ${plain(count.lowTokens)} at least`,
      };
    case 'free':
    case 'over': {
      // The bar shows what is free for sure, or too much at most: the high end of the count.
      const whole = marginReason(model, budget, fit, count);
      const limit = limitReason(model, budget, { ...fit, limitedBy: 'contextWindow' });
      const used = `${plain(count.highTokens)} tokens at most`;
      return {
        ...whole,
        name: part,
        band: undefined,
        value: tokens,
        formula: part === 'free' ? `${limit.formula} - ${used}` : `${used} - ${limit.formula}`,
      };
    }
    default:
      return knobReason(part, tokens, now);
  }
}

function knobReason(
  part: Exclude<BarPart, 'used' | 'usedAtMost' | 'free' | 'over'>,
  tokens: number,
  { overheadFiles }: DashboardSnapshot['now'],
): Explained {
  const from = (source: string): readonly ExplainedInput[] => [
    { name: part, value: tokens, unit: 'tokens', source },
  ];
  const inputs =
    part === 'instructions'
      ? overheadFiles.map(({ path, tokens: counted }) => ({
          name: path,
          value: counted,
          unit: 'tokens',
          source: 'counted here',
        }))
      : part === 'setting'
        ? from('the setting contextBudget.overheadTokens')
        : part === 'reserved'
          ? from('the knob above, else the setting; no more than the model answers at most')
          : from('typed in under Overhead');
  return {
    name: part,
    unit: 'tokens',
    value: tokens,
    formula: plain(tokens),
    inputs,
    assumptions: [],
  };
}
