import { architectureById } from '../../core/architectures/architectures.ts';
import { formatCount } from '../../core/format/numbers.ts';
import {
  causal,
  maxAbsDifference,
  mixingCost,
  naiveAttentionTraffic,
  referenceAttention,
  tiledAttention,
  type TileEvent,
} from '../../engine/index.ts';
import { numberValue, scoreDeviationControl, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo } from '../demo.ts';
import { embedHeads } from '../embed.ts';
import { bytesRow, numberRow, partRow } from '../numberRows.ts';
import { tileLabels } from '../pictures/tiles.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { costedTokens, shortName, wallShape } from '../realModel.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'tileQueries', label: 'Queries in a tile', min: 4, max: 128, step: 1, initial: 16 },
  { kind: 'number', id: 'tileKeys', label: 'Keys in a tile', min: 4, max: 128, step: 1, initial: 16 },
  scoreDeviationControl(),
  seedControl,
]; // prettier-ignore

const headDim = 16;
const float32Bytes = 4;

const states = [
  { name: 'not reached yet', isNothing: true },
  { name: 'done before' },
  { name: 'this step' },
  { name: 'skipped: all masked' },
];

export const flashAttentionDemo: Demo = {
  id: 'flashAttention',
  mechanism: 14,
  title: 'FlashAttention: tiles and online softmax',
  line: 'The exact result of dense attention, tile by tile: the whole score matrix never exists.',
  tags: ['exact kernels'],
  basis: 'seeded random weights',
  notice:
    'Step through the tiles. In each row of tiles the running maximum m only rises, and whenever it does, the running sum l and the output so far are scaled down by exp(m_old − m_new): nothing has to be known in advance, and nothing is approximated. The largest difference from dense attention is rounding. What changes is traffic: the naive way writes and reads the n × n matrix twice, the tiles read keys and values again for every row of tiles. Memory is linear in n; traffic is still quadratic, with a smaller factor that larger tiles make smaller.',
  formula: 'm′ = max(m, max S), l′ = e^(m − m′) l + Σ e^(S − m′), O′ = e^(m − m′) O + e^(S − m′) V',
  source: {
    title: 'Dao et al. 2022, FlashAttention, algorithm 1',
    url: 'https://arxiv.org/abs/2205.14135',
  },
  controls,
  maxTokens: 1024,
  run(input) {
    const tokens = takenTokens(flashAttentionDemo, input);
    const tileQueries = numberValue(controls, input, 'tileQueries');
    const tileKeys = numberValue(controls, input, 'tileKeys');
    const { q, k, v, shape } = embedHeads(tokens, {
      numHeads: 1,
      headDim,
      seed: numberValue(controls, input, 'seed'),
      scoreDeviation: numberValue(controls, input, 'scoreDeviation'),
    });
    const events: TileEvent[] = [];
    const tiled = tiledAttention(q, k, v, shape, {
      mask: causal,
      tileQueries,
      tileKeys,
      observer: {
        tile: (event) => {
          // The kernel uses its arrays again.
          const runningMax = event.runningMax.slice();
          events.push({ ...event, runningMax, runningSum: event.runningSum.slice() });
        },
      },
    });
    const dense = referenceAttention(q, k, v, shape, { mask: causal });
    const naive = naiveAttentionTraffic(shape, float32Bytes);
    const naiveBytes = naive.slowBytesRead + naive.slowBytesWritten;
    const bytesSoFar: number[] = [];
    const cellsSoFar: number[] = [];
    let [bytes, cells] = [0, 0];
    for (const event of events) {
      bytesSoFar.push((bytes += event.slowBytesRead + event.slowBytesWritten));
      cellsSoFar.push((cells += event.cellsComputed));
    }
    const tileRows = Math.ceil(tokens.length / tileQueries);
    const tileColumns = Math.ceil(tokens.length / tileKeys);
    const llama = architectureById('llama-3.1-8b');
    const set = costedTokens(input);
    // The window is that of the sliding variant, which is not shown here.
    const wall = wallShape();
    const standardCost = mixingCost('standard', wall, set).perLayer;
    const flashCost = mixingCost('flash', wall, set).perLayer;
    const on = `a layer of ${shortName(llama)} over your tokens`;
    const shared = [
      numberRow('maxDifference', 'Largest difference from dense attention', maxAbsDifference(tiled.output, dense.output), 'over all outputs, against the plain reference'),
      bytesRow('totalBytes', 'To and from slow memory, all tiles', tiled.work.slowBytesRead + tiled.work.slowBytesWritten, 'Q once, K and V once per row of tiles, output and log-sum-exp once'),
      bytesRow('naiveBytes', 'The naive way', naiveBytes, 'scores written and read, weights written and read'),
      bytesRow('scratchBytes', 'Fast memory in use', tiled.work.scratchBytes, 'five tiles, whatever the length'),
      bytesRow('matrixBytes', 'The score matrix that is never there', naive.scoreMatrixBytes, `${formatCount(tokens.length)} x ${formatCount(tokens.length)} x ${float32Bytes} B`),
      bytesRow('modelNaiveBytes', `Score matrices, ${on}`, standardCost.workingBytes, `${wall.numHeads} heads x ${formatCount(set)}² x 2 B`),
      bytesRow('modelFlashBytes', `In their place, ${on}`, flashCost.workingBytes, `${wall.numHeads} heads x ${formatCount(set)} x 4 B of log-sum-exp`),
    ]; // prettier-ignore
    return {
      // Tile by tile, as the kernel goes.
      numFrames: events.length,
      openingFrame: Math.floor(events.length / 2),
      keyNumberId: 'maxDifference',
      frame(index) {
        const event = events[index];
        const values = new Float32Array(tileRows * tileColumns);
        for (let idx = 0; idx <= index; idx++) {
          const { row, column, coverage } = events[idx];
          values[row * tileColumns + column] = coverage === 'empty' ? 3 : idx === index ? 2 : 1;
        }
        const spans = `queries ${event.queryStart}–${event.queryEnd - 1}, keys ${event.keyStart}–${event.keyEnd - 1}`;
        const caption =
          event.coverage === 'empty'
            ? `Tile ${index + 1} of ${events.length}: ${spans}, all in the future: skipped.`
            : `Tile ${index + 1} of ${events.length}: ${spans}; m and l brought up to date.`;
        const line = (name: string, numbers: Float64Array) => ({
          name,
          points: Array.from(numbers, (value, row) => [event.queryStart + row, value] as const),
        });
        return {
          caption,
          pictures: [
            {
              kind: 'matrix',
              title: 'Tiles of the score matrix',
              summary: caption,
              numRows: tileRows,
              numColumns: tileColumns,
              values,
              rowLabels: tileLabels(tokens.length, tileQueries),
              columnLabels: tileLabels(tokens.length, tileKeys),
              categories: states,
              scale: 'categories',
            },
            seriesPicture({
              title: 'Running maximum and sum of each row',
              summary: `m and l of queries ${event.queryStart} to ${event.queryEnd - 1} after this tile.`,
              xLabel: 'query',
              yLabel: 'value',
              series: [line('m', event.runningMax), line('l', event.runningSum)],
            }),
          ],
          numbers: [
            partRow('cellsComputed', 'Scores computed so far', cellsSoFar[index], tokens.length ** 2),
            bytesRow('slowBytes', 'To and from slow memory so far', bytesSoFar[index]),
            ...shared,
          ], // prettier-ignore
        };
      },
    };
  },
};
