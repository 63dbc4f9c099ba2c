import * as vscode from 'vscode';
import type { PlansApi } from '../../protocol/plansMessages.ts';
import type { Session } from '../session.ts';
import { leaveOutCut } from './leaveOutCut.ts';
import { openPart } from './openPart.ts';
import { copyRequest, savePlan, sendToChat } from './planOutput.ts';
import type { Plans } from './planService.ts';
import { showRequest } from './requestDocuments.ts';

/** What the Strategies tab may ask for. */
export function plansApi(session: Session, plans: Plans): PlansApi {
  let abort: AbortController | undefined;
  return {
    planStrategies: async (question) => {
      // The last one asked for counts.
      abort?.abort(new Error(vscode.l10n.t('Planning was cancelled')));
      const own = new AbortController();
      abort = own;
      return plans.plan(question, own.signal);
    },
    madePlans: () => Promise.resolve(plans.report),
    cancelPlans: () => {
      abort?.abort(new Error(vscode.l10n.t('Planning was cancelled')));
      return Promise.resolve();
    },
    planRequests: (planId, strategy) => {
      const { plan, paths } = plans.chosen(planId, strategy);
      plans.choose(planId, strategy);
      return Promise.resolve(
        plan.requests.map(({ parts, role, answersOf, tokens, outputTokens, stableTokens }) => ({
          role,
          answersOf,
          tokens,
          outputTokens,
          stableTokens,
          parts: parts.map(({ fileIdx, ...part }) => ({ path: paths[fileIdx], ...part })),
        })),
      );
    },
    showRequest: (planId, strategy, idx) =>
      showRequest(plans, planId, strategy, idx, vscode.ViewColumn.Beside),
    openPart: async (path, startLine, endLine) => {
      const { current } = plans;
      const paths = current && plans.chosen(current.planId, current.strategy).paths;
      if (paths?.includes(path) !== true) {
        throw new Error(vscode.l10n.t('{0} is no file of the plan that is shown', path));
      }
      const lines = { startLine: wholeLine(startLine), endLine: wholeLine(endLine) };
      await openPart(session, path, lines, vscode.ViewColumn.Beside);
    },
    copyRequest: (planId, strategy, idx) => copyRequest(session, plans, { planId, strategy, idx }),
    sendRequestToChat: (planId, strategy, idx) =>
      sendToChat(session, plans, { planId, strategy, idx }),
    savePlan: (planId, strategy) => savePlan(session, plans, planId, strategy),
    leaveOutCut: async (planId) => {
      await leaveOutCut(session, plans, planId);
    },
    measureRecall: (planId) => plans.recall(planId),
  };
}

/** A page's numbers are not to be trusted. */
function wholeLine(line: unknown): number {
  if (typeof line === 'number' && Number.isSafeInteger(line) && line >= 0) return line;
  throw new RangeError(vscode.l10n.t('{0} is no line of a file', String(line)));
}
