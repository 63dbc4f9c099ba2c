import * as vscode from 'vscode';
import { findModel } from '../../core/catalog/findModel.ts';
import type { Model } from '../../core/catalog/model.ts';
import { formatCount, formatPercent } from '../../core/format/numbers.ts';
import { comparePlans, type ComparedPlan } from '../../core/plans/comparePlans.ts';
import type { StrategyId } from '../../core/plans/plan.ts';
import type { PlansReport } from '../../core/plans/plansReport.ts';
import { effectiveContextFor } from '../../core/quality/effectiveContext.ts';
import { strategyName, tokenCountText, usdIntervalText } from '../words.ts';

/** Lists the plans of a report, the recommended one first; undefined: closed without a choice. Throws where no strategy has one. */
export async function pickStrategy(
  report: PlansReport,
  models: readonly Model[],
): Promise<StrategyId | undefined> {
  const { modelId, overheadTokens, task } = report.question;
  const model = findModel(modelId, models);
  const { plans, ranked } = comparePlans(report.planned, {
    model,
    counted: report.counted,
    overheadTokens,
    task,
    setTokens: report.index.tokens,
    at: new Date(),
    measurements: effectiveContextFor(model),
  });
  const best = ranked.at(0)?.strategy;
  const reasonsOf = (strategy: StrategyId) =>
    ranked.find((each) => each.strategy === strategy)?.reasons ?? [];
  const order = ranked.map(({ strategy }) => strategy);
  const possible = plans.filter(({ plan }) => plan !== undefined);
  const items = possible
    .sort((a, b) => order.indexOf(a.strategy) - order.indexOf(b.strategy))
    .map((compared) => ({
      strategy: compared.strategy,
      label: `$(${compared.strategy === best ? 'star-full' : 'blank'}) ${strategyName(compared.strategy)}`,
      description: figures(compared),
      detail: [...reasonsOf(compared.strategy), ...(compared.plan?.notes ?? [])].join(' · '),
    }));
  if (items.length === 0) {
    throw new Error(report.planned.find(({ refused }) => refused !== undefined)?.refused);
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Strategies for {0}', tokenCountText(report.index.tokens)),
    placeHolder: vscode.l10n.t('The first is recommended'),
    matchOnDetail: true,
  });
  return picked?.strategy;
}

function figures({ plan, cost, tokensSent }: ComparedPlan): string {
  if (plan === undefined) return '';
  const calls = plan.requests.length;
  const { dependencies, dependenciesTogether } = plan.losses;
  return [
    calls === 1 ? vscode.l10n.t('1 call') : vscode.l10n.t('{0} calls', formatCount(calls)),
    tokenCountText(tokensSent?.tokens ?? plan.tokensSent),
    usdIntervalText(cost?.once),
    vscode.l10n.t('{0} of the code', formatPercent(plan.coverage * 100)),
    ...(dependencies === 0
      ? []
      : [
          vscode.l10n.t(
            '{0} of the dependencies together',
            formatPercent((dependenciesTogether / dependencies) * 100),
          ),
        ]),
  ].join(' · ');
}
