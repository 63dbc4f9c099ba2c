// The thread that indexes code and makes plans; and, when it is started for that, one of the threads that read files for it.
import { parentPort, workerData } from 'node:worker_threads';
import { tokensOfIndex } from '../core/plans/codeIndex.ts';
import { makePlan } from '../core/plans/makePlans.ts';
import type { PlanInput, StrategyId } from '../core/plans/plan.ts';
import { renderPrompt } from '../core/plans/prompt.ts';
import { measureRecall } from '../core/plans/recall.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import { findSecretsInParts } from './findSecrets.ts';
import type { IndexWorkerData } from './indexPool.ts';
import { serveIndexing } from './indexWorker.ts';
import { openIndex, type OpenedIndex } from './openIndex.ts';
import { openTokenCounter } from './openTokenCounter.ts';
import type { IndexSummary, Planned, PlansCalls } from './plansCalls.ts';
import { answerCalls, type CallMethods } from './threadCalls.ts';

interface Opened extends OpenedIndex {
  readonly indexId: number;
  readonly counter: TokenCounter;
}

let opened: Opened | undefined;
let lastIndexId = 0;

function indexOf(indexId: number): Opened {
  if (opened?.indexId !== indexId) {
    throw new Error('The files were indexed anew meanwhile, or the thread was: plan again.');
  }
  return opened;
}

const methods: CallMethods<PlansCalls> = {
  open: async (request) => {
    // Two indexes at once would take twice the memory.
    opened = undefined;
    const index = await openIndex(request);
    const counter = await openTokenCounter(request.encoding);
    opened = { ...index, indexId: ++lastIndexId, counter };
    return summaryOf(opened);
  },
  plan: (indexId, strategies, settings) => {
    const { index, textOf, counter } = indexOf(indexId);
    return strategies.map((strategy) => tryPlan(strategy, { ...settings, index, textOf, counter }));
  },
  render: (indexId, { request, prompt }) => {
    const { index, textOf } = indexOf(indexId);
    const paths = index.files.map((file) => file.path);
    const notes = request.answersOf.map((other) => `[answer of request ${other + 1}]`);
    return renderPrompt(request.parts, paths, textOf, request.instruction, notes, prompt);
  },
  secrets: (indexId, requests) => {
    const { index, textOf } = indexOf(indexId);
    const parts = requests.flatMap((request) => request.parts);
    return findSecretsInParts(
      parts,
      index.files.map((file) => file.path),
      textOf,
    );
  },
  keep: (indexId) => {
    try {
      indexOf(indexId).keep();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },
  recall: (indexId, budgetTokens) => {
    const { index, textOf } = indexOf(indexId);
    return measureRecall(index, textOf, budgetTokens);
  },
};

function tryPlan(strategy: StrategyId, input: PlanInput): Planned {
  try {
    return { strategy, plan: makePlan(strategy, input) };
  } catch (error) {
    return { strategy, refused: error instanceof Error ? error.message : String(error) };
  }
}

function summaryOf({ index, indexId, filesKept, problems }: Opened): IndexSummary {
  const { dependencies, externalImports, unresolvedImports } = index.graph;
  const imports = dependencies.filter(({ kind }) => kind === 'import').length;
  return {
    indexId,
    paths: index.files.map((file) => file.path),
    chunks: index.chunks.length,
    tokens: tokensOfIndex(index),
    importDependencies: imports,
    symbolDependencies: dependencies.length - imports,
    externalImports,
    unresolvedImports,
    filesBySyntax: index.files.filter(({ outline }) => outline.language !== undefined).length,
    filesKept,
    problems,
  };
}

const data = workerData as IndexWorkerData | undefined;
if (parentPort !== null) {
  if (data?.role === 'index') serveIndexing(parentPort, data);
  else answerCalls(methods, { inTurn: true });
}
