import { planOf } from '../losses.ts';
import { chunksInPathOrder } from '../order.ts';
import type { Plan, PlanInput, PlannedRequest } from '../plan.ts';
import { Filling, RequestBuilder } from '../requestBuilder.ts';
import { instructionOf } from '../task.ts';

/** Tokens kept for what the windows before have found. */
const carriedNoteTokens = 500;

/**
 * The set in path order, seen through a window that moves: each request holds what fits, cut between declarations, repeats
 * the end of the one before (`overlap`), and carries a note of what was found so far.
 */
export function planSlidingWindow(input: PlanInput): Plan {
  const { index } = input;
  const requests = windowsOver(chunksInPathOrder(index), input, 'answer', input.overlap);
  return planOf(
    'slidingWindow',
    index,
    requests,
    requests.length > 1
      ? [
          `${requests.length} windows; each repeats ${Math.round(input.overlap * 100)} % of the one before and carries a note of at most ${carriedNoteTokens} tokens.`,
        ]
      : [],
  );
}

/** Requests over chunks in this order; with more than one, each after the first carries the answer of the one before. */
export function windowsOver(
  order: readonly number[],
  input: PlanInput,
  role: PlannedRequest['role'],
  overlap: number,
): PlannedRequest[] {
  const builder = new RequestBuilder(input);
  const instruction = instructionOf(input.task);
  const carried = Math.min(carriedNoteTokens, Math.floor(input.budgetTokens / 8));
  const start = builder.instructionTokens(instruction) + carried;
  const requests: PlannedRequest[] = [];
  let at = 0;
  while (at < order.length) {
    const filling = new Filling(builder, input.index.chunks, input.budgetTokens, start);
    let next = at;
    while (next < order.length && filling.add(order[next])) next++;
    if (filling.isEmpty) throw new Error(tooSmall(input, order[at]));
    const isFirst = requests.length === 0;
    const { request, dropped } = builder.build(
      filling.chunkIdxs,
      role,
      instruction,
      isFirst ? {} : { carriedTokens: carried, answersOf: [requests.length - 1] },
    );
    requests.push(request);
    next -= dropped.length;
    if (next >= order.length) break;
    at = Math.max(at + 1, overlapStart(order, at, next, input, overlap));
  }
  return requests;
}

/** Where the next window begins: back from the end of this one by `overlap` of its tokens. */
function overlapStart(
  order: readonly number[],
  from: number,
  to: number,
  input: PlanInput,
  overlap: number,
): number {
  let room = input.budgetTokens * overlap;
  let start = to;
  while (start > from + 1) {
    room -= input.index.chunks[order[start - 1]].tokens;
    if (room < 0) break;
    start--;
  }
  return start;
}

export function tooSmall(input: PlanInput, chunkIdx: number): string {
  const chunk = input.index.chunks[chunkIdx];
  const { path } = input.index.files[chunk.fileIdx];
  return `A budget of ${input.budgetTokens} tokens holds no piece of ${path}: one has ${chunk.tokens} tokens, and the path and the task come to it. Choose a larger window or reserve less output.`;
}
