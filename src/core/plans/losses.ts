import type { CodeIndex } from './codeIndex.ts';
import type { Plan, PlanLosses, PlannedRequest, StrategyId } from './plan.ts';
import { bytesIn, mergedRanges, type ByteRange } from './ranges.ts';
import { shareSeenTogether, type SentFile } from './seenTogether.ts';

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
    ...coverageOf(index, requests),
    losses: lossesOf(index, requests),
    notes,
  };
}

/** Share of the set's tokens sent at least once, by chunks (a part is made of whole chunks). */
function coverageOf(
  index: CodeIndex,
  requests: readonly PlannedRequest[],
): Pick<Plan, 'coverage' | 'seenTokens' | 'codeTokens'> {
  let total = 0;
  let seen = 0;
  const ranges = sentRanges(index, requests);
  for (const { fileIdx, startByte, tokens } of index.chunks) {
    total += tokens;
    if (ranges[fileIdx].some(([start, end]) => start <= startByte && startByte < end))
      seen += tokens;
  }
  return { coverage: total === 0 ? 1 : seen / total, seenTokens: seen, codeTokens: total };
}

function lossesOf(index: CodeIndex, requests: readonly PlannedRequest[]): PlanLosses {
  const files = sentFiles(index, requests);
  let dependenciesTogether = 0;
  for (const { from, to } of index.graph.dependencies)
    dependenciesTogether += shareSeenTogether(files[from], files[to]);
  let filesUnseen = 0;
  let filesCut = 0;
  for (const { bytes, held } of files) {
    const sent = bytesIn(held.flatMap(({ ranges }) => ranges));
    if (bytes > 0 && sent === 0) filesUnseen++;
    else if (sent < bytes) filesCut++;
  }
  return {
    dependenciesTogether,
    dependencies: index.graph.dependencies.length,
    filesUnseen,
    filesCut,
  };
}

function sentFiles(index: CodeIndex, requests: readonly PlannedRequest[]): SentFile[] {
  const held: { requestIdx: number; ranges: ByteRange[] }[][] = index.files.map(() => []);
  requests.forEach(({ parts }, requestIdx) => {
    for (const { fileIdx, startByte, endByte } of parts) {
      const ofFile = held[fileIdx];
      if (ofFile.at(-1)?.requestIdx !== requestIdx) ofFile.push({ requestIdx, ranges: [] });
      ofFile[ofFile.length - 1].ranges.push([startByte, endByte]);
    }
  });
  return index.files.map(({ bytes }, fileIdx) => ({ bytes, held: held[fileIdx] }));
}

function sentRanges(index: CodeIndex, requests: readonly PlannedRequest[]): ByteRange[][] {
  const ranges: ByteRange[][] = index.files.map(() => []);
  for (const { parts } of requests) {
    for (const { fileIdx, startByte, endByte } of parts) ranges[fileIdx].push([startByte, endByte]);
  }
  return ranges.map(mergedRanges);
}
