import { chunksOfFile } from '../order.ts';
import type { PlanInput } from '../plan.ts';
import type { RequestBuilder } from '../requestBuilder.ts';
import { instructionOf } from '../task.ts';

export interface FilesToCut {
  /** Tokens of the request that would hold everything, exact. */
  readonly wholeTokens: number;
  /** Tokens of the files that go. */
  readonly tokens: number;
  /** The least important per token first. */
  readonly fileIdxs: readonly number[];
}

/**
 * Which files to leave out so that the rest fits into one request; undefined: all of it fits. Files go, the least important
 * per token first, until the rest fits; then each that finds room after all is put back, the most important first, so that
 * none of those that stay out could be put back.
 */
export function smallestCut(
  input: PlanInput,
  builder: RequestBuilder,
  order: readonly number[],
  importance: Float64Array,
): FilesToCut | undefined {
  const { index, budgetTokens, task } = input;
  const instruction = instructionOf(task);
  const withFile = order.map(
    (fileIdx) =>
      builder.wholeFileHeaderTokens(fileIdx) +
      chunksOfFile(index, fileIdx).reduce(
        (sum, chunk) => sum + builder.chunkTokens(index.chunks[chunk]),
        0,
      ),
  );
  const tokensOf = new Map(order.map((fileIdx, i) => [fileIdx, withFile[i]]));
  const roomOf = (fileIdx: number) => tokensOf.get(fileIdx) ?? 0;
  const cut = new Set<number>();
  const exact = () =>
    builder.tokensOf(
      order
        .filter((fileIdx) => !cut.has(fileIdx))
        .flatMap((fileIdx) => chunksOfFile(index, fileIdx)),
      instruction,
    );

  const wholeTokens = exact();
  if (wholeTokens <= budgetTokens) return undefined;
  const worth = (fileIdx: number) => importance[fileIdx] / Math.max(1, roomOf(fileIdx));
  // An empty file takes its header only: it goes last.
  const leastWorthFirst = order
    .filter((fileIdx) => index.files[fileIdx].numChunks > 0)
    .sort((a, b) => worth(a) - worth(b) || roomOf(b) - roomOf(a) || a - b);
  let tokens = wholeTokens;
  let next = 0;
  while (tokens > budgetTokens && next < leastWorthFirst.length) {
    for (let over = tokens - budgetTokens; over > 0 && next < leastWorthFirst.length; next++) {
      cut.add(leastWorthFirst[next]);
      // The estimate of a file is an upper end: taking a little less off leaves the rest to the next exact count.
      over -= Math.max(1, roomOf(leastWorthFirst[next]) - slackTokens);
    }
    tokens = exact();
  }
  const mostWorthFirst = leastWorthFirst.slice(0, next).reverse();
  for (let back = [-1]; back.length > 0 && tokens <= budgetTokens;) {
    let room = budgetTokens - tokens;
    back = [];
    for (const fileIdx of mostWorthFirst) {
      if (!cut.has(fileIdx) || roomOf(fileIdx) > room) continue;
      cut.delete(fileIdx);
      room -= roomOf(fileIdx);
      back.push(fileIdx);
    }
    if (back.length > 0) tokens = exact();
    if (tokens <= budgetTokens) continue;
    for (const fileIdx of back) cut.add(fileIdx);
  }
  const fileIdxs = leastWorthFirst.filter((fileIdx) => cut.has(fileIdx));
  return {
    wholeTokens,
    tokens: fileIdxs.reduce((sum, fileIdx) => sum + index.files[fileIdx].tokens, 0),
    fileIdxs,
  };
}

/** What a file's header is taken too large by at most, in short: see `RequestBuilder.wholeFileHeaderTokens`. */
const slackTokens = 4;
