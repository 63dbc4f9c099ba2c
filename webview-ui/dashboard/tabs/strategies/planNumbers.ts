import type { TemplateResult } from 'lit';
import { planCostReason } from '../../../../src/core/dashboard/planCostReason.ts';
import {
  coverageReason,
  planCallsReason,
  planFitReason,
  togetherReason,
  tokensSentReason,
} from '../../../../src/core/dashboard/planReasons.ts';
import {
  firstAnswerReason,
  totalTimeReason,
} from '../../../../src/core/dashboard/planTimeReasons.ts';
import type { PlannedModel, StrategyRow } from '../../../../src/core/dashboard/strategies.ts';
import type { Workload } from '../../../../src/core/dashboard/workload.ts';
import { formatCount, formatPercent } from '../../../../src/core/format/numbers.ts';
import type { PlanOutline } from '../../../../src/core/plans/plan.ts';
import type { PlanFit } from '../../../../src/core/plans/planFit.ts';
import { t } from '../../../shared/l10n.ts';
import { strategyName, usdIntervalText, verdictText } from '../../../shared/words.ts';
import { why, type Why } from '../../why.ts';
import { secondsText, sentText, togetherText } from './words.ts';

/** A row's numbers, each with its reasons. */
export interface PlanNumbers {
  readonly fit: TemplateResult;
  /** What stands under each heading, in the order of the columns. */
  readonly cells: readonly (readonly [heading: string, number: TemplateResult])[];
}

export function planNumbers(
  row: StrategyRow & { readonly plan: PlanOutline; readonly fit: PlanFit },
  { facts, at }: PlannedModel,
  workload: Workload,
): PlanNumbers {
  const { plan, fit, cost, time, strategy } = row;
  const number = (heading: string, text: string, reason: Why): TemplateResult =>
    why(reason, { text, label: t('{0}, {1}', heading, strategyName(strategy)), isInTable: true });
  const cell = (heading: string, text: string, reason: Why) =>
    [heading, number(heading, text, reason)] as const;
  const priced = (heading: string, kind: 'once' | 'batch' | 'again') =>
    cell(heading, usdIntervalText(cost?.[kind]), () =>
      planCostReason(plan, kind, cost?.[kind], facts, at),
    );
  return {
    fit: number(t('Share of what one request may hold'), verdictText(fit.verdict), () =>
      planFitReason(fit, plan, facts),
    ),
    cells: [
      cell(t('Calls'), formatCount(plan.requests.length), () => planCallsReason(plan)),
      cell(t('Tokens sent'), sentText(row), () => tokensSentReason(plan, facts)),
      priced(t('Cost'), 'once'),
      priced(t('Batch'), 'batch'),
      priced(t('Asked again'), 'again'),
      cell(t('First answer'), secondsText(time?.firstAnswer), () =>
        firstAnswerReason(plan, time, facts, workload),
      ),
      cell(t('All calls'), secondsText(time?.total), () =>
        totalTimeReason(plan, time, facts, workload),
      ),
      cell(t('Code seen'), formatPercent(plan.coverage * 100), () =>
        coverageReason(plan, facts.report),
      ),
      cell(t('Dependencies together'), togetherText(row), () => togetherReason(plan)),
    ],
  };
}

/** The headings over the cells of `planNumbers`. */
export function planHeadings(): readonly string[] {
  return [
    t('Calls'),
    t('Tokens sent'),
    t('Cost'),
    t('Batch'),
    t('Asked again'),
    t('First answer'),
    t('All calls'),
    t('Code seen'),
    t('Dependencies together'),
  ];
}
