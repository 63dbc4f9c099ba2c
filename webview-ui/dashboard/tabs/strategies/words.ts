import type { ComparedPlan } from '../../../../src/core/plans/comparePlans.ts';
import type { SecondsInterval } from '../../../../src/core/plans/planTime.ts';
import type { Task } from '../../../../src/core/plans/task.ts';
import type { FileOrder } from '../../../../src/core/plans/order.ts';
import type { StrategiesModel } from '../../../../src/core/dashboard/strategies.ts';
import {
  formatCount,
  formatPercent,
  formatSeconds,
  formatTokens,
} from '../../../../src/core/format/numbers.ts';
import { t } from '../../../shared/l10n.ts';

export function taskName(kind: Task['kind']): string {
  switch (kind) {
    case 'question':
      return t('Ask a question');
    case 'review':
      return t('Review the code');
    case 'summarise':
      return t('Summarise the code');
    case 'migrate':
      return t('Plan a migration');
  }
}

export function orderName(order: FileOrder): string {
  switch (order) {
    case 'byTask':
      return t('As the task asks for');
    case 'dependencies':
      return t('Needed files first');
    case 'path':
      return t('By path');
    case 'heaviestLast':
      return t('Heaviest last');
    case 'edges':
      return t('Important at both ends');
  }
}

export function missingText(missing: NonNullable<StrategiesModel['missing']>): string {
  switch (missing) {
    case 'model':
      return t('The chosen model is not in the catalogue.');
    case 'window':
      return t('The window of the chosen model is unknown, so nothing can be planned for it.');
    case 'files':
      return t('Only counted files can be planned for: choose the set, all files or a folder.');
    case 'words':
      return t('Say in a few words what is asked.');
  }
}

export function secondsText(time: SecondsInterval | undefined): string {
  if (time === undefined) return t('unknown');
  // A line may break between the two, not inside one.
  const [low, high] = [time.lowSeconds, time.highSeconds].map((seconds) =>
    formatSeconds(seconds).replaceAll(' ', '\u00a0'),
  );
  return low === high ? low : `${low} – ${high}`;
}

/** Full digits of what was counted; an estimate has none, and its reasons have them all. */
export function sentText({ tokensSent }: ComparedPlan): string {
  if (tokensSent === undefined) return '';
  const { low, high, tokens } = tokensSent;
  return low === high ? formatCount(tokens) : `${formatTokens(low)} – ${formatTokens(high)}`;
}

/** "83%" of the dependencies. */
export function togetherText({ plan }: ComparedPlan): string {
  if (plan === undefined) return '';
  const { dependencies, dependenciesTogether } = plan.losses;
  if (dependencies === 0) return t('none found');
  return formatPercent((100 * dependenciesTogether) / dependencies);
}

/** "3 files unseen, 1 cut"; '' when all is sent. */
export function lossText({ plan }: ComparedPlan): string {
  if (plan === undefined) return '';
  const { filesUnseen, filesCut } = plan.losses;
  return [
    ...(filesUnseen === 0
      ? []
      : [filesUnseen === 1 ? t('1 file unseen') : t('{0} files unseen', formatCount(filesUnseen))]),
    ...(filesCut === 0
      ? []
      : [filesCut === 1 ? t('1 file in part') : t('{0} files in part', formatCount(filesCut))]),
  ].join(', ');
}

/** "+3", "-2", "0". */
export function pointsText(points: number): string {
  return points > 0 ? `+${points}` : String(points);
}
