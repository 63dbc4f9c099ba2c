// The thread that indexes code and makes plans; and, when it is started for that, one of the threads that read files for it.
import { parentPort, workerData } from 'node:worker_threads';
import { tokensOfIndex } from '../core/plans/codeIndex.ts';
import { makePlan } from '../core/plans/makePlans.ts';
import type { PlanInput, StrategyId } from '../core/plans/plan.ts';
import { renderPrompt } from '../core/plans/prompt.ts';
import { maxRecallHits, measureRecall, recallQuestions } from '../core/plans/recall.ts';
import { hasOwnWords, instructionOf } from '../core/plans/task.ts';
import type { TokenCounter } from '../core/tokens/tokenCounter.ts';
import type { EmbeddingTarget } from './embeddingEndpoint.ts';
import { findSecretsInParts, type SearchedFiles } from './findSecrets.ts';
import type { IndexWorkerData } from './indexPool.ts';
import { serveIndexing } from './indexWorker.ts';
import { openIndex, type OpenedIndex } from './openIndex.ts';
import { openTokenCounter } from './openTokenCounter.ts';
import {
  openControl,
  type EmbeddingRequest,
  type IndexSummary,
  type Planned,
  type PlansCalls,
} from './plansCalls.ts';
import { SemanticIndex } from './semanticIndex.ts';
import { answerCalls, type CallMethods } from './threadCalls.ts';

interface Opened extends OpenedIndex {
  readonly indexId: number;
  readonly counter: TokenCounter;
  semantic?: SemanticIndex;
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
  plan: async (indexId, strategies, { withEmbeddings, ...settings }) => {
    const { index, textOf, counter } = indexOf(indexId);
    const { task } = settings;
    const semantic =
      withEmbeddings === true && hasOwnWords(task)
        ? await embeddedOf(indexId).ranking(instructionOf(task))
        : undefined;
    const input = { ...settings, index, textOf, counter, ...(semantic && { semantic }) };
    return strategies.map((strategy) => tryPlan(strategy, input));
  },
  render: (indexId, { request, prompt }) => {
    const { index, textOf } = indexOf(indexId);
    const paths = index.files.map((file) => file.path);
    const notes = request.answersOf.map((other) => `[answer of request ${other + 1}]`);
    const { parts, instruction } = request;
    return renderPrompt({ parts, instruction, notes }, paths, textOf, prompt);
  },
  secrets: (indexId, requests) => {
    const parts = requests.flatMap((request) => request.parts);
    return findSecretsInParts(parts, searchedFiles(indexOf(indexId)));
  },
  keep: (indexId) => {
    try {
      indexOf(indexId).keep();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },
  recall: async (indexId, budgetTokens, withEmbeddings) => {
    const { index, textOf } = indexOf(indexId);
    if (withEmbeddings !== true) return measureRecall(index, textOf, budgetTokens);
    const embedded = embeddedOf(indexId);
    const rankings = await embedded.rankings(recallQuestions(index, textOf), maxRecallHits);
    const { modelName } = embedded.target;
    return measureRecall(index, textOf, budgetTokens, {
      modelName,
      rankings,
    });
  },
  embeddingSize: async (indexId, request) => {
    const embedded = semanticIndexOf(indexId, request);
    const secrets = await findSecretsInParts(embedded.newParts(), searchedFiles(indexOf(indexId)));
    return { ...embedded.size(), secrets };
  },
  embed: async (indexId, request, control) => {
    const embedded = semanticIndexOf(indexId, request);
    const size = embedded.size();
    const abort = new AbortController();
    const timer = setInterval(() => {
      if (Atomics.load(control, openControl.cancelled) === 1) abort.abort(new Error('Cancelled'));
    }, 100);
    try {
      await embedded.embed({
        signal: abort.signal,
        onProgress: (done) => Atomics.store(control, openControl.filesDone, done),
      });
    } finally {
      clearInterval(timer);
    }
    return size;
  },
};

function searchedFiles({ index, textOf, filesWithSecrets }: Opened): SearchedFiles {
  const paths = index.files.map((file) => file.path);
  return { paths, textOf, withSecrets: filesWithSecrets };
}

/** The index with the vectors of this model, made anew for another model or index. */
function semanticIndexOf(
  indexId: number,
  { target, cacheFolder }: EmbeddingRequest,
): SemanticIndex {
  const own = indexOf(indexId);
  if (own.semantic === undefined || !isSameTarget(own.semantic.target, target)) {
    own.semantic = new SemanticIndex(own.index, own.textOf, target, cacheFolder);
  }
  return own.semantic;
}

function isSameTarget(a: EmbeddingTarget, b: EmbeddingTarget): boolean {
  return a.address === b.address && a.modelName === b.modelName && a.key === b.key;
}

function embeddedOf(indexId: number): SemanticIndex {
  const { semantic } = indexOf(indexId);
  if (semantic === undefined) throw new Error('The code is not embedded yet');
  return semantic;
}

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
