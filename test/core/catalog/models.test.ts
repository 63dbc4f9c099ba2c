import { waitForUpdate } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { findModel, UnknownModelError } from '../../../src/core/catalog/findModel.ts';
import { priceListsFromGenai } from '../../../src/core/catalog/genaiPrices.ts';
import { models } from '../../../src/core/catalog/models.ts';
import { familyRatios } from '../../../src/core/tokens/estimate/ratios.ts';

/** Text that does not depend on the order of fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

const isoDate = /^20\d\d-\d\d-\d\d$/;

describe('the bundled catalogue', () => {
  it('has at least 150 models of the makers own lists, of all main makers', () => {
    const own = models.filter(({ prices, contextWindowTokens }) =>
      [prices, contextWindowTokens].every(
        (fact) => fact === undefined || !fact.source.includes('OpenRouter'),
      ),
    );
    expect(own.length).toBeGreaterThanOrEqual(150);
    const makers = new Set(own.map(({ maker }) => maker));
    for (const maker of [
      'OpenAI',
      'Anthropic',
      'Google',
      'Mistral',
      'xAI',
      'DeepSeek',
      'Cohere',
      'Moonshot AI',
      'Z.AI',
      'MiniMax',
      'Meta',
      'Alibaba',
      'Xiaomi',
    ]) {
      expect(makers).toContain(maker);
    }
    expect(models.some(({ maker }) => maker === 'Amazon')).toBe(true);
  });

  it('has ids, names and aliases that name one model each', () => {
    const ids = models.map(({ id }) => id.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
    const aliases = models.flatMap(({ id, aliases }) =>
      aliases.map((alias) => `${id.split('/')[0]}/${alias.toLowerCase()}`),
    );
    expect(new Set(aliases).size).toBe(aliases.length);
    expect(aliases.filter((alias) => ids.includes(alias))).toEqual([]);
  });

  it('has a source and a date on every fact, and only numbers that can be', () => {
    for (const model of models) {
      const facts = [
        model.contextWindowTokens,
        model.maxInputTokens,
        model.maxOutputTokens,
        model.prices,
        model.batchPrices,
      ].filter((fact) => fact !== undefined);
      for (const fact of facts) {
        expect(fact.source).not.toBe('');
        expect(fact.asOf).toMatch(isoDate);
        if (typeof fact.value === 'number') expect(fact.value).toBeGreaterThan(0);
      }
      for (const { base, tiers } of model.prices?.value ?? []) {
        expect(Object.values(base).every((price) => price >= 0)).toBe(true);
        expect(tiers.every(({ aboveInputTokens }) => aboveInputTokens > 0)).toBe(true);
      }
      expect(model.deprecated).toBe(model.deprecatedBy !== undefined);
    }
  });

  it('takes the window of OpenAI where the other source names the end of the cheap tier', () => {
    for (const id of ['gpt-5.4', 'gpt-6-sol', 'gpt-6-luna', 'gpt-5.6-terra']) {
      expect(findModel(id, models).contextWindowTokens?.value).toBe(1_050_000);
    }
    const gpt54 = findModel('gpt-5.4', models).prices?.value[0].tiers;
    expect(gpt54?.map(({ aboveInputTokens }) => aboveInputTokens)).toEqual([271_999]);
  });

  it('takes exact windows over rounded ones and keeps what disagrees', () => {
    const flash = findModel('gemini-2.5-flash-lite', models).contextWindowTokens;
    expect(flash?.value).toBe(1_048_576);
    expect(flash?.disagreements?.map(({ value }) => value)).toEqual([1_000_000]);
    const sonnet = findModel('claude-sonnet-4-5', models).prices;
    expect(sonnet?.value[0].tiers).toHaveLength(1);
    expect(sonnet?.disagreements).toHaveLength(1);
  });

  it('halves every price of an Anthropic batch, and knows no cached price of an OpenAI one', () => {
    const haiku = findModel('claude-haiku-4-5', models);
    expect(haiku.batchPrices?.value[0].base).toEqual({
      inputUsdPerMillionTokens: 0.5,
      outputUsdPerMillionTokens: 2.5,
      cachedInputUsdPerMillionTokens: 0.05,
      cacheWriteUsdPerMillionTokens: 0.625,
      cacheWriteOneHourUsdPerMillionTokens: 1,
    });
    const gpt = findModel('gpt-4o', models).batchPrices?.value[0].base;
    expect(gpt?.inputUsdPerMillionTokens).toBe(1.25);
    expect(gpt?.cachedInputUsdPerMillionTokens).toBeUndefined();
  });

  it('marks what its makers retired', () => {
    for (const id of ['claude-3-opus-latest', 'gpt-4.5-preview', 'gemini-1.5-pro', 'grok-2-1212']) {
      expect(findModel(id, models).deprecated).toBe(true);
    }
    for (const id of ['claude-opus-5-5', 'gpt-6-sol', 'gemini-3.8-flash', 'grok-4.7']) {
      expect(findModel(id, models).deprecated).toBe(false);
    }
  });

  it('says of each model how its tokens are counted', () => {
    expect(findModel('gpt-4o', models).tokenizer).toMatchObject({
      encoding: 'o200k_base',
      exact: true,
    });
    expect(findModel('gpt-4', models).tokenizer.encoding).toBe('cl100k_base');
    const families = Object.fromEntries(
      ['claude-opus-5-5', 'gemini-2.5-pro', 'qwen3-coder', 'deepseek-v4-pro', 'grok-4.7'].map(
        (id) => [id, findModel(id, models).tokenizer.family],
      ),
    );
    expect(Object.values(families)).toEqual(['claude', 'gemini', 'qwen', 'deepseek', 'unknown']);
    expect(findModel('gpt-6-sol', models).tokenizer.exact).toBe(false);
  });

  it('names only families that the ratio table has', () => {
    const families = new Set(models.map(({ tokenizer }) => tokenizer.family));
    expect(families.size).toBeGreaterThan(7);
    expect([...families].filter((family) => !Object.hasOwn(familyRatios, family))).toEqual([]);
  });

  it('has the prices that genai-prices has, wherever it names it as the source', async () => {
    const providers = (await waitForUpdate()) ?? [];
    const known = new Set(
      providers.flatMap(({ models }) =>
        models.map(({ prices }) => canonical(priceListsFromGenai(prices))),
      ),
    );
    const theirs = models.filter(({ prices }) => prices?.source.includes('genai-prices'));
    expect(theirs.length).toBeGreaterThan(200);
    const strange = theirs.filter(({ prices }) => !known.has(canonical(prices?.value)));
    expect(strange.map(({ id }) => id)).toEqual([]);
  });
});

describe('finding a model', () => {
  it('takes an id, a bare name, an alias and a maker with an alias, in any case', () => {
    for (const name of [
      'anthropic/claude-haiku-4-5',
      'Claude-Haiku-4-5',
      'claude-haiku-4-5-20251001',
      'anthropic/claude-haiku-4-5-20251001',
    ]) {
      expect(findModel(name, models).id).toBe('anthropic/claude-haiku-4-5');
    }
  });

  it('names what was wanted and near ones when there is none', () => {
    expect(() => findModel('gpt-5.4-mni', models)).toThrow(/"gpt-5.4-mni".*openai\/gpt-5.4-mini/);
    expect(() => findModel('x'.repeat(100_000), models)).toThrow(UnknownModelError);
    expect(() => findModel('', models)).toThrow(UnknownModelError);
  });
});
