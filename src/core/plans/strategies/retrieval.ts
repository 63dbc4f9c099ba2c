import { fuseRanks } from '../embeddings.ts';
import { planOf } from '../losses.ts';
import { chunksOfFile, dependencyOrder, fileImportance } from '../order.ts';
import type { Plan, PlanInput } from '../plan.ts';
import { rankChunks } from '../rankChunks.ts';
import { Filling, RequestBuilder } from '../requestBuilder.ts';
import { hasOwnWords, instructionOf } from '../task.ts';
import { tooSmall } from './slidingWindow.ts';

/** Of both rankings together. */
const maxHits = 2_000;

/**
 * Retrieved pieces only: the chunks that answer the task best (`rankChunks`), best first until the retrieval budget is full; sent in path order
 * within a file, the best file last.
 */
export function planRag(input: PlanInput): Plan {
  return retrieve(input, Math.min(input.budgetTokens, input.retrievalTokens), 'rag');
}

/** The same with the whole window to fill, and whole files first where a file holds several hits. */
export function planRetrievalIntoWindow(input: PlanInput): Plan {
  return retrieve(input, input.budgetTokens, 'retrievalIntoWindow');
}

function retrieve(
  input: PlanInput,
  budgetTokens: number,
  strategy: 'rag' | 'retrievalIntoWindow',
): Plan {
  const { index } = input;
  const builder = new RequestBuilder(input);
  const instruction = instructionOf(input.task);
  const ranked = rankedChunks(input);
  const filling = new Filling(
    builder,
    index.chunks,
    budgetTokens,
    builder.instructionTokens(instruction),
  );
  const taken = new Set<number>();
  const take = (chunkIdx: number) => {
    if (!taken.has(chunkIdx) && filling.add(chunkIdx)) taken.add(chunkIdx);
  };
  if (strategy === 'retrievalIntoWindow') {
    for (const fileIdx of filesByHits(input, ranked)) chunksOfFile(index, fileIdx).forEach(take);
  }
  ranked.forEach(take);
  if (taken.size === 0 && ranked.length > 0) {
    throw new Error(tooSmall({ ...input, budgetTokens }, ranked[0]));
  }

  const bestFileOf = new Map<number, number>();
  ranked.forEach((chunkIdx, rank) => {
    const { fileIdx } = index.chunks[chunkIdx];
    if (!bestFileOf.has(fileIdx)) bestFileOf.set(fileIdx, rank);
  });
  const rankOf = (chunkIdx: number) => bestFileOf.get(index.chunks[chunkIdx].fileIdx) ?? Infinity;
  const order = [...taken].sort((a, b) => rankOf(b) - rankOf(a) || a - b);
  const { request } = builder.build(order, 'answer', instruction, {
    isStable: !hasOwnWords(input.task),
  });
  const notes =
    ranked.length === 0
      ? ['No word of the task stands in the code: nothing was retrieved.']
      : [takenText(input, taken, ranked)];
  return planOf(strategy, index, [request], notes);
}

/** Whole files hold pieces that were not found: they are told apart from those that were. */
function takenText(
  input: PlanInput,
  taken: ReadonlySet<number>,
  ranked: readonly number[],
): string {
  const found = ranked.filter((chunkIdx) => taken.has(chunkIdx)).length;
  const beside = taken.size - found;
  const rest = beside === 0 ? '' : `, and ${beside} beside them in files that hold several`;
  return `${found} of ${ranked.length} pieces ${foundBy(input)}${rest}.`;
}

function foundBy({ task, semantic }: PlanInput): string {
  if (!hasOwnWords(task)) return 'of the most needed files: the task has no words to look for';
  return semantic === undefined
    ? 'found by the words of the task'
    : `found by the words of the task and by embeddings (${semantic.modelName}), the ranks fused`;
}

/**
 * Hits in order. A whole-repository task has no words of its own: the chunks of the most needed files stand in.
 * With embeddings both rankings are fused.
 */
function rankedChunks({ index, task, semantic }: PlanInput): number[] {
  if (!hasOwnWords(task)) {
    const importance = fileImportance(index, task);
    return dependencyOrder(index)
      .sort((a, b) => importance[b] - importance[a])
      .flatMap((fileIdx) => chunksOfFile(index, fileIdx).slice(0, 1));
  }
  const byWords = rankChunks(index, instructionOf(task)).map(({ chunkIdx }) => chunkIdx);
  return semantic === undefined ? byWords : fuseRanks([byWords, semantic.chunkIdxs], maxHits);
}

/** Files with more than one hit among the first fifty, the most hits first. */
function filesByHits({ index }: PlanInput, ranked: readonly number[]): number[] {
  const hits = new Map<number, number>();
  for (const chunkIdx of ranked.slice(0, 50)) {
    const { fileIdx } = index.chunks[chunkIdx];
    hits.set(fileIdx, (hits.get(fileIdx) ?? 0) + 1);
  }
  return [...hits]
    .filter(([, count]) => count > 1)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([fileIdx]) => fileIdx);
}
