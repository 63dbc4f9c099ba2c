import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bigBirdRows,
  countCells,
  hopsBetween,
  receptiveField,
  type Mask,
} from '../../src/engine/index.ts';
import {
  bigBirdDemo,
  bigBirdPattern,
  hopsToLastBlock,
  meanHops,
} from '../../src/lab/demos/bigBird.ts';
import { chunkedLocalDemo, chunkedPattern } from '../../src/lab/demos/chunkedLocal.ts';
import { dilatedPattern, dilatedWindowDemo } from '../../src/lab/demos/dilatedWindow.ts';
import { longformerDemo, longformerPattern } from '../../src/lab/demos/longformer.ts';
import { slidingWindowDemo, windowPattern } from '../../src/lab/demos/slidingWindow.ts';
import {
  fixedPattern,
  sparseTransformerDemo,
  stridedPattern,
} from '../../src/lab/demos/sparseTransformer.ts';
import { patternTiles, type Pattern } from '../../src/lab/patterns.ts';
import { expectWellFormedDemo, expectWellFormedRun, numberOf, sampleTokens } from './wellFormed.ts';

const patternDemos = [
  slidingWindowDemo,
  dilatedWindowDemo,
  longformerDemo,
  bigBirdDemo,
  sparseTransformerDemo,
  chunkedLocalDemo,
];

const length = fc.integer({ min: 1, max: 300 });
const small = fc.integer({ min: 1, max: 40 });
const patterns: readonly (readonly [string, fc.Arbitrary<readonly [number, Pattern]>])[] = [
  ['window', fc.tuple(length, small.map(windowPattern))],
  ['chunked', fc.tuple(length, small.map(chunkedPattern))],
  [
    'dilated',
    fc.tuple(
      length,
      fc.tuple(fc.nat(20), small, fc.boolean()).map((all) => dilatedPattern(...all)),
    ),
  ],
  [
    'longformer',
    fc.tuple(
      length,
      fc
        .tuple(fc.nat(40), fc.uniqueArray(fc.nat(320), { maxLength: 6 }))
        .map((all) => longformerPattern(...all)),
    ),
  ],
  ['strided', fc.tuple(length, small.map(stridedPattern))],
  [
    'fixed',
    fc.tuple(
      length,
      fc.tuple(small, small).map(([a, b]) => fixedPattern(Math.max(a, b), Math.min(a, b))),
    ),
  ],
  [
    'bigBird',
    fc
      .tuple(length, small, fc.nat(5), fc.nat(9))
      .map(
        ([tokens, blockTokens, randomBlocks, seed]) =>
          [tokens, bigBirdPattern({ tokens, blockTokens, randomBlocks, seed })] as const,
      ),
  ],
];

describe('the patterns of attention', () => {
  it.each(patterns)(
    '%s counts its cells, and names them, as the engine’s mask does',
    (_, cases) => {
      fc.assert(
        fc.property(cases, ([tokens, pattern]) => {
          const cells = countCells(pattern.mask, { queryTokens: tokens, keyTokens: tokens });
          expect(pattern.cellsAt(tokens)).toBe(cells);
          expect(patternTiles(pattern, tokens).total).toBe(cells);
          for (let idx = 0; idx < 50; idx++) {
            const [qIdx, kvIdx] = [(idx * 7) % tokens, (idx * 13) % tokens];
            expect(pattern.kindOf(qIdx, kvIdx) !== 0).toBe(pattern.mask(qIdx, kvIdx));
          }
        }),
        { numRuns: 12 },
      );
    },
  );

  it.each(patternDemos)('$id is well-formed at 1, 60, 256 and 8,192 tokens', (demo) => {
    expectWellFormedDemo(demo);
    for (const tokens of [1, 60, 256]) {
      const run = expectWellFormedRun(demo, sampleTokens(tokens));
      const cells = numberOf(run, 'cells');
      // Every query's marks of a long text say nothing new.
      if (tokens > 60) continue;
      const seen = Array.from({ length: tokens }, (_, queryIdx) => {
        const marks = demo.visibility?.({ tokens: sampleTokens(tokens), values: {} }, queryIdx);
        return marks?.filter((mark) => mark !== 'nothing').length ?? 0;
      });
      expect(seen.reduce((sum, one) => sum + one, 0)).toBe(cells);
    }
    const long = demo.run({ tokens: sampleTokens(8192), values: {} });
    expect(long.frame(long.numFrames - 1).pictures[0].kind).toBe('matrix');
    // A longer text is cut to what the demo takes.
    const cut = demo.run({ tokens: sampleTokens(9000), values: {}, setTokens: 8192 });
    expect(cut.numFrames).toBe(long.numFrames);
    expect(numberOf(cut, 'cells')).toBe(numberOf(long, 'cells'));
    expect(() => demo.run({ tokens: [], values: {} })).toThrow('at least one token');
  });
});

describe('each pattern’s own number', () => {
  it('is the reach of a stack of windows, as the engine finds it path by path', () => {
    const tokens = sampleTokens(50);
    for (const windowTokens of [1, 3, 8]) {
      const run = slidingWindowDemo.run({ tokens, values: { windowTokens, numLayers: 5 } });
      for (let frame = 0; frame < 5; frame++) {
        const { mask } = windowPattern(windowTokens);
        const field = receptiveField(
          Array.from({ length: frame + 1 }, () => mask),
          50,
        );
        const reached = field.subarray(49 * 50).reduce((sum, one) => sum + one, 0);
        expect(numberOf(run, 'reach', frame)).toBe(reached);
      }
    }
  });

  it('is the layers between two tokens, as the engine finds them', () => {
    for (const [seed, hasGlobal] of [
      [1, false],
      [2, true],
      [3, false],
    ] as const) {
      // prettier-ignore
      const plan = { tokens: 90, blockTokens: 4, randomBlocks: 2, seed };
      const tokens = sampleTokens(90);
      const run = bigBirdDemo.run({ tokens, values: { ...plan, hasGlobal } });
      expect(numberOf(run, 'hops')).toBe(hopsToLastBlock(bigBirdRows(plan), hasGlobal)[0]);
      if (!hasGlobal) continue;
      expect(numberOf(run, 'hops')).toBe(hopsBetween(bigBirdPattern(plan).mask, 90, 0, 89));
    }
  });

  it('is on the curve the mean of the engine’s shortest paths over three draws', () => {
    for (const [numBlocks, randomBlocks] of [
      [8, 0],
      [16, 2],
      [32, 1],
    ] as const) {
      const hops = [5, 6, 7].map((seed) => {
        const rows = bigBirdRows({ tokens: numBlocks, blockTokens: 1, randomBlocks, seed });
        const isGlobal = (row: number) => row === 0 || row === numBlocks - 1;
        // The window and random edges of every row, global ones left out.
        const edges: Mask = (row, block) =>
          isGlobal(row)
            ? Math.abs(row - block) <= 1
            : [...rows[row].window, ...rows[row].random].includes(block);
        return hopsBetween(edges, numBlocks, 1, numBlocks - 2) ?? Infinity;
      });
      const mean = hops.reduce((sum, one) => sum + one, 0) / 3;
      expect(meanHops(numBlocks, randomBlocks, 5, false)).toBe(mean);
    }
  });

  it('falls to one token where a chunk begins', () => {
    const tokens = sampleTokens(40);
    const run = chunkedLocalDemo.run({ tokens, values: { chunkTokens: 8 } });
    expect(numberOf(run, 'visible', 15)).toBe(8);
    expect(numberOf(run, 'visible', 16)).toBe(1);
    expect(numberOf(run, 'hidden', 16)).toBe(16);
  });

  it('is what a real model’s attention costs over the user’s own tokens', () => {
    // Llama 3.1 8B: 32 layers x 32 heads x 4 x 128 FLOPs a cell.
    const values = { windowTokens: 1000 };
    const run = slidingWindowDemo.run({ tokens: sampleTokens(9), values, setTokens: 5000 });
    expect(numberOf(run, 'modelDenseFlops')).toBe(((5000 * 5001) / 2) * 524_288);
    expect(numberOf(run, 'modelFlops')).toBe((5000 * 1000 - (1000 * 999) / 2) * 524_288);
    // 2 x 8 kv heads x 128 x 2 B x 32 layers = 128 KiB a token.
    expect(numberOf(run, 'cacheBytes')).toBe(1000 * 131_072);
    expect(numberOf(run, 'fullCacheBytes')).toBe(5000 * 131_072);
  });

  it('is no difference from dense attention when the pattern sees everything', () => {
    const tokens = sampleTokens(30);
    const run = slidingWindowDemo.run({ tokens, values: { windowTokens: 30 } });
    expect(numberOf(run, 'difference')).toBe(0);
    const narrow = slidingWindowDemo.run({ tokens, values: { windowTokens: 4 } });
    expect(numberOf(narrow, 'difference')).toBeGreaterThan(0.01);
  });

  it('names the control that cannot be', () => {
    const values = { pattern: 'fixed', stride: 4, summaryTokens: 8 };
    expect(() => sparseTransformerDemo.run({ tokens: ['a'], values })).toThrow(
      'Summary columns (summaryTokens) must be at most the block of 4 tokens, got 8',
    );
  });
});
