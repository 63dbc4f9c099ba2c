import path from 'node:path';
import * as vscode from 'vscode';
import { budgetFor } from '../../core/budget/budgetFor.ts';
import { findModel } from '../../core/catalog/findModel.ts';
import type { Model } from '../../core/catalog/model.ts';
import type { FileCount } from '../../core/files/scanReport.ts';
import { countedBudget, requestLimitTokens } from '../../core/plans/modelBudget.ts';
import {
  defaultOverlap,
  defaultRetrievalTokens,
  outlineOfPlan,
  strategyIds,
  type Plan,
  type StrategyId,
} from '../../core/plans/plan.ts';
import type { PlanQuestion, PlansReport } from '../../core/plans/plansReport.ts';
import type { PromptOptions } from '../../core/plans/prompt.ts';
import type { MeasuredRecall } from '../../core/plans/recall.ts';
import { hasOwnWords } from '../../core/plans/task.ts';
import { exactCount } from '../../core/tokens/estimate/estimateTokens.ts';
import type { EncodingName } from '../../core/tokens/tokenCounter.ts';
import { countFor, sumByKind } from '../../core/weigh/countFor.ts';
import type { SecretFinding } from '../../node/findSecrets.ts';
import type { IndexSummary } from '../../node/plansCalls.ts';
import { PlansThread } from '../../node/plansThread.ts';
import type { PlansApi } from '../../protocol/plansMessages.ts';
import type { Session } from '../session.ts';
import type { RequestsTree } from '../views/requestsTree.ts';
import type { Weighing } from '../weighing.ts';
import { strategyName } from '../words.ts';
import { openEmbeddings, type Embeddings } from './embeddings.ts';
import { planActions, type PlanActions } from './planActions.ts';
import { plansApi } from './plansApi.ts';
import { promptOptions } from './promptSettings.ts';
import { sourceFiles, subjectFiles } from './subjectFiles.ts';

export interface PlansOptions {
  readonly session: Session;
  readonly weighing: () => Promise<Weighing>;
  readonly distFolder: string;
  /** Undefined: indexes are not kept. */
  readonly storageFolder: string | undefined;
  /** Shows the requests of the plan that was chosen. */
  readonly requests: RequestsTree;
  /** Holds the key of an embedding model, if there is one. */
  readonly secrets: vscode.SecretStorage;
  readonly log: vscode.LogOutputChannel;
}

/** One plan of the report at hand, with what sending it takes. */
export interface ChosenPlan {
  readonly plan: Plan;
  readonly paths: readonly string[];
  readonly prompt: PromptOptions;
  text(idx: number): Promise<string>;
  secrets(idxs: readonly number[]): Promise<readonly SecretFinding[]>;
}

/** Plans for the window's files; the last planning is kept until the next. */
export interface Plans {
  plan(
    question: PlanQuestion,
    signal: AbortSignal,
    onProgress?: (filesDone: number, files: number) => void,
  ): Promise<PlansReport>;
  /** Throws when the plans were replaced meanwhile, or the strategy has none. */
  chosen(planId: number, strategy: StrategyId): ChosenPlan;
  /** The report that was made last. */
  readonly report: PlansReport | undefined;
  /** Chooses a plan: the Requests view shows it, and the commands mean it until plans are made anew. */
  choose(planId: number, strategy: StrategyId): void;
  readonly current: PlanName | undefined;
  /** By embeddings too where a model is set and the person agrees. */
  recall(planId: number): Promise<MeasuredRecall>;
  readonly embeddings: Embeddings;
  /** For tests. */
  readonly thread: PlansThread;
  readonly actions: PlanActions;
  readonly api: PlansApi;
  dispose(): Promise<void>;
}

/** How long nobody must have asked the thread for anything before its index is written to disk. */
const keepDelayMs = 2000;

/** A plan of the report at hand. */
export interface PlanName {
  readonly planId: number;
  readonly strategy: StrategyId;
}

interface Made {
  readonly report: PlansReport;
  readonly plans: ReadonlyMap<StrategyId, Plan>;
  readonly index: IndexSummary;
  readonly prompt: PromptOptions;
}

export function openPlans(options: PlansOptions): Plans {
  const { session, weighing, distFolder, storageFolder, requests, log } = options;
  const thread = new PlansThread(path.join(distFolder, 'plansWorker.js'));
  const embeddings = openEmbeddings({ thread, secrets: options.secrets, storageFolder, log });
  let made: Made | undefined;
  let current: PlanName | undefined;
  let lastPlanId = 0;
  let indexed: { readonly key: string; readonly index: IndexSummary } | undefined;
  // An index is good until a file, the set or an unsaved editor changes, also while it is made.
  let contents = 0;
  const changes = session.onDidChange((change) => {
    if (change !== 'content') return;
    contents++;
    indexed = undefined;
  });
  /** The thread too: what a dead one had is gone. */
  const keyOf = (files: readonly FileCount[], encoding: EncodingName) =>
    JSON.stringify([encoding, thread.threadId, files.map((file) => file.path)]);

  const indexOf = async (
    files: readonly FileCount[],
    encoding: EncodingName,
    signal: AbortSignal,
    onProgress: (filesDone: number, files: number) => void,
  ): Promise<IndexSummary> => {
    if (indexed?.key === keyOf(files, encoding)) return indexed.index;
    const begun = contents;
    const index = await thread.open(
      {
        files: await sourceFiles(session, files, signal),
        encoding,
        root: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.toString()).join('\n'),
        ...(storageFolder === undefined
          ? {}
          : { cacheFolder: path.join(storageFolder, 'indexes') }),
      },
      {
        signal,
        onProgress: (filesDone) => {
          onProgress(filesDone, files.length);
        },
      },
    );
    for (const problem of index.problems) log.warn(`${problem.path}: ${problem.message}`);
    if (begun === contents) indexed = { key: keyOf(files, encoding), index };
    unkept = index.indexId;
    return index;
  };

  // The thread answers one call after the other and the disk takes seconds, so it waits until nobody waits for the thread.
  let unkept: number | undefined;
  let keeping: NodeJS.Timeout | undefined;
  const keep = async () => {
    if (unkept === undefined) return;
    const indexId = unkept;
    unkept = undefined;
    // Without what is kept the next window reads everything again.
    const problem = await thread.call('keep', indexId).catch(() => undefined);
    if (problem !== undefined) log.warn(`The index of plans was not kept: ${problem}`);
  };
  const answered = async <T>(call: Promise<T>): Promise<T> => {
    clearTimeout(keeping);
    try {
      return await call;
    } finally {
      clearTimeout(keeping);
      keeping = setTimeout(() => void keep(), keepDelayMs);
    }
  };

  const plan: Plans['plan'] = async (question, signal, onProgress = () => {}) => {
    const { modelsOf } = await weighing();
    const model = findModel(question.modelId, modelsOf(session.settings));
    const budget = budgetFor(model, question);
    if (budget === undefined) {
      throw new Error(
        vscode.l10n.t(
          'The context window of {0} is unknown, so nothing can be planned for it',
          model.name,
        ),
      );
    }
    const files = subjectFiles(session, question.subject);
    if (files.length === 0) {
      throw new Error(vscode.l10n.t('There is no counted file to plan for: analyze first'));
    }
    const { encoding } = model.tokenizer;
    const index = await indexOf(files, encoding, signal, onProgress);
    const counted = countedFor(
      model,
      files,
      session.report?.encoding ?? encoding,
      index,
      requestLimitTokens(model, budget),
    );
    const prompt = promptOptions();
    const isReady = hasOwnWords(question.task) && (await embeddings.ready(index.indexId, signal));
    const settings = {
      task: question.task,
      budgetTokens: counted.budgetTokens,
      outputTokens: budget.reservedOutputTokens,
      prompt,
      overlap: question.overlap ?? defaultOverlap,
      ...(question.order && { order: question.order }),
      ...(question.windowTokens !== undefined && { windowTokens: question.windowTokens }),
      retrievalTokens: defaultRetrievalTokens,
    };
    const planned = await answered(
      embeddings.withThem(
        isReady,
        (withEmbeddings) =>
          thread.callUntil(signal, 'plan', index.indexId, strategyIds, {
            ...settings,
            withEmbeddings,
          }),
        signal,
      ),
    );
    signal.throwIfAborted();
    const report: PlansReport = {
      planId: ++lastPlanId,
      question,
      encoding,
      counted,
      index: { ...index, files: index.paths.length, problems: index.problems.length },
      planned: planned.map(({ strategy, plan: each, refused }) => ({
        strategy,
        ...(each && { plan: outlineOfPlan(each) }),
        ...(refused === undefined ? {} : { refused }),
      })),
    };
    const plans = new Map(
      planned.flatMap(({ strategy, plan: each }) =>
        each === undefined ? [] : [[strategy, each] as const],
      ),
    );
    made = { report, plans, index, prompt };
    current = undefined;
    requests.show(undefined);
    return report;
  };

  const madeFor = (planId: number): Made => {
    if (made?.report.planId !== planId) {
      throw new Error(vscode.l10n.t('These plans were replaced: plan again'));
    }
    return made;
  };

  const service: Plans = {
    plan,
    thread,
    get actions() {
      return actions;
    },
    get api() {
      return api;
    },
    get report() {
      return made?.report;
    },
    chosen: (planId, strategy) => {
      const { plans, index, prompt } = madeFor(planId);
      const chosen = plans.get(strategy);
      if (chosen === undefined) throw new Error(vscode.l10n.t('This strategy has no plan here'));
      const { indexId, paths } = index;
      return {
        plan: chosen,
        paths,
        prompt,
        text: (idx) =>
          answered(thread.call('render', indexId, { request: chosen.requests[idx], prompt })),
        secrets: (idxs) =>
          answered(
            thread.call(
              'secrets',
              indexId,
              idxs.map((idx) => ({ parts: chosen.requests[idx].parts })),
            ),
          ),
      };
    },
    choose: (planId, strategy) => {
      const { plan: chosen, paths } = service.chosen(planId, strategy);
      current = { planId, strategy };
      requests.show({ plan: chosen, paths, strategy: strategyName(strategy) });
    },
    get current() {
      return current;
    },
    recall: async (planId) => {
      const { indexId } = madeFor(planId).index;
      const isReady = await embeddings.ready(indexId);
      return answered(
        embeddings.withThem(isReady, (withEmbeddings) =>
          thread.call('recall', indexId, defaultRetrievalTokens, withEmbeddings),
        ),
      );
    },
    embeddings,
    dispose: async () => {
      changes.dispose();
      clearTimeout(keeping);
      await thread.stop();
    },
  };
  const actions = planActions(options, service);
  const api = plansApi(session, service);
  return service;
}

/** Exact where the index counted with the model's own vocabulary, else by the family's ratios and the report's kinds of content. */
function countedFor(
  model: Model,
  files: readonly FileCount[],
  reportEncoding: EncodingName,
  index: IndexSummary,
  limitTokens: number,
) {
  const { exact, encoding } = model.tokenizer;
  const count = exact
    ? exactCount(index.tokens, encoding)
    : countFor(sumByKind(files, reportEncoding), model);
  return countedBudget(limitTokens, index.tokens, count);
}
