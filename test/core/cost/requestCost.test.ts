import { calcPrice, waitForUpdate } from '@pydantic/genai-prices';
import type { Provider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceListsFromGenai } from '../../../src/core/catalog/genaiPrices.ts';
import type { PriceList } from '../../../src/core/catalog/model.ts';
import { models } from '../../../src/core/catalog/models.ts';
import { requestCostInterval } from '../../../src/core/cost/costInterval.ts';
import { requestCost } from '../../../src/core/cost/requestCost.ts';
import type { TokenUsage } from '../../../src/core/cost/requestCost.ts';

const providers: readonly Provider[] = (await waitForUpdate()) ?? [];

/** Each boundary of a tier from both sides, parts of the cache, dates before and after a change. */
const usages: readonly TokenUsage[] = [
  { inputTokens: 0, outputTokens: 0 },
  { inputTokens: 1234, outputTokens: 567 },
  { inputTokens: 200_000, outputTokens: 4000 },
  { inputTokens: 200_001, outputTokens: 4000 },
  { inputTokens: 271_999, outputTokens: 1 },
  { inputTokens: 272_000, outputTokens: 1 },
  { inputTokens: 900_000, outputTokens: 60_000, cachedInputTokens: 700_000 },
  { inputTokens: 100_000, outputTokens: 100, cachedInputTokens: 60_000, cacheWriteTokens: 30_000 },
  {
    inputTokens: 300_000,
    outputTokens: 9,
    cachedInputTokens: 1,
    cacheWriteTokens: 2,
    cacheWriteOneHourTokens: 200_000,
  },
];
const moments = [
  '2025-01-15T12:00:00Z',
  '2026-08-17T00:00:00Z',
  '2026-11-28T02:30:00Z',
  '2026-11-28T16:30:00Z',
  '2027-01-01T00:00:00Z',
].map((text) => new Date(text));

/** Of prices that change in the course of a day: every half hour, and a second on either side of each full hour. */
const dayTimes = Array.from({ length: 48 }, (_, half) => half * 1800).flatMap((second) =>
  (second % 3600 === 0 ? [-1, 0, 1] : [0]).map(
    (off) => new Date(Date.parse('2026-11-28T00:00:00Z') + (second + off) * 1000),
  ),
);

function momentsFor(prices: unknown): readonly Date[] {
  if (!Array.isArray(prices)) return moments.slice(0, 1);
  return /start_time/.test(JSON.stringify(prices)) ? [...moments, ...dayTimes] : moments;
}

function theirs(usage: TokenUsage, modelId: string, provider: Provider, timestamp: Date): number {
  const price = theirPrice(usage, modelId, provider, timestamp);
  if (price === undefined) throw new Error(`genai-prices does not know ${provider.id} ${modelId}`);
  return price;
}

function theirPrice(usage: TokenUsage, modelId: string, provider: Provider, timestamp: Date) {
  const cacheWrites = (usage.cacheWriteTokens ?? 0) + (usage.cacheWriteOneHourTokens ?? 0);
  const result = calcPrice(
    {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cache_read_tokens: usage.cachedInputTokens ?? 0,
      cache_write_tokens: cacheWrites,
      cache_write_1h_tokens: usage.cacheWriteOneHourTokens ?? 0,
    },
    modelId,
    { provider, timestamp },
  );
  return result?.total_price;
}

describe('the cost of a request', () => {
  it('equals calcPrice of genai-prices for every model, usage and moment', () => {
    let compared = 0;
    let unknown = 0;
    for (const provider of providers) {
      for (const model of provider.models) {
        const lists = priceListsFromGenai(model.prices);
        // A provider with this model alone and a match that is certain, so that it is the one found.
        const alone = {
          ...provider,
          models: [{ ...model, match: { equals: 'the-model' } }],
          fallback_model_providers: [],
        };
        for (const usage of usages) {
          for (const at of momentsFor(model.prices)) {
            const whole = requestCost(usage, lists, at);
            // Embeddings have no price of output, speech none of input: unknown, theirs is 0.
            const priced = whole === undefined ? { ...usage, outputTokens: 0 } : usage;
            const ours = whole ?? requestCost(priced, lists, at);
            if (ours === undefined) {
              unknown++;
              const bases = lists.map(({ base }) => base);
              expect(bases.some((base) => base.inputUsdPerMillionTokens === undefined)).toBe(true);
              continue;
            }
            const expected = theirs(priced, 'the-model', alone, at);
            if (Math.abs(ours.totalUsd - expected) > 1e-12 * Math.max(1, expected)) {
              expect.fail(`${provider.id} ${model.id}: ${ours.totalUsd} and ${expected}`);
            }
            compared++;
          }
        }
      }
    }
    expect(providers.length).toBeGreaterThan(40);
    expect(compared).toBeGreaterThan(18_000);
    expect(unknown).toBeLessThan(compared / 5);
  });

  it('equals calcPrice for every model of our catalogue whose prices are theirs, found by its own name', () => {
    const providerIds: Readonly<Record<string, string>> = { xai: 'x-ai' };
    const at = new Date('2026-11-28T12:00:00Z');
    let compared = 0;
    const different: string[] = [];
    const unmatched = new Set<string>();
    for (const { id, prices } of models) {
      if (prices === undefined || !/^@pydantic\/genai-prices [\d.]+$/.test(prices.source)) continue;
      const [maker, name] = id.split('/');
      const provider = providers.find((one) => one.id === (providerIds[maker] ?? maker));
      if (provider === undefined) expect.fail(`${id}: no provider`);
      for (const usage of usages) {
        const ours = requestCost(usage, prices.value, at);
        if (ours === undefined) continue;
        const expected = theirPrice(usage, name, provider, at);
        // A row may bear a name that its own rule does not match; it was found by its id.
        if (expected === undefined) unmatched.add(id);
        else if (Math.abs(ours.totalUsd - expected) > 1e-9) different.push(id);
        else compared++;
      }
    }
    expect([...new Set(different)]).toEqual([]);
    expect([...unmatched].length).toBeLessThan(10);
    expect(compared).toBeGreaterThan(1000);
  });

  it('in a batch is its listed share of the usual price, with a source of its own, for every model', () => {
    const at = new Date('2026-11-28T12:00:00Z');
    let compared = 0;
    for (const { id, prices, batchPrices } of models) {
      if (batchPrices === undefined) continue;
      expect(batchPrices.source, id).not.toBe(prices?.source);
      expect(batchPrices.asOf, id).toMatch(/^20\d\d-/);
      for (const usage of usages.slice(0, 6)) {
        const usual = requestCost(usage, prices?.value, at);
        const batch = requestCost(usage, batchPrices.value, at);
        if (usual === undefined) continue;
        expect(batch?.totalUsd, id).toBeCloseTo(usual.totalUsd / 2, 9);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(300);
  });

  const tiered: readonly PriceList[] = [
    {
      base: { inputUsdPerMillionTokens: 3, outputUsdPerMillionTokens: 15 },
      tiers: [
        {
          aboveInputTokens: 200_000,
          inputUsdPerMillionTokens: 6,
          outputUsdPerMillionTokens: 22.5,
        },
      ],
    },
  ];
  const now = new Date('2026-11-28T00:00:00Z');

  it('re-prices the whole request one token above the tier', () => {
    const at = requestCost({ inputTokens: 200_000, outputTokens: 0 }, tiered, now);
    const above = requestCost({ inputTokens: 200_001, outputTokens: 0 }, tiered, now);
    expect(at?.totalUsd).toBeCloseTo(0.6, 12);
    expect(above?.totalUsd).toBeCloseTo(1.200006, 12);
    expect(above?.tierAboveInputTokens).toBe(200_000);
  });

  it('is unknown, never 0, when a price that it needs is not known', () => {
    const list: PriceList = { base: { inputUsdPerMillionTokens: 1 }, tiers: [] };
    expect(requestCost({ inputTokens: 10, outputTokens: 1 }, [list], now)).toBeUndefined();
    expect(requestCost({ inputTokens: 10, outputTokens: 0 }, [list], now)?.totalUsd).toBe(1e-5);
    expect(requestCost({ inputTokens: 10, outputTokens: 0 }, undefined, now)).toBeUndefined();
  });

  it('names a count that can not be', () => {
    expect(() => requestCost({ inputTokens: -1, outputTokens: 0 }, tiered, now)).toThrow(
      'inputTokens must be a number of tokens from 0 up, got -1',
    );
    expect(() =>
      requestCost({ inputTokens: 5, outputTokens: 0, cachedInputTokens: 6 }, tiered, now),
    ).toThrow('inputTokens (5)');
  });

  it('says what it assumed when a cache price is not listed', () => {
    const cost = requestCost(
      { inputTokens: 100, outputTokens: 0, cachedInputTokens: 50 },
      tiered,
      now,
    );
    expect(cost?.assumptions).toHaveLength(1);
  });

  it('has an interval that holds the cost of every count inside it', () => {
    fc.assert(
      fc.property(
        fc.nat(400_000),
        fc.nat(400_000),
        fc.nat(400_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b, c, cachedShare) => {
          const [lowTokens, tokens, highTokens] = [a, b, c].sort((x, y) => x - y);
          const input = { tokens, lowTokens, highTokens, exact: false, basis: 'test' };
          const interval = requestCostInterval(
            { input, outputTokens: 100, cachedShare },
            tiered,
            now,
          );
          const inside = requestCost(
            {
              inputTokens: tokens,
              outputTokens: 100,
              cachedInputTokens: tokens * cachedShare,
            },
            tiered,
            now,
          );
          expect(interval?.usd).toBe(inside?.totalUsd);
          expect(interval?.lowUsd).toBeLessThanOrEqual(interval?.usd ?? NaN);
          expect(interval?.highUsd).toBeGreaterThanOrEqual(interval?.usd ?? NaN);
          expect(interval?.straddlesTierAboveInputTokens !== undefined).toBe(
            lowTokens <= 200_000 && highTokens > 200_000,
          );
        },
      ),
    );
  });
});
