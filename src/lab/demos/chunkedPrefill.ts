import { architectureById } from '../../core/architectures/architectures.ts';
import { deploymentOn } from '../../core/estimates/deployment.ts';
import { prefillSeconds } from '../../core/estimates/latency.ts';
import { formatBytes, formatCount, formatSeconds } from '../../core/format/numbers.ts';
import { hardwareById } from '../../core/hardware/hardware.ts';
import {
  causal,
  chunkedPrefill,
  continuousBatching,
  createContiguousCache,
  maxAbsDifference,
  referenceAttention,
  type BatchStepEvent,
  type ChunkEvent,
} from '../../engine/index.ts';
import { numberValue, scoreDeviationControl, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { bytesRow, countRow, numberRow, secondsRow } from '../numberRows.ts';
import type { BlocksPicture, MatrixPicture } from '../picture.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { tileLabels, tileTokensFor } from '../pictures/tiles.ts';
import { costedTokens, shortName } from '../realModel.ts';
import { plural, tokenLabel } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'chunkTokens', label: 'Chunk C (tokens)', min: 1, max: 512, step: 1, initial: 16, logarithmic: true },
  { kind: 'number', id: 'decoding', label: 'Requests that decode meanwhile', min: 0, max: 8, step: 1, initial: 3 },
  scoreDeviationControl(),
  seedControl,
]; // prettier-ignore

const headDim = 16;
const halfBytes = 2;
const llamaHeads = 32;
/** Steps of the time line shown around the present one. */
const shownSteps = 32;

const tileStates = [
  { name: 'not reached yet', isNothing: true },
  { name: 'computed before' },
  { name: 'computed by this chunk' },
  { name: 'not seen: the future', isNothing: true },
];
const stepKinds = [
  { name: 'not yet', isNothing: true },
  { name: 'prefill chunk' },
  { name: 'one decoded token' },
  { name: 'nothing left to do', isNothing: true },
];

/** The steps in which the prompt's chunks and the others' decode steps share a forward pass. */
export function interleavedSteps(
  promptTokens: number,
  chunkTokens: number,
  decoding: number,
): readonly BatchStepEvent[] {
  const numChunks = Math.ceil(promptTokens / chunkTokens);
  const others = Array.from({ length: decoding }, () => ({
    arrivalSeconds: 0,
    promptTokens: 1,
    outputTokens: numChunks + 2,
  }));
  // The prompt arrives while the others' first step runs.
  const prompt = { arrivalSeconds: 0.5, promptTokens, outputTokens: 1 };
  const { steps } = continuousBatching([...others, prompt], {
    stepSeconds: () => 1,
    maxRequests: decoding + 1,
    stepBudgetTokens: chunkTokens + decoding,
  });
  return steps.slice(decoding === 0 ? 0 : 1);
}

/** Lengths of chunks for the curve over the user's tokens: powers of two, no more than some hundred steps in all. */
function curveChunks(tokens: number): readonly number[] {
  const all = Array.from({ length: 15 }, (_, idx) => 2 ** (idx + 4));
  return all.filter((one) => one < 2 * tokens && tokens / one <= 128);
}

export const chunkedPrefillDemo: Demo = {
  id: 'chunkedPrefill',
  mechanism: 16,
  title: 'Chunked prefill',
  line: 'A prompt goes in C tokens at a time over a growing cache: the same result, less at once.',
  tags: ['systems', 'caches'],
  basis: 'seeded random weights',
  notice:
    'Step through the chunks: each attends to everything that is in the cache already and to itself, so all chunks together compute the triangle of one shot, and the output is the same up to rounding. What shrinks is the most that is in hand at once: C rows of scores instead of n. In the time line every step also gives one token to each request that decodes: a small C keeps their tokens coming evenly, a large C finishes the prompt sooner but makes them wait. The curve is the estimate for a real model: small chunks read all weights again and again.',
  formula: 'chunk i: softmax(Qᵢ K[0..iC+C)ᵀ / √d, causal) V[0..iC+C)',
  source: {
    title: 'Agrawal et al. 2023, SARATHI: Efficient LLM Inference by Piggybacking Decodes',
    url: 'https://arxiv.org/abs/2308.16369',
  },
  controls,
  maxTokens: 512,
  run(input) {
    const tokens = takenTokens(chunkedPrefillDemo, input);
    const numTokens = tokens.length;
    const chunkTokens = numberValue(controls, input, 'chunkTokens');
    const decoding = numberValue(controls, input, 'decoding');
    const { q, k, v, shape } = embedHeads(tokens, {
      numHeads: 1,
      headDim,
      seed: numberValue(controls, input, 'seed'),
      scoreDeviation: numberValue(controls, input, 'scoreDeviation'),
    });
    const chunks: ChunkEvent[] = [];
    const cache = createContiguousCache({ numKvHeads: 1, headDim });
    const output = chunkedPrefill(cache, q, k, v, shape, {
      chunkTokens,
      observer: { chunk: (event) => chunks.push(event) },
    }).output;
    const oneShot = referenceAttention(q, k, v, shape, { mask: causal }).output;
    const steps = interleavedSteps(numTokens, chunkTokens, decoding);
    const most = chunks.reduce((all, { scoreCells }) => Math.max(all, scoreCells), 0);
    const cells = chunks.reduce((all, { cellsComputed }) => all + cellsComputed, 0);

    const llama = architectureById('llama-3.1-8b');
    const card = hardwareById('h100-sxm');
    const deployment = deploymentOn(card);
    const set = costedTokens(input);
    const secondsAt = (chunk: number) =>
      prefillSeconds(llama, deployment, { promptTokens: set, chunkTokens: Math.min(chunk, set) })
        .value;
    const curve = curveChunks(set).flatMap((chunk) => {
      const seconds = secondsAt(chunk);
      return seconds === undefined ? [] : [[chunk, seconds] as const];
    });
    const oneShotSeconds = secondsAt(set);
    const chosenSeconds = set / chunkTokens <= 1024 ? secondsAt(chunkTokens) : undefined;
    const matrixBytes = (chunk: number) => llamaHeads * Math.min(chunk, set) * set * halfBytes;
    const on = `${shortName(llama)}, ${formatCount(set)} tokens, ${card.name}`;
    const why =
      'estimated: one request, bf16; the arithmetic or the bytes of each step, whichever takes longer';
    const shared = [
      numberRow('maxDifference', 'Largest difference from one shot', maxAbsDifference(output, oneShot), 'over all outputs'),
      countRow('numChunks', 'Chunks', chunks.length, `${numTokens} tokens / ${chunkTokens}`),
      bytesRow('peakBytes', 'Most scores at once', most * halfBytes, `${formatCount(most)} cells x ${halfBytes} B`),
      bytesRow('oneShotBytes', 'Scores of one shot', numTokens ** 2 * halfBytes, `${numTokens} x ${numTokens} x ${halfBytes} B`),
      countRow('cells', 'Cells computed, all chunks', cells, 'n (n + 1) / 2, as in one shot'),
      bytesRow('modelPeakBytes', `Scores of a layer at once, ${shortName(llama)}, your tokens`, matrixBytes(chunkTokens), `32 heads x ${formatCount(Math.min(chunkTokens, set))} x ${formatCount(set)} x 2 B, where they are written out`),
      ...(chosenSeconds === undefined ? [] : [secondsRow('modelSeconds', `Prefill in these chunks, ${on}`, chosenSeconds, why)]),
      ...(oneShotSeconds === undefined ? [] : [secondsRow('modelOneShotSeconds', `Prefill in one shot, ${on}`, oneShotSeconds, why)]),
    ]; // prettier-ignore
    return {
      // Chunk by chunk.
      numFrames: chunks.length,
      openingFrame: Math.floor(chunks.length / 2),
      keyNumberId: 'maxDifference',
      frame(index) {
        const chunk = chunks[index];
        const last = chunk.firstQueryIdx + chunk.queryTokens - 1;
        const caption = `Chunk ${index + 1} of ${chunks.length}: tokens ${chunk.firstQueryIdx} to ${last} attend to ${plural(chunk.keyTokens, 'key')} in the cache.`;
        return {
          caption,
          pictures: [
            trianglePicture(tokens, chunk, caption),
            timeLine(steps, index, decoding),
            seriesPicture({
              title: 'Time of your prompt against C',
              summary: `Seconds to prefill ${formatCount(set)} tokens with ${shortName(llama)} on ${card.name}, by the estimators${oneShotSeconds === undefined ? '' : `; one shot takes ${formatSeconds(oneShotSeconds)}`}.`,
              xLabel: 'chunk C (tokens)',
              yLabel: 'seconds',
              unit: 'seconds',
              xScale: 'log',
              yScale: 'log',
              series: [{ name: 'time to first token', points: curve }],
              rules: [{ axis: 'x', value: chunkTokens, label: `C = ${chunkTokens}` }],
            }),
          ],
          numbers: [
            ...shared.slice(0, 1),
            countRow('chunkCells', 'Cells of this chunk', chunk.cellsComputed, `${chunk.queryTokens} queries over ${chunk.keyTokens} keys, the future masked`),
            bytesRow('chunkBytes', 'Scores of this chunk', chunk.scoreCells * halfBytes, `${chunk.queryTokens} x ${chunk.keyTokens} x ${formatBytes(halfBytes)}`),
            ...shared.slice(1),
          ],
        }; // prettier-ignore
      },
    };
  },
};

/** The score matrix, filled up to this chunk. */
function trianglePicture(
  tokens: readonly string[],
  chunk: ChunkEvent,
  summary: string,
): MatrixPicture {
  const side = tileTokensFor(tokens.length);
  const numTiles = Math.ceil(tokens.length / side);
  const firstRow = Math.floor(chunk.firstQueryIdx / side);
  const lastRow = Math.floor((chunk.firstQueryIdx + chunk.queryTokens - 1) / side);
  const values = new Float32Array(numTiles ** 2);
  for (let row = 0; row < numTiles; row++) {
    for (let column = 0; column < numTiles; column++) {
      const state = row > lastRow ? 0 : row < firstRow ? 1 : 2;
      values[row * numTiles + column] = column > row ? 3 : state;
    }
  }
  const labels = side === 1 ? tokens.map(tokenLabel) : tileLabels(tokens.length, side);
  return {
    kind: 'matrix',
    title: 'What is computed so far',
    summary,
    numRows: numTiles,
    numColumns: numTiles,
    values,
    rowLabels: labels,
    columnLabels: labels,
    categories: tileStates,
    scale: 'categories',
    outlines: [[firstRow, 0, lastRow - firstRow + 1, lastRow + 1]],
  };
}

/** The steps around the present one, a row for each request. */
function timeLine(
  steps: readonly BatchStepEvent[],
  index: number,
  decoding: number,
): BlocksPicture {
  const first = Math.max(0, Math.min(index - shownSteps / 2, steps.length - shownSteps));
  const shown = steps.slice(first, first + shownSteps);
  const rows = Array.from({ length: decoding + 1 }, (_, place) => {
    // The prompt on top; it came last.
    const requestIdx = place === 0 ? decoding : place - 1;
    return {
      label: place === 0 ? 'your prompt' : `request ${place}`,
      cells: shown.map(({ work }, idx) => {
        const own = work.find((one) => one.requestIdx === requestIdx);
        const isPast = first + idx <= index;
        if (own === undefined) return { category: requestIdx === decoding ? 3 : 0 };
        if (!isPast) return { category: 0 };
        return own.phase === 'prefill'
          ? { category: 1, label: String(own.tokens) }
          : { category: 2 };
      }),
    };
  });
  return {
    kind: 'blocks',
    title: 'Steps of the server',
    summary: `Steps ${first + 1} to ${first + shown.length} of ${steps.length}: each computes a chunk of your prompt and one token of each of ${plural(decoding, 'other request')}.`,
    categories: stepKinds,
    rows,
  };
}
