import { architectureById } from '../../core/architectures/architectures.ts';
import { formatCount, formatPercent } from '../../core/format/numbers.ts';
import {
  causal,
  maxAbsDifference,
  referenceAttention,
  ringAttention,
  ringShards,
  ringTimeline,
  type RingLayout,
  type Stretch,
} from '../../engine/index.ts';
import { choiceValue, numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { bytesRow, countRow, numberRow, percentRow, secondsRow } from '../numberRows.ts';
import { costedTokens, shortName, uniformShape } from '../realModel.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'numRanks', label: 'Ranks', min: 2, max: 16, step: 1, initial: 4 },
  {
    kind: 'choice',
    id: 'layout',
    label: 'Who holds which tokens',
    options: [
      { value: 'contiguous', label: 'contiguous' },
      { value: 'zigzag', label: 'zig-zag' },
    ],
    initial: 'contiguous',
  },
  { kind: 'number', id: 'teraflopPerSecond', label: 'Assumed TFLOP/s of a rank', min: 10, max: 1000, step: 10, initial: 400 },
  { kind: 'number', id: 'linkGigabytesPerSecond', label: 'Assumed GB/s of a link', min: 1, max: 900, step: 1, initial: 50 },
  seedControl,
]; // prettier-ignore

const headDim = 16;
const llama = architectureById('llama-3.1-8b');
const layer = { ...uniformShape(llama), bytesPerElement: 2 };

/** Causal (query, key) pairs between two stretches, in closed form. */
function causalPairs(queries: Stretch, keys: Stretch): number {
  const triangle = (side: number) => (side <= 0 ? 0 : (side * (side + 1)) / 2);
  const upTo = (end: number) => triangle(end - keys.start) - triangle(end - keys.end);
  return upTo(queries.end) - upTo(queries.start);
}

/** What a layer's ranks would do in each round, without doing it: the counts that `ringAttention` gives when it runs. */
export function plannedRounds(
  tokens: number,
  numRanks: number,
  layout: RingLayout,
  heads: Omit<typeof layer, 'numLayers'>,
) {
  const shards = ringShards(tokens, numRanks, layout);
  const lengthOf = (stretches: readonly Stretch[]) =>
    stretches.reduce((sum, { start, end }) => sum + end - start, 0);
  return Array.from({ length: numRanks }, (_, round) =>
    shards.map((queries, rankIdx) => {
      const kvRankIdx = (rankIdx + numRanks - round) % numRanks;
      const keys = shards[kvRankIdx];
      const pairs = queries.flatMap((one) => keys.map((other) => causalPairs(one, other)));
      const cellsComputed = heads.numHeads * pairs.reduce((sum, count) => sum + count, 0);
      const all = heads.numHeads * lengthOf(queries) * lengthOf(keys);
      const bytes = lengthOf(keys) * 2 * heads.numKvHeads * heads.headDim * heads.bytesPerElement;
      const bytesSent = round < numRanks - 1 ? bytes : 0;
      const cellsSkipped = all - cellsComputed;
      return { round, rankIdx, kvRankIdx, cellsComputed, cellsSkipped, bytesSent };
    }),
  );
}

export const ringAttentionDemo: Demo = {
  id: 'ringAttention',
  mechanism: 15,
  title: 'Ring attention',
  line: 'No rank holds all keys: they go once round the ring, and partial results merge exactly.',
  tags: ['exact kernels', 'systems'],
  basis: 'seeded random weights',
  notice:
    'Step through the rounds: each rank attends from its own queries to the keys it has in hand, while it passes them on to its neighbour. Merging by log-sum-exp makes the result that of one device, up to rounding. With a contiguous layout a causal mask leaves the first rank idle in all rounds but one while all wait for the busiest; zig-zag gives each rank a piece from the front and one from the back, which evens the work out. The times are arithmetic on the rates you set, with transfer hidden behind compute as far as it goes; they leave out synchronisation.',
  formula: 'O = (e^(L₁ − L) O₁ + e^(L₂ − L) O₂), L = log(e^L₁ + e^L₂)',
  source: {
    title: 'Liu et al. 2023, Ring Attention with Blockwise Transformers',
    url: 'https://arxiv.org/abs/2310.01889',
  },
  controls,
  maxTokens: 1024,
  run(input) {
    const tokens = takenTokens(ringAttentionDemo, input);
    const numRanks = numberValue(controls, input, 'numRanks');
    const layout: RingLayout =
      choiceValue(controls, input, 'layout') === 'zigzag' ? 'zigzag' : 'contiguous';
    const seed = numberValue(controls, input, 'seed');
    const { q, k, v, shape } = embedHeads(tokens, { numHeads: 1, headDim, seed });
    const ring = ringAttention(q, k, v, shape, { mask: causal, numRanks, layout });
    const dense = referenceAttention(q, k, v, shape, { mask: causal });
    const workOf = Array.from({ length: numRanks }, (_, rank) =>
      ring.rounds.reduce((sum, events) => sum + events[rank].cellsComputed, 0),
    );
    const busiest = Math.max(...workOf);
    const mean = workOf.reduce((sum, one) => sum + one, 0) / numRanks;

    const set = costedTokens(input);
    const teraflopPerSecond = numberValue(controls, input, 'teraflopPerSecond');
    const linkGigabytesPerSecond = numberValue(controls, input, 'linkGigabytesPerSecond');
    const planned = plannedRounds(set, numRanks, layout, layer);
    const timeline = ringTimeline(planned, 4 * layer.headDim, {
      flopPerSecond: teraflopPerSecond * 1e12,
      linkBytesPerSecond: linkGigabytesPerSecond * 1e9,
    });
    const layerSeconds = timeline.reduce((sum, { roundSeconds }) => sum + roundSeconds, 0);
    const busyShare =
      timeline.reduce((sum, one) => sum + one.utilization * one.roundSeconds, 0) / layerSeconds;
    const assumed = `${formatCount(set)} tokens, one layer of ${layer.numHeads} query and ${layer.numKvHeads} KV heads of ${layer.headDim}, causal; assumed ${teraflopPerSecond} TFLOP/s a rank and ${linkGigabytesPerSecond} GB/s a link; synchronisation not counted`;
    const spans = ring.shards.map((stretches) =>
      stretches
        .filter(({ start, end }) => end > start)
        .map(({ start, end }) => `${start}–${end - 1}`)
        .join(', '),
    );
    const shared = [
      numberRow('maxDifference', 'Largest difference from dense attention on one device', maxAbsDifference(ring.output, dense.output), 'over all outputs'),
      percentRow('balance', 'Mean work of a rank, of the busiest one’s', busiest === 0 ? 1 : mean / busiest, `${formatCount(mean)} / ${formatCount(busiest)} cells, all rounds`),
      secondsRow('layerSeconds', `A layer of ${shortName(llama)} over your tokens`, layerSeconds, assumed),
      percentRow('busyShare', 'Of it the ranks compute', busyShare, assumed),
    ]; // prettier-ignore
    return {
      // Round by round.
      numFrames: numRanks,
      openingFrame: Math.min(1, numRanks - 1),
      keyNumberId: 'maxDifference',
      frame(index) {
        const events = ring.rounds[index];
        const most = Math.max(1, ...events.map((event) => event.cellsComputed));
        const idle = events.filter((event) => event.cellsComputed === 0).length;
        const roundTime = timeline[index];
        const caption = `Round ${index + 1} of ${numRanks}: ${idle === 0 ? 'every rank has work' : `${idle} of ${numRanks} ranks have nothing to do`}${index < numRanks - 1 ? '; keys and values pass to the right' : '; the last round, nothing is passed on'}.`;
        return {
          caption,
          pictures: [
            {
              kind: 'ring',
              title: 'The ring',
              summary: caption,
              ranks: events.map((event) => ({
                label: `rank ${event.rankIdx}`,
                detail: `queries ${spans[event.rankIdx] || 'none'}; keys of rank ${event.kvRankIdx}; ${formatCount(event.cellsComputed)} cells`,
                workShare: event.cellsComputed / most,
              })),
              transfers: events.flatMap((event) =>
                event.bytesSent === 0
                  ? []
                  : [
                      {
                        from: event.rankIdx,
                        to: (event.rankIdx + 1) % numRanks,
                        label: `keys of rank ${event.kvRankIdx}`,
                      },
                    ],
              ),
            },
            {
              kind: 'bars',
              title: 'Work of each rank, round by round',
              summary: `The busiest rank computes ${formatCount(busiest)} cells in all rounds; a rank computes ${formatPercent(busiest === 0 ? 100 : (100 * mean) / busiest)} of that on average.`,
              valueLabel: 'cells',
              categories: ring.rounds.map((_, round) => ({ name: `round ${round + 1}` })),
              bars: workOf.map((_, rank) => ({
                label: `rank ${rank}`,
                parts: ring.rounds.map((round) => round[rank].cellsComputed),
              })),
            },
          ],
          numbers: [
            countRow('roundCells', 'Cells of this round’s busiest rank', Math.max(...events.map((event) => event.cellsComputed))),
            bytesRow('roundBytes', 'Most that a rank passes on in this round', Math.max(...events.map((event) => event.bytesSent)), 'keys and values in hand, float32'),
            secondsRow('computeSeconds', 'This round over your tokens: compute', roundTime.computeSeconds, assumed),
            secondsRow('transferSeconds', 'This round over your tokens: transfer', roundTime.transferSeconds, assumed),
            ...shared,
          ], // prettier-ignore
        };
      },
    };
  },
};
