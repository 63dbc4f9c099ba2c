import { communitiesOf } from '../communities.ts';
import { planOf } from '../losses.ts';
import { chunksOfFile, comparePaths, dependencyOrder } from '../order.ts';
import type { Plan, PlanInput, PlannedRequest, StrategyId } from '../plan.ts';
import { Filling, RequestBuilder } from '../requestBuilder.ts';
import { instructionOf } from '../task.ts';
import { tooSmall, windowsOver } from './slidingWindow.ts';

const combine = 'Combine these answers about parts of one code base into one answer to: ';
const summarise =
  'Summarise this part of a code base, keeping names, so that somebody can answer from the summary: ';

/** Every window answers for itself, then the answers are combined, in a tree where they don't fit into one request. */
export function planMapReduce(input: PlanInput): Plan {
  return mapThenReduce('mapReduce', input, instructionOf(input.task));
}

/** The windows are summarised first; the question is asked of the summaries. */
export function planSummariseThenAsk(input: PlanInput): Plan {
  return mapThenReduce('summariseThenAsk', input, summarise + instructionOf(input.task));
}

/** One answer that each window in turn improves. Calls wait for each other; nothing is combined at the end. */
export function planRefine(input: PlanInput): Plan {
  const order = dependencyOrder(input.index).flatMap((fileIdx) =>
    chunksOfFile(input.index, fileIdx),
  );
  const requests = windowsOver(order, input, 'refine', 0);
  return planOf('refine', input.index, requests, []);
}

function mapThenReduce(strategy: StrategyId, input: PlanInput, mapInstruction: string): Plan {
  const maps = mapRequests(input, mapInstruction);
  const requests = [...maps, ...reduceRequests(input, maps.length)];
  return planOf(
    strategy,
    input.index,
    requests,
    maps.length > 1
      ? [
          `${maps.length} parts, split where the fewest dependencies are cut; ${combining(requests.length - maps.length)} their answers.`,
        ]
      : [],
  );
}

function combining(calls: number): string {
  return calls === 1 ? '1 call combines' : `${calls} calls combine`;
}

/** Windows over whole communities: small ones share a window, large ones are cut between files, a large file between chunks. */
function mapRequests(input: PlanInput, instruction: string): PlannedRequest[] {
  const { index } = input;
  const builder = new RequestBuilder(input);
  const start = builder.instructionTokens(instruction);
  const requests: PlannedRequest[] = [];
  let filling = new Filling(builder, index.chunks, input.budgetTokens, start);
  const flush = () => {
    for (let rest: readonly number[] = filling.chunkIdxs; rest.length > 0;) {
      const { request, dropped } = builder.build(rest, 'map', instruction);
      if (dropped.length === rest.length) throw new Error(tooSmall(input, rest[0]));
      requests.push(request);
      rest = dropped;
    }
    filling = new Filling(builder, index.chunks, input.budgetTokens, start);
  };
  for (const group of groupsInOrder(input)) {
    const tokens = group.reduce(
      (sum, fileIdx) => sum + index.files[fileIdx].tokens + builder.headerTokens(fileIdx),
      0,
    );
    if (filling.tokens + tokens > input.budgetTokens && tokens + start <= input.budgetTokens)
      flush();
    for (const chunkIdx of group.flatMap((fileIdx) => chunksOfFile(index, fileIdx))) {
      if (filling.add(chunkIdx)) continue;
      if (filling.isEmpty) throw new Error(tooSmall(input, chunkIdx));
      flush();
      if (!filling.add(chunkIdx)) throw new Error(tooSmall(input, chunkIdx));
    }
  }
  flush();
  return requests;
}

/** Communities, the ones of neighbouring paths beside each other, files by path inside. */
function groupsInOrder({ index }: PlanInput): number[][] {
  const groups = communitiesOf(index).map((group) =>
    [...group].sort((a, b) => comparePaths(index, a, b)),
  );
  return groups.sort((a, b) => comparePaths(index, a[0], b[0]));
}

/** A tree of calls over the answers: as many answers to a call as the budget holds, until one is left. */
function reduceRequests(input: PlanInput, numAnswers: number): PlannedRequest[] {
  if (numAnswers < 2) return [];
  const builder = new RequestBuilder(input);
  const instruction = combine + instructionOf(input.task);
  const room = input.budgetTokens - builder.instructionTokens(instruction);
  const fanIn = Math.floor(room / input.outputTokens);
  if (fanIn < 2) {
    throw new Error(
      `A budget of ${input.budgetTokens} tokens cannot combine answers of ${input.outputTokens} tokens: it holds fewer than two. Reserve less output.`,
    );
  }
  const requests: PlannedRequest[] = [];
  let level = Array.from({ length: numAnswers }, (_, i) => i);
  while (level.length > 1) {
    const next: number[] = [];
    for (let i = 0; i < level.length; i += fanIn) {
      const answersOf = level.slice(i, i + fanIn);
      const carriedTokens = answersOf.length * input.outputTokens;
      const { request } = builder.build([], 'reduce', instruction, {
        carriedTokens,
        answersOf,
      });
      next.push(numAnswers + requests.length);
      requests.push(request);
    }
    level = next;
  }
  return requests;
}
