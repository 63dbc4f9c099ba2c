import type { CodeIndex } from './codeIndex.ts';
import type { Plan, PlanLosses, PlannedRequest, StrategyId } from './plan.ts';

/** Sums up a list of requests: what is sent, what is covered, what is seen together. */
export function planOf(
  strategy: StrategyId,
  index: CodeIndex,
  requests: readonly PlannedRequest[],
  notes: readonly string[],
): Plan {
  return {
    strategy,
    requests,
    tokensSent: requests.reduce((sum, request) => sum + request.tokens, 0),
    coverage: coverageOf(index, requests),
    losses: lossesOf(index, requests),
    notes,
  };
}

/** Share of the set's tokens sent at least once, by chunks (a part is made of whole chunks). */
function coverageOf(index: CodeIndex, requests: readonly PlannedRequest[]): number {
  let total = 0;
  let seen = 0;
  const intervals = sentIntervals(index, requests);
  for (const { fileIdx, startByte, tokens } of index.chunks) {
    total += tokens;
    if (intervals[fileIdx].some(([start, end]) => start <= startByte && startByte < end))
      seen += tokens;
  }
  return total === 0 ? 1 : seen / total;
}

function lossesOf(index: CodeIndex, requests: readonly PlannedRequest[]): PlanLosses {
  const requestsOfFile: number[][] = index.files.map(() => []);
  requests.forEach((request, requestIdx) => {
    for (const { fileIdx } of request.parts) {
      const list = requestsOfFile[fileIdx];
      if (list[list.length - 1] !== requestIdx) list.push(requestIdx);
    }
  });
  const together = index.graph.dependencies.filter(({ from, to }) =>
    shareOne(requestsOfFile[from], requestsOfFile[to]),
  ).length;
  const intervals = sentIntervals(index, requests);
  let filesUnseen = 0;
  let filesCut = 0;
  index.files.forEach(({ bytes }, fileIdx) => {
    const sent = merged(intervals[fileIdx]).reduce((sum, [start, end]) => sum + end - start, 0);
    if (bytes > 0 && sent === 0) filesUnseen++;
    else if (sent < bytes) filesCut++;
  });
  return {
    dependenciesTogether: together,
    dependencies: index.graph.dependencies.length,
    filesUnseen,
    filesCut,
  };
}

type Interval = readonly [start: number, end: number];

function sentIntervals(index: CodeIndex, requests: readonly PlannedRequest[]): Interval[][] {
  const intervals: Interval[][] = index.files.map(() => []);
  for (const { parts } of requests) {
    for (const { fileIdx, startByte, endByte } of parts)
      intervals[fileIdx].push([startByte, endByte]);
  }
  return intervals;
}

function merged(intervals: readonly Interval[]): Interval[] {
  const result: [number, number][] = [];
  for (const [start, end] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = result[result.length - 1];
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/** Whether two ascending lists share a number. */
function shareOne(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) return true;
    if (a[i] < b[j]) i++;
    else j++;
  }
  return false;
}
