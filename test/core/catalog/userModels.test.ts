import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findModel } from '../../../src/core/catalog/findModel.ts';
import { models } from '../../../src/core/catalog/models.ts';
import { mergeModels } from '../../../src/core/catalog/mergeModels.ts';
import { parseUserModels } from '../../../src/core/catalog/userModels.ts';

const from = { source: 'my-models.json', asOf: '2026-11-28' };

describe('models of the user', () => {
  it('add a model and override fields of one, keeping what was bundled as a disagreement', () => {
    const { models: mine, problems } = parseUserModels(
      [
        {
          id: 'acme/coder-1',
          contextWindowTokens: 64_000,
          prices: {
            inputUsdPerMillionTokens: 1,
            tiers: [{ aboveInputTokens: 32_000, inputUsdPerMillionTokens: 2 }],
          },
        },
        { id: 'openai/gpt-4o', contextWindowTokens: 100_000, aliases: ['my-gpt'] },
      ],
      from,
    );
    expect(problems).toEqual([]);
    const merged = mergeModels(models, mine);
    expect(merged).toHaveLength(models.length + 1);
    const coder = findModel('coder-1', merged);
    expect(coder).toMatchObject({ name: 'coder-1', maker: 'acme', deprecated: false });
    expect(coder.tokenizer.family).toBe('unknown');
    expect(coder.prices?.value[0].tiers).toHaveLength(1);
    const gpt = findModel('my-gpt', merged);
    expect(gpt.contextWindowTokens).toMatchObject({
      value: 100_000,
      source: 'my-models.json',
      disagreements: [{ value: 128_000 }],
    });
    expect(gpt.prices).toEqual(findModel('gpt-4o', models).prices);
  });

  it('name each fault and use the rest of the row', () => {
    const { models: mine, problems } = parseUserModels(
      {
        models: [
          { id: 'a/b', contextWindowTokens: -5, name: 'B', colour: 'red' },
          { name: 'no id' },
          7,
          { id: 'c/d', prices: { inputUsdPerMillionTokens: '3', input: 3 } },
        ],
      },
      from,
    );
    expect(mine.map(({ id, name }) => [id, name])).toEqual([
      ['a/b', 'B'],
      ['c/d', undefined],
    ]);
    expect(problems).toEqual([
      'my-models.json, model 0: the field colour is not known',
      'my-models.json, model 0: contextWindowTokens must be a whole number of tokens above 0, got -5',
      'my-models.json, model 1: id must be a name such as "openai/gpt-5.4", got nothing',
      'my-models.json, model 2: expected an object, got 7',
      'my-models.json, model 3: prices.inputUsdPerMillionTokens must be a price in USD from 0 up, got "3"',
      'my-models.json, model 3: the field prices.input is not known',
    ]);
  });

  it('survive any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const { models: mine } = parseUserModels(json, from);
        expect(mergeModels(models.slice(0, 3), mine).length).toBeGreaterThanOrEqual(3);
      }),
    );
  });
});
