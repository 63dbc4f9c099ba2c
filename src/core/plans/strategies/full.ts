import { formatTokens } from '../../format/numbers.ts';
import { planOf } from '../losses.ts';
import {
  chunksOfFile,
  dependencyOrder,
  edgesFirst,
  fileImportance,
  importanceOrder,
} from '../order.ts';
import type { Plan, PlanInput } from '../plan.ts';
import { RequestBuilder } from '../requestBuilder.ts';
import { hasOwnWords, instructionOf, isLocal } from '../task.ts';

/**
 * Everything in one request. For a task on the whole, files stand in the order of their dependencies, which stays the same
 * from call to call, so that a provider's prompt cache finds its prefix again; for a question the important ones stand at
 * both ends. Where it does not fit, whole files go, the least important per token first, and are named.
 */
export function planFull(input: PlanInput): Plan {
  const { files } = input.index;
  return sendOnce(
    'full',
    input,
    files.map((_, fileIdx) => fileIdx),
    [],
  );
}

/** Only what fits, in the order of importance; the rest of the last file that is begun is cut. */
export function planTruncate(input: PlanInput): Plan {
  const { index, task } = input;
  const builder = new RequestBuilder(input);
  const instruction = instructionOf(task);
  const room = input.budgetTokens - builder.instructionTokens(instruction);
  const chunks: number[] = [];
  let tokens = 0;
  let cut: string | undefined;
  outer: for (const fileIdx of importanceOrder(index, fileImportance(index, task))) {
    tokens += builder.headerTokens(fileIdx);
    for (const chunkIdx of chunksOfFile(index, fileIdx)) {
      tokens += builder.chunkTokens(index.chunks[chunkIdx]);
      if (tokens > room) {
        cut = index.files[fileIdx].path;
        break outer;
      }
      chunks.push(chunkIdx);
    }
  }
  const { request } = builder.build(chunks, 'answer', instruction, 0, [], !hasOwnWords(task));
  const notes =
    cut === undefined ? [] : [`Cut inside or before ${cut}; what is less important is not sent.`];
  return planOf('truncate', index, [request], notes);
}

function sendOnce(
  strategy: 'full',
  input: PlanInput,
  wanted: readonly number[],
  notes: readonly string[],
): Plan {
  const { index, task, budgetTokens } = input;
  const builder = new RequestBuilder(input);
  const instruction = instructionOf(task);
  const importance = fileImportance(index, task);
  const kept = new Set(wanted);
  const tokensOf = (fileIdx: number) =>
    builder.headerTokens(fileIdx) +
    chunksOfFile(index, fileIdx).reduce(
      (sum, chunk) => sum + builder.chunkTokens(index.chunks[chunk]),
      0,
    );
  let tokens = builder.instructionTokens(instruction);
  for (const fileIdx of kept) tokens += tokensOf(fileIdx);

  const cut: number[] = [];
  if (tokens > budgetTokens) {
    const leastWorthFirst = [...kept].sort(
      (a, b) =>
        importance[a] / tokensOf(a) - importance[b] / tokensOf(b) || tokensOf(b) - tokensOf(a),
    );
    for (const fileIdx of leastWorthFirst) {
      if (tokens <= budgetTokens) break;
      kept.delete(fileIdx);
      cut.push(fileIdx);
      tokens -= tokensOf(fileIdx);
    }
  }
  const order = isLocal(task)
    ? edgesFirst(importanceOrder(index, importance))
    : dependencyOrder(index);
  const chunks = order
    .filter((fileIdx) => kept.has(fileIdx))
    .flatMap((fileIdx) => chunksOfFile(index, fileIdx));
  const { request, dropped } = builder.build(
    chunks,
    'answer',
    instruction,
    0,
    [],
    !hasOwnWords(task),
  );
  const cutTokens = cut.reduce((sum, fileIdx) => sum + index.files[fileIdx].tokens, 0);
  return planOf(
    strategy,
    index,
    [request],
    [
      ...notes,
      ...(cut.length === 0
        ? []
        : [
            `${cut.length} of ${wanted.length} files (${formatTokens(cutTokens)} tokens) cut to fit, the least important per token first.`,
          ]),
      ...(dropped.length === 0
        ? []
        : [`The last ${dropped.length} pieces were cut as well, after the exact count.`]),
    ],
  );
}
