import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  causal,
  countCells,
  maxAbsDifference,
  referenceAttention,
  slidingWindow,
  stridedSparse,
} from '../../src/engine/index.ts';
import { attentionRows, sampledQueries } from '../../src/lab/attentionRows.ts';
import {
  choiceValue,
  numberValue,
  positionsValue,
  switchValue,
  takenTokens,
} from '../../src/lab/controls.ts';
import type { Control } from '../../src/lab/demo.ts';
import { demos, findDemo } from '../../src/lab/demos.ts';
import { embedHeads, headOf, lastQueries, tokenVectors } from '../../src/lab/embed.ts';
import { maskPicture } from '../../src/lab/pictures/maskPicture.ts';
import { seriesPicture } from '../../src/lab/pictures/seriesPicture.ts';
import { maskTiles } from '../../src/lab/pictures/tiles.ts';
import { weightsPicture } from '../../src/lab/pictures/weightsPicture.ts';
import { visibility } from '../../src/lab/runner.ts';
import { tokenTexts } from '../../src/lab/tokenTexts.ts';
import { tokenLabel } from '../../src/lab/words.ts';
import { openTokenCounter } from '../../src/node/openTokenCounter.ts';
import { expectWellFormedDemo, expectWellFormedPicture, sampleTokens } from './wellFormed.ts';

describe('token vectors', () => {
  it('are equal for equal tokens, different for others and for another seed', () => {
    const vectors = tokenVectors(['a', 'b', 'a'], 4, 1);
    expect(vectors.slice(8)).toEqual(vectors.slice(0, 4));
    expect(vectors.slice(4, 8)).not.toEqual(vectors.slice(0, 4));
    expect(tokenVectors(['a'], 4, 2)).not.toEqual(vectors.slice(0, 4));
  });

  it('give heads whose scores have the deviation asked for', () => {
    const tokens = Array.from({ length: 400 }, (_, idx) => `t${idx}`);
    for (const scoreDeviation of [1, 3]) {
      const plan = { numHeads: 2, headDim: 16, seed: 3, scoreDeviation };
      const { q, k } = embedHeads(tokens, plan);
      let squares = 0;
      for (let idx = 0; idx < 400; idx++) {
        let dot = 0;
        for (let dim = 0; dim < 16; dim++) {
          dot += q[idx * 16 + dim] * k[((idx * 7) % 400) * 16 + dim];
        }
        squares += (dot / 4) ** 2;
      }
      const deviation = Math.sqrt(squares / 400) / scoreDeviation;
      expect(deviation).toBeGreaterThan(0.7);
      expect(deviation).toBeLessThan(1.3);
    }
  });
});

describe('a part of the heads', () => {
  it('is one head with what it reads, or the last queries of all', () => {
    const tokens = Array.from({ length: 12 }, (_, idx) => `t${idx}`);
    const heads = embedHeads(tokens, { numHeads: 4, numKvHeads: 2, headDim: 8, seed: 2 });
    const whole = referenceAttention(heads.q, heads.k, heads.v, heads.shape, { mask: causal });
    for (let head = 0; head < 4; head++) {
      const { q, k, v, shape } = headOf(heads, head);
      const { output } = referenceAttention(q, k, v, shape, { mask: causal });
      expect(output).toEqual(whole.output.slice(head * 12 * 8, (head + 1) * 12 * 8));
    }
    const last = { ...heads.shape, queryTokens: 3 };
    const rows = lastQueries(heads, 3);
    const { output } = referenceAttention(rows, heads.k, heads.v, last, {
      mask: causal,
      firstQueryIdx: 9,
    });
    expect(output.slice(0, 24)).toEqual(whole.output.slice(9 * 8, 12 * 8));
  });

  it('has the weights of the whole, whichever rows are looked at', () => {
    const tokens = Array.from({ length: 30 }, (_, idx) => `t${idx % 7}`);
    const heads = embedHeads(tokens, { numHeads: 2, headDim: 8, seed: 2 });
    const all = attentionRows(heads, sampledQueries(30), { mask: causal });
    const some = attentionRows(heads, [3, 29], { mask: causal });
    expect(some.weights.slice(0, 30)).toEqual(all.weights.slice(3 * 30, 4 * 30));
    expect(some.output.slice(24)).toEqual(all.output.slice(59 * 8, 60 * 8));
  });
});

describe('controls', () => {
  const controls: readonly Control[] = [
    { kind: 'number', id: 'window', label: 'Window', min: 1, max: 9, step: 1, initial: 4 },
    {
      kind: 'choice',
      id: 'kind',
      label: 'Kind',
      options: [{ value: 'a', label: 'A' }],
      initial: 'a',
    },
    { kind: 'switch', id: 'on', label: 'On', initial: true },
    { kind: 'positions', id: 'picked', label: 'Picked', initial: [0] },
  ];
  const read = (values: Record<string, number | string | boolean | readonly number[]>) => ({
    tokens: ['x'],
    values,
  });

  it('give the initial value when none is set', () => {
    expect(numberValue(controls, read({}), 'window')).toBe(4);
    expect(choiceValue(controls, read({}), 'kind')).toBe('a');
    expect(switchValue(controls, read({}), 'on')).toBe(true);
    expect(positionsValue(controls, read({ picked: [5, 2, 2, 900] }), 'picked', 6)).toEqual([2, 5]);
  });

  it('name control and value when that value cannot be', () => {
    expect(() => numberValue(controls, read({ window: 10 }), 'window')).toThrow(
      'Window (window) must be a number from 1 to 9, got 10',
    );
    expect(() => numberValue(controls, read({ window: 1.5 }), 'window')).toThrow('whole number');
    expect(() => numberValue(controls, read({ window: NaN }), 'window')).toThrow('got NaN');
    expect(() => choiceValue(controls, read({ kind: 'z' }), 'kind')).toThrow('one of a, got z');
    expect(() => switchValue(controls, read({ on: 1 }), 'on')).toThrow('true or false, got 1');
    expect(() => positionsValue(controls, read({ picked: [-1] }), 'picked', 3)).toThrow('[-1]');
  });

  it('cut the text at what the demo takes and refuse none', () => {
    const demo = { id: 'some', controls, maxTokens: 2 };
    expect(takenTokens(demo, { tokens: ['a', 'b', 'c'], values: {} })).toEqual(['a', 'b']);
    expect(() => takenTokens(demo, { tokens: [], values: {} })).toThrow('at least one token');
  });
});

describe('pictures', () => {
  it('count the cells of a mask as the engine does, whole or by tiles, by cells or by ranges', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 30 }), (n, step) => {
        const area = { queryTokens: n, keyTokens: n };
        expect(maskTiles(slidingWindow(step), n).total).toBe(countCells(slidingWindow(step), area));
        const mask = stridedSparse(step);
        const ranges = (qIdx: number) => {
          const start = Math.max(0, qIdx - step + 1);
          return [
            [start, qIdx + 1, 1],
            [qIdx % step, start, step],
          ] as const;
        };
        const whole = maskTiles(mask, n);
        const walked = maskTiles(mask, n, ranges);
        expect(maxAbsDifference(walked.cells, whole.cells)).toBe(0);
        expect(walked.total).toBe(whole.total);
        expect(whole.total).toBe(countCells(mask, area));
      }),
      { numRuns: 10 },
    );
  });

  it('are well-formed at 1, 256 and 8,192 tokens', () => {
    for (const n of [1, 256, 300, 8192]) {
      const picture = maskPicture({
        title: 'causal',
        tokens: sampleTokens(n),
        mask: causal,
        categories: [{ name: 'not seen' }, { name: 'seen' }],
        categoryOf: (qIdx, kvIdx) => Number(causal(qIdx, kvIdx)),
      });
      expectWellFormedPicture(picture);
      expect(picture.values[0]).toBeGreaterThan(0.5);
      expect(picture.numRows).toBeLessThanOrEqual(256);
    }
  });

  it('keep the mass of every row when weights are drawn by tiles', () => {
    const tokens = sampleTokens(300);
    const { q, k, v, shape } = embedHeads(tokens, { numHeads: 1, headDim: 8, seed: 1 });
    const { weights = new Float64Array(0) } = referenceAttention(q, k, v, shape, {
      mask: causal,
      keepWeights: true,
    });
    const picture = weightsPicture({
      title: 'weights',
      summary: 'Weights.',
      values: weights,
      numRows: 300,
      numColumns: 300,
      rowTokens: tokens,
      columnTokens: tokens,
    });
    expectWellFormedPicture(picture);
    for (let row = 0; row < picture.numRows; row++) {
      const start = row * picture.numColumns;
      const mass = picture.values.slice(start, start + picture.numColumns);
      expect(mass.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
    }
  });

  it('leave out points that a log axis cannot show', () => {
    const picture = seriesPicture({
      title: 'a',
      summary: 'b',
      xLabel: 'x',
      yLabel: 'y',
      yScale: 'log',
      series: [{ name: 's', points: [[1, 0], [2, 3], [3, Infinity]] }], // prettier-ignore
    });
    expect(picture.series[0].points).toEqual([[2, 3]]);
  });
});

describe('the list of demos', () => {
  it('has well-formed demos of different ids, in the order of their mechanisms', () => {
    demos.forEach(expectWellFormedDemo);
    expect(new Set(demos.map((demo) => demo.id)).size).toBe(demos.length);
    const order = demos.map((demo) => demo.mechanism);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(() => findDemo('noSuchDemo')).toThrow('there is no demo noSuchDemo');
  });

  it('makes white space visible and long tokens short', () => {
    expect(tokenLabel(' a\n\tb')).toBe('·a⏎⇥b');
    expect(tokenLabel('x'.repeat(40))).toBe(`${'x'.repeat(14)}…`);
    expect(tokenLabel('')).toBe('∅');
  });
});

describe('what a token sees', () => {
  const request = { tokens: ['a', 'b', 'c', 'd'], values: { windowTokens: 2 }, queryIdx: 2 };

  it('is the pattern’s row', () => {
    expect(visibility({ ...request, demoId: 'slidingWindow' })).toEqual([
      'nothing',
      'window',
      'self',
      'nothing',
    ]);
  });

  it('is refused for a demo without a pattern, and for a token that there is not', () => {
    expect(() => visibility({ ...request, demoId: 'quadraticWall' })).toThrow('quadraticWall');
    expect(() => visibility({ ...request, demoId: 'slidingWindow', queryIdx: 4 })).toThrow('got 4');
  });
});

describe('tokens as texts', () => {
  it('end where their characters do in the text', async () => {
    const encoder = await openTokenCounter('o200k_base');
    const text = 'naïve 🧑‍🚀 𓀀 価格 = 12;\n';
    const { tokens, unitEnds } = tokenTexts(
      encoder,
      new TextEncoder().encode(text),
      8192,
      (bytes) => (isUtf8(bytes) ? Buffer.from(bytes).toString() : undefined),
    );
    expect(unitEnds).toHaveLength(tokens.length);
    expect(unitEnds?.at(-1)).toBe(text.length);
    expect([...(unitEnds ?? [])]).toEqual([...(unitEnds ?? [])].sort((a, b) => a - b));
    let start = 0;
    tokens.forEach((token, idx) => {
      const end = unitEnds?.[idx] ?? NaN;
      if (!token.startsWith('<')) expect(text.slice(start, end)).toBe(token);
      start = end;
    });
  });
});
