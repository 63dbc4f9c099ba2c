import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findModel } from '../../../src/core/catalog/findModel.ts';
import { models } from '../../../src/core/catalog/models.ts';
import type { FileCount } from '../../../src/core/files/scanReport.ts';
import { familyRatios } from '../../../src/core/tokens/estimate/ratios.ts';
import { countFor, plusTokens, sumByKind, totalOf } from '../../../src/core/weigh/countFor.ts';
import { countForModel } from '../../../src/core/weigh/modelFit.ts';
import '../../propertySeed.ts';

const gpt4o = findModel('openai/gpt-4o', models);
const gpt4 = findModel('openai/gpt-4', models);
const sonnet = findModel('claude-sonnet-4-5', models);

function file(path: string, kind: FileCount['kind'], tokens: number): FileCount {
  return { path, kind, tokens, bytes: 4 * tokens, lines: 1 };
}

const files = [file('a.ts', 'code', 700), file('b.md', 'markdown', 200), file('c.ts', 'code', 100)];

describe('what a model counts', () => {
  it('is exact for the model whose vocabulary counted', () => {
    const text = sumByKind(files, 'o200k_base');
    expect(text.countsByKind).toEqual({ code: 800, markdown: 200 });
    expect(totalOf(text)).toBe(1000);
    expect(countFor(text, gpt4o)).toMatchObject({ tokens: 1000, lowTokens: 1000, exact: true });
  });

  it('is an interval by kind for a model whose vocabulary is not here', () => {
    const { code, markdown } = familyRatios[sonnet.tokenizer.family].byKind;
    const count = countFor(sumByKind(files, 'o200k_base'), sonnet);
    expect(count.exact).toBe(false);
    expect(count.tokens).toBe(Math.round(800 * code.likely + 200 * markdown.likely));
    expect(count.lowTokens).toBe(Math.floor(800 * code.low + 200 * markdown.low));
    expect(count.highTokens).toBe(Math.ceil(800 * code.high + 200 * markdown.high));
    expect(count.basis).toContain('o200k_base x');
  });

  it('is a wider interval, that says so, when another vocabulary counted', () => {
    const ours = countFor(sumByKind(files, 'o200k_base'), sonnet);
    const other = countFor(sumByKind(files, 'cl100k_base'), sonnet);
    expect(other.exact).toBe(false);
    expect(other.basis).toMatch(/^cl100k_base as o200k_base x/);
    const width = (count: typeof ours) => count.highTokens / count.lowTokens;
    expect(width(other)).toBeGreaterThan(width(ours));
  });

  it('is one sum, whether counted file by file or all at once', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 20 });
    fc.assert(
      fc.property(counts, (tokens) => {
        const many = tokens.map((each, i) => file(`${i}.ts`, 'code', each));
        const sum = tokens.reduce((total, each) => total + each, 0);
        const one = sumByKind([file('all.ts', 'code', sum)], 'o200k_base');
        for (const model of [gpt4o, sonnet]) {
          expect(countFor(sumByKind(many, 'o200k_base'), model)).toMatchObject({
            tokens: countFor(one, model).tokens,
            lowTokens: countFor(one, model).lowTokens,
            highTokens: countFor(one, model).highTokens,
          });
        }
      }),
    );
  });

  it('always lies inside its interval, for every model and vocabulary', () => {
    const kinds = fc.record({ code: fc.nat(1e7), markdown: fc.nat(1e7), json: fc.nat(1e7) });
    const encodings = fc.constantFrom('o200k_base', 'cl100k_base', 'p50k_base');
    fc.assert(
      fc.property(kinds, encodings, fc.constantFrom(...models), (countsByKind, encoding, model) => {
        const count = countFor({ encoding, countsByKind }, model);
        expect(count.lowTokens).toBeLessThanOrEqual(count.tokens);
        expect(count.tokens).toBeLessThanOrEqual(count.highTokens);
      }),
    );
  });

  it('grows by a known overhead at both ends', () => {
    const count = countFor(sumByKind(files, 'o200k_base'), sonnet);
    const more = plusTokens(count, 50);
    expect(more.lowTokens - count.lowTokens).toBe(50);
    expect(more.highTokens - count.highTokens).toBe(50);
    expect(more.exact).toBe(count.exact);
  });
});

describe('a model among several counts', () => {
  const counts = new Map([
    ['o200k_base', files],
    ['cl100k_base', [file('a.ts', 'code', 1100)]],
  ]);

  it('takes its own vocabulary’s where that is public', () => {
    expect(countForModel(gpt4, counts)).toMatchObject({ tokens: 1100, exact: true });
    expect(countForModel(gpt4o, counts)).toMatchObject({ tokens: 1000, exact: true });
  });

  it('is estimated from o200k_base otherwise, and needs that', () => {
    const base = countFor(sumByKind(files, 'o200k_base'), sonnet);
    expect(countForModel(sonnet, counts)).toEqual(base);
    expect(() => countForModel(sonnet, new Map())).toThrow('need the counts by o200k_base');
  });
});
