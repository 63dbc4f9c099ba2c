import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.ts';
import type { Mask } from '../../src/engine/index.ts';
import { readGolden, type GoldenTensor } from './golden.ts';
import { namedMasks } from './maskCases.ts';

interface MaskCase {
  readonly params: {
    readonly pattern: string;
    readonly n: number;
    readonly window: number;
    readonly chunk: number;
    readonly layers: number;
    readonly windowEachSide: number;
    readonly globalTokens: number[];
    readonly dilation: number;
    readonly block: number;
    readonly randomBlocks: number;
  };
  readonly expected: GoldenTensor;
}

const square = (tokens: number) => ({ queryTokens: tokens, keyTokens: tokens });

function matrixOf({ params }: MaskCase): Uint8Array {
  const { n } = params;
  switch (params.pattern) {
    case 'slidingWindow':
      return engine.maskMatrix(engine.slidingWindow(params.window), square(n));
    case 'chunked':
      return engine.maskMatrix(engine.chunkedLocal(params.chunk), square(n));
    case 'longformer':
      return engine.maskMatrix(engine.longformer(params), square(n));
    case 'bigbird':
      // HF draws its random blocks anew each run; the file holds the deterministic part.
      return engine.maskMatrix(
        engine.bigBird({ tokens: n, blockTokens: params.block, randomBlocks: 0, seed: 1 }),
        square(n),
      );
    case 'slidingWindowReceptiveField':
      return engine.receptiveField(
        Array.from({ length: params.layers }, () => engine.slidingWindow(params.window)),
        n,
      );
    default:
      throw new Error(`masks.json has a pattern this test does not know: ${params.pattern}`);
  }
}

describe('the masks of masks.json (HF masking_utils and Jacobians)', () => {
  const golden = readGolden<MaskCase>('masks');
  it.each(golden.cases.map((one, idx) => [idx, one.params.pattern, one.params.n, one] as const))(
    'case %i, %s over %i tokens, is equal cell by cell',
    (_, __, ___, one) => {
      expect(Array.from(matrixOf(one))).toEqual(one.expected.data.map((cell) => (cell ? 1 : 0)));
    },
  );
});

describe('masks', () => {
  const masks = namedMasks(40);

  it.each(masks)('%s: counting by tiles is counting by cells', (_, mask) => {
    for (const area of [square(40), { queryTokens: 7, keyTokens: 40, firstQueryIdx: 33 }]) {
      const cells = engine.maskMatrix(mask, area).reduce((sum, cell) => sum + cell, 0);
      expect(engine.countCells(mask, area)).toBe(cells);
    }
  });

  it.each(masks)('%s: what it says of a tile is what its cells say', (_, mask) => {
    const start = fc.integer({ min: 0, max: 39 });
    fc.assert(
      fc.property(start, start, start, start, (a, b, c, d) => {
        const tile = {
          queryStart: Math.min(a, b),
          queryEnd: Math.max(a, b) + 1,
          keyStart: Math.min(c, d),
          keyEnd: Math.max(c, d) + 1,
        };
        const cells = engine.maskMatrix(mask, {
          queryTokens: tile.queryEnd - tile.queryStart,
          keyTokens: tile.keyEnd - tile.keyStart,
          firstQueryIdx: tile.queryStart,
          firstKeyIdx: tile.keyStart,
        });
        const said = mask.coverage?.(tile) ?? 'mixed';
        if (said === 'empty') expect(cells.every((cell) => cell === 0)).toBe(true);
        if (said === 'full') expect(cells.every((cell) => cell === 1)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('keep exactly W keys in a sliding window, the token itself included', () => {
    const matrix = engine.maskMatrix(engine.slidingWindow(3), square(10));
    const rowSums = Array.from({ length: 10 }, (_, row) =>
      matrix.subarray(row * 10, row * 10 + 10).reduce((sum, cell) => sum + cell, 0),
    );
    expect(rowSums).toEqual([1, 2, 3, 3, 3, 3, 3, 3, 3, 3]);
  });

  it('grow the receptive field by W - 1 per layer', () => {
    const layers = Array.from({ length: 4 }, () => engine.slidingWindow(5));
    const reach = engine.receptiveField(layers, 50);
    const lastRow = reach.subarray(49 * 50);
    expect(lastRow.reduce((sum, cell) => sum + cell, 0)).toBe(1 + 4 * 4);
  });

  it('reach 2 w dilation in a dilated window at the cost of 2 w + 1 cells', () => {
    const mask = engine.dilatedWindow(3, 4);
    const allowed = Array.from({ length: 100 }, (_, kvIdx) => kvIdx).filter((k) => mask(50, k));
    expect(allowed).toEqual([38, 42, 46, 50, 54, 58, 62]);
  });

  it('draw themselves', () => {
    expect(engine.drawMask(engine.causal, square(3))).toBe('#..\n##.\n###');
    expect(engine.drawMask(engine.stridedSparse(3), square(6))).toBe(
      ['#.....', '##....', '###...', '####..', '.####.', '..####'].join('\n'),
    );
    expect(engine.drawMask(engine.fixedSparse(3, 1), square(7))).toBe(
      ['#......', '##.....', '###....', '..##...', '..###..', '..####.', '..#..##'].join('\n'),
    );
    expect(engine.drawMask(engine.sinksAndWindow(1, 2), square(5))).toBe(
      ['#....', '##...', '###..', '#.##.', '#..##'].join('\n'),
    );
    expect(engine.drawMask(engine.prefixLm(2), square(4))).toBe('##..\n##..\n###.\n####');
    const packed = engine.and(engine.causal, engine.documentMask([0, 0, 1, 1]));
    expect(engine.drawMask(packed, square(5))).toBe('#....\n##...\n..#..\n..##.\n.....');
  });

  it('draw exactly the random blocks asked for in each interior row of BigBird, and all that are left when too few', () => {
    const rows = engine.bigBirdRows({ tokens: 40, blockTokens: 4, randomBlocks: 2, seed: 7 });
    rows.slice(1, -1).forEach((row, idx) => {
      expect(row.random).toHaveLength(2);
      expect(new Set([...row.random, ...row.window, ...row.global]).size).toBe(
        2 + new Set([...row.window, ...row.global]).size,
      );
      expect(row.window).toEqual([idx, idx + 1, idx + 2]);
    });
    const few = engine.bigBirdRows({ tokens: 10, blockTokens: 2, randomBlocks: 9, seed: 7 });
    expect(few[2].random).toHaveLength(0);
    expect(few[1].random).toEqual([3]);
  });

  it('cost O(n sqrt n) cells as strided sparse attention', () => {
    const cells = (n: number) => engine.countCells(engine.stridedSparse(Math.sqrt(n)), square(n));
    // Four times the tokens cost about eight times the cells; dense attention pays sixteen.
    expect(cells(4096) / cells(1024)).toBeGreaterThan(7);
    expect(cells(4096) / cells(1024)).toBeLessThan(9);
  });

  it('connect two distant tokens in fewer hops by random blocks than by the window alone', () => {
    const tokens = 256;
    // Without the global blocks, which connect everything in two hops.
    const window = engine.dilatedWindow(4);
    const rows = engine.bigBirdRows({ tokens, blockTokens: 4, randomBlocks: 2, seed: 3 });
    const random: Mask = (q, k) => rows[q >> 2].random.includes(k >> 2);
    const slow = engine.hopsBetween(window, tokens, 8, 240);
    const fast = engine.hopsBetween(engine.or(window, random), tokens, 8, 240);
    expect(slow).toBe(58);
    expect(fast).toBeLessThanOrEqual(6);
    expect(engine.hopsBetween(engine.causal, tokens, 240, 8)).toBeUndefined();
  });

  it('average the spans of a hierarchical stack layer by layer', () => {
    const masks = engine.hierarchicalMasks({
      numLayers: 3,
      numLocalLayers: 2,
      local: engine.slidingWindow(4),
      global: engine.causal,
    });
    expect(engine.averageSpans(masks, 8)).toEqual([26 / 8, 26 / 8, 36 / 8]);
  });

  it('name the argument and the value they cannot work with', () => {
    expect(() => engine.slidingWindow(0)).toThrow('windowTokens must be a positive integer, got 0');
    expect(() => engine.chunkedLocal(2.5)).toThrow('got 2.5');
    expect(() => engine.fixedSparse(4, 5)).toThrow('summaryTokens must be between 1 and 4, got 5');
    expect(() => engine.globalTokens([-1])).toThrow('globalTokens must be an integer of 0 or more');
    expect(() => engine.countCells(engine.causal, { queryTokens: -1, keyTokens: 2 })).toThrow(
      'queryTokens must be an integer of 0 or more, got -1',
    );
    expect(() => engine.hopsBetween(engine.causal, 4, 4, 0)).toThrow('fromIdx');
  });

  it('are empty over no tokens', () => {
    expect(engine.countCells(engine.causal, square(0))).toBe(0);
    expect(engine.drawMask(engine.causal, square(0))).toBe('');
  });
});
