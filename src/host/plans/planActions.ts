import * as vscode from 'vscode';
import { formatCount } from '../../core/format/numbers.ts';
import type { PlansReport } from '../../core/plans/plansReport.ts';
import type { RequestRow } from '../views/requestsTree.ts';
import { tokenCountText } from '../words.ts';
import { askTask } from './askTask.ts';
import type { PlanAnswers } from './planCommands.ts';
import { leaveOutCut } from './leaveOutCut.ts';
import { copyRequest, savePlan, sendToChat, type RequestName } from './planOutput.ts';
import { openPart } from './openPart.ts';
import { pickStrategy } from './pickStrategy.ts';
import type { PlanName, Plans, PlansOptions } from './planService.ts';
import { showRequest } from './requestDocuments.ts';

/** What the commands do, each with the person. */
export interface PlanActions {
  /** Asks for a task and a strategy unless they are given, then shows the requests. */
  planStrategy(given?: PlanAnswers): Promise<void>;
  /** Of one row of the Requests view, else of the request that the person picks. */
  copyPlan(row?: RequestRow): Promise<boolean>;
  savePlan(folder?: vscode.Uri): Promise<boolean>;
  sendPlanToChat(row?: RequestRow): Promise<boolean>;
  /** Takes the files of the smallest cut out of the set; how many they were. */
  leaveOutCut(): Promise<number>;
  /** Opens what a row of the Requests view stands for: a request's text, or a file at its lines. */
  openRow(row: RequestRow): Promise<void>;
}

export function planActions(
  { session, weighing, requests }: PlansOptions,
  service: Plans,
): PlanActions {
  const chosen = (): PlanName => {
    const { current } = service;
    if (current === undefined) {
      throw new Error(
        vscode.l10n.t('No strategy is planned: run "{0}" first', vscode.l10n.t('Plan a Strategy…')),
      );
    }
    return current;
  };

  /** Asks which of the plans at hand is meant while none is chosen: their list may have gone unanswered. */
  const chosenOrPicked = async (): Promise<PlanName | undefined> => {
    const { report } = service;
    if (service.current !== undefined || report === undefined) return chosen();
    const strategy = await pickStrategy(report, (await weighing()).modelsOf(session.settings));
    if (strategy === undefined) return undefined;
    const name = { planId: report.planId, strategy };
    service.choose(name.planId, name.strategy);
    return name;
  };

  const pickRequest = async (row?: RequestRow): Promise<RequestName | undefined> => {
    const name = await chosenOrPicked();
    if (name === undefined) return undefined;
    if (row?.type === 'request') return { ...name, idx: row.node.idx };
    if (service.chosen(name.planId, name.strategy).plan.requests.length === 1) {
      return { ...name, idx: 0 };
    }
    const picked = await vscode.window.showQuickPick(requestItems(service, name), {
      title: vscode.l10n.t('Which request?'),
      matchOnDescription: true,
    });
    return picked && { ...name, idx: picked.idx };
  };

  const showRequests = async (name: PlanName): Promise<void> => {
    service.choose(name.planId, name.strategy);
    const { plan } = service.chosen(name.planId, name.strategy);
    if (plan.requests.length > 1) await requests.focus();
    else await showRequest(service, name.planId, name.strategy, 0);
  };

  const askForStrategy = async (report: PlansReport): Promise<void> => {
    const { modelsOf } = await weighing();
    const strategy = await pickStrategy(report, modelsOf(session.settings));
    if (strategy !== undefined) await showRequests({ planId: report.planId, strategy });
    else void offerList(report);
  };

  /** Another quick pick or a click elsewhere closes the list too, and planning took its time. */
  const offerList = async ({ planId }: PlansReport): Promise<void> => {
    const choose = vscode.l10n.t('Choose a Strategy');
    const text = vscode.l10n.t('The strategies are planned, and none is chosen yet');
    if ((await vscode.window.showInformationMessage(text, choose)) !== choose) return;
    const { report } = service;
    if (report?.planId === planId) await askForStrategy(report);
    else
      void vscode.window.showWarningMessage(vscode.l10n.t('These plans were replaced: plan again'));
  };

  return {
    planStrategy: async (given) => {
      const task = given?.task ?? (await askTask());
      if (task === undefined) return;
      if (session.report === undefined) await session.analysis.analyze();
      const { modelId, reservedOutputTokens, overheadTokens } = session.settings;
      const subject = { kind: 'set' } as const;
      const report = await withCancel((signal, progress) =>
        service.plan(
          { task, subject, modelId, reservedOutputTokens, overheadTokens },
          signal,
          progress,
        ),
      );
      if (report === undefined) return;
      if (given?.strategy === undefined) await askForStrategy(report);
      else await showRequests({ planId: report.planId, strategy: given.strategy });
    },
    openRow: async (row) => {
      if (row.type === 'request') {
        const { planId, strategy } = chosen();
        await showRequest(service, planId, strategy, row.node.idx);
      } else if (row.type === 'part') await openPart(session, row.path, row.part);
      else await openPart(session, row.file.path, row.file.parts[0]);
    },
    leaveOutCut: () => leaveOutCut(session, service, service.report?.planId),
    copyPlan: async (row) => {
      const name = await pickRequest(row);
      return name !== undefined && (await copyRequest(session, service, name));
    },
    sendPlanToChat: async (row) => {
      const name = await pickRequest(row);
      return name !== undefined && (await sendToChat(session, service, name));
    },
    savePlan: async (folder) => {
      const name = await chosenOrPicked();
      if (name === undefined) return false;
      const choose = folder === undefined ? undefined : () => Promise.resolve(folder);
      return savePlan(session, service, name.planId, name.strategy, choose);
    },
  };
}

/** Undefined: cancelled. */
async function withCancel(
  run: (
    signal: AbortSignal,
    progress: (filesDone: number, files: number) => void,
  ) => Promise<PlansReport>,
): Promise<PlansReport | undefined> {
  const abort = new AbortController();
  const title = vscode.l10n.t('Planning strategies');
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (ui, token) => {
    token.onCancellationRequested(() => {
      abort.abort();
    });
    try {
      return await run(abort.signal, (filesDone, files) => {
        ui.report({ message: vscode.l10n.t('{0} of {1} files read', filesDone, files) });
      });
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      throw error;
    }
  });
}

function requestItems(service: Plans, { planId, strategy }: PlanName) {
  const { plan, paths } = service.chosen(planId, strategy);
  return plan.requests.map(({ parts, tokens, answersOf }, idx) => {
    const files = [...new Set(parts.map(({ fileIdx }) => paths[fileIdx]))];
    const named = files.slice(0, 3).join(', ');
    return {
      idx,
      label: vscode.l10n.t('Request {0}', idx + 1),
      description: [
        tokenCountText(tokens),
        ...(answersOf.length === 0
          ? []
          : [vscode.l10n.t('carries {0} answers', formatCount(answersOf.length))]),
      ].join(' · '),
      detail: files.length > 3 ? vscode.l10n.t('{0} and {1} more', named, files.length - 3) : named,
    };
  });
}
