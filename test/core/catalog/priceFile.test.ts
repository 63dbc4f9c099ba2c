import { waitForUpdate } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { findModel } from '../../../src/core/catalog/findModel.ts';
import { mergeModels } from '../../../src/core/catalog/mergeModels.ts';
import { models } from '../../../src/core/catalog/models.ts';
import { maxPriceFileBytes, readPriceFile } from '../../../src/core/catalog/priceFile.ts';

const from = { source: 'prices.json', asOf: '2026-12-01' };
const provider = (rows: unknown) => JSON.stringify([{ id: 'openai', models: rows }]);

describe('a price file of genai-prices', () => {
  it('gives back the bundled prices when it is the one that they come from', async () => {
    const text = JSON.stringify(await waitForUpdate());
    const { models: read, problems } = readPriceFile(text, models, from);
    expect(problems).toEqual([]);
    expect(read.length).toBeGreaterThan(150);
    const merged = mergeModels(models, read);
    for (const id of ['openai/gpt-5.4', 'google/gemini-2.5-pro', 'deepseek/deepseek-v4-pro']) {
      expect(findModel(id, merged).prices?.value).toEqual(findModel(id, models).prices?.value);
      expect(findModel(id, merged).prices).toMatchObject(from);
    }
  });

  it('replaces a price, keeps the bundled one beside it, and names a row with a fault', () => {
    const { models: read, problems } = readPriceFile(
      provider([
        { id: 'gpt-4o', match: { equals: 'gpt-4o' }, prices: { input_mtok: 7 } },
        { id: 'gpt-4', match: { equals: 'gpt-4' }, prices: { input_mtok: -7 } },
      ]),
      models,
      from,
    );
    const gpt = findModel('gpt-4o', mergeModels(models, read));
    expect(gpt.prices?.value[0].base.inputUsdPerMillionTokens).toBe(7);
    expect(gpt.prices?.disagreements).toHaveLength(1);
    expect(problems).toEqual([
      'prices.json, openai/gpt-4: genai-prices: input_mtok is not what version 2 of its data has: -7',
    ]);
  });

  it.each([
    ['{', 'is no JSON'],
    ['{"a":1}', 'expected an array of providers'],
    ['[1]', 'expected an array of providers'],
    [' '.repeat(maxPriceFileBytes + 1), 'at most'],
  ])('is refused by name when it is none', (text, message) => {
    expect(() => readPriceFile(text, models, from)).toThrow(message);
    expect(() => readPriceFile(text, models, from)).toThrow('prices.json');
  });

  it('can not hang or break on hostile rules', () => {
    const deep = Array.from({ length: 1000 }).reduce<unknown>((rule) => ({ or: [rule] }), {
      contains: 'gpt',
    });
    const rules = [{ regex: '(a+)+$' }, { regex: '(' }, { regex: '.*.*.*.*.*x' }, deep, 5, null];
    const rows = rules.map((match) => ({ id: 'x', match, prices: { input_mtok: 1 } }));
    expect(readPriceFile(provider(rows), models, from)).toEqual({ models: [], problems: [] });
  });
});
