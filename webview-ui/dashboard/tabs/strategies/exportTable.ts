import type { PlannedModel } from '../../../../src/core/dashboard/strategies.ts';
import { t } from '../../../shared/l10n.ts';
import type { ExportTable } from '../../tab.ts';

export function strategiesTable({ rows }: PlannedModel): ExportTable {
  return {
    title: t('Strategies'),
    columns: [
      'strategy',
      'rank',
      'fits',
      'calls',
      'tokensSent',
      'lowTokensSent',
      'highTokensSent',
      'usd',
      'batchUsd',
      'askedAgainUsd',
      'firstAnswerSeconds',
      'totalSeconds',
      'coverage',
      'dependenciesTogether',
      'dependencies',
      'reasons',
    ],
    rows: rows.map(({ strategy, rank, plan, fit, tokensSent, cost, time, reasons, refused }) => [
      strategy,
      rank,
      fit?.verdict,
      plan?.requests.length,
      tokensSent?.tokens,
      tokensSent?.low,
      tokensSent?.high,
      cost?.once?.usd,
      cost?.batch?.usd,
      cost?.again?.usd,
      time?.firstAnswer.seconds,
      time?.total.seconds,
      plan?.coverage,
      plan?.losses.dependenciesTogether,
      plan?.losses.dependencies,
      refused ?? reasons.join('; '),
    ]),
  };
}
