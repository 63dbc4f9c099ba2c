import { formatTokens } from '../../format/numbers.ts';
import { planOf } from '../losses.ts';
import { chunksOfFile, fileImportance, filesInOrder, importanceOrder, orderFor } from '../order.ts';
import type { Plan, PlanInput } from '../plan.ts';
import { RequestBuilder } from '../requestBuilder.ts';
import { hasOwnWords, instructionOf } from '../task.ts';
import { smallestCut } from './smallestCut.ts';
import { tooSmall } from './slidingWindow.ts';

/**
 * Everything in one request. For a task on the whole, files stand in the order of their dependencies, which stays the same
 * from call to call, so that a provider's prompt cache finds its prefix again; for a question the important ones stand at
 * both ends (`input.order` asks for another order). Where it does not fit, whole files go, the least important per token first, and are named.
 */
export function planFull(input: PlanInput): Plan {
  const { index, task, budgetTokens } = input;
  const builder = new RequestBuilder(input);
  const instruction = instructionOf(task);
  const importance = fileImportance(index, task);
  const { order: wanted = 'byTask' } = input;
  const order = filesInOrder(index, wanted, task, importance);
  const cut = smallestCut(input, builder, order, importance);
  const left = new Set(cut?.fileIdxs);
  const chunks = order
    .filter((fileIdx) => !left.has(fileIdx))
    .flatMap((fileIdx) => chunksOfFile(index, fileIdx));
  if (chunks.length === 0) {
    throw new Error(
      `A budget of ${budgetTokens} tokens holds no whole file of the context set. Choose a larger window or reserve less output.`,
    );
  }
  // Another task sends the same start where neither the order nor the cut depends on its words.
  const isStable = !hasOwnWords(task) || (cut === undefined && orderFor(wanted, task) !== 'edges');
  const { request, dropped } = builder.build(chunks, 'answer', instruction, { isStable });
  const plan = planOf(
    'full',
    index,
    [request],
    [
      ...(cut === undefined
        ? []
        : [
            `${cut.fileIdxs.length} of ${index.files.length} files (${formatTokens(cut.tokens)} tokens) cut to fit, the least important per token first.`,
          ]),
      ...(dropped.length === 0
        ? []
        : [`The last ${dropped.length} pieces were cut as well, after the exact count.`]),
    ],
  );
  if (cut === undefined) return plan;
  const { wholeTokens, tokens, fileIdxs } = cut;
  const files = fileIdxs.map((fileIdx) => index.files[fileIdx]);
  return {
    ...plan,
    cut: {
      wholeTokens,
      tokens,
      numFiles: files.length,
      files: files.map((file) => ({ path: file.path, tokens: file.tokens })),
    },
  };
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
        if (chunks.length === 0) throw new Error(tooSmall(input, chunkIdx));
        cut = index.files[fileIdx].path;
        break outer;
      }
      chunks.push(chunkIdx);
    }
  }
  const { request } = builder.build(chunks, 'answer', instruction, {
    isStable: !hasOwnWords(task),
  });
  const notes =
    cut === undefined ? [] : [`Cut inside or before ${cut}; what is less important is not sent.`];
  return planOf('truncate', index, [request], notes);
}
