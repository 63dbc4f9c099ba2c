import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findModel } from '../../../src/core/catalog/findModel.ts';
import { models } from '../../../src/core/catalog/models.ts';
import { cacheBreakEven } from '../../../src/core/cost/cacheBreakEven.ts';
import { conversationCost, windowFullAtTurn } from '../../../src/core/cost/conversation.ts';
import { selfHostedCost, selfHostingCrossing, volumeCost } from '../../../src/core/cost/volume.ts';

const at = new Date('2026-11-28T12:00:00Z');
const haiku = findModel('claude-haiku-4-5', models).prices?.value;
const counts = fc.nat(50_000);

describe('a conversation', () => {
  const base = {
    turns: 3,
    prefixTokens: 10_000,
    promptTokensPerTurn: 100,
    outputTokensPerTurn: 900,
    cacheHitRate: 1,
  };

  it('sends everything again each turn; by hand at 1, 5, 0.1 and 1.25 USD per million', () => {
    const cost = conversationCost(base, { contextWindowTokens: 200_000 }, haiku, at);
    expect(cost.turns.map(({ inputTokens }) => inputTokens)).toEqual([10_100, 11_100, 12_100]);
    expect(cost.totalInputTokens).toBe(33_300);
    expect(cost.totalUsd).toBeCloseTo((33_300 + 2700 * 5) / 1e6, 12);
    // Written: 10,100 then 1,000 twice; read: 10,100 and 11,100.
    const cached = (12_100 * 1.25 + 21_200 * 0.1 + 2700 * 5) / 1e6;
    expect(cost.totalCachedUsd).toBeCloseTo(cached, 12);
    expect(cost.windowFullAtTurn).toBe(191);
  });

  it('is unknown in money, not in tokens, without prices', () => {
    const cost = conversationCost(base, {}, undefined, at);
    expect(cost.totalUsd).toBeUndefined();
    expect(cost.totalCachedUsd).toBeUndefined();
    expect(cost.windowFullAtTurn).toBeUndefined();
    expect(cost.totalInputTokens).toBe(33_300);
  });

  it('is full at the first turn that does not fit, and at none before', () => {
    fc.assert(
      fc.property(counts, counts, counts, fc.nat(200_000), (prefix, prompt, output, window) => {
        const conversation = {
          ...base,
          prefixTokens: prefix,
          promptTokensPerTurn: prompt,
          outputTokensPerTurn: output,
        };
        const needed = (turn: number) => prefix + turn * (prompt + output);
        const full = windowFullAtTurn(conversation, { contextWindowTokens: window });
        if (full === undefined) expect(needed(1000)).toBeLessThanOrEqual(window);
        else {
          expect(needed(full)).toBeGreaterThan(window);
          if (full > 1) expect(needed(full - 1)).toBeLessThanOrEqual(window);
        }
      }),
    );
  });

  it('names what can not be', () => {
    expect(() => conversationCost({ ...base, turns: 0 }, {}, haiku, at)).toThrow('got 0');
    expect(() => conversationCost({ ...base, cacheHitRate: 2 }, {}, haiku, at)).toThrow('got 2');
    expect(() => conversationCost({ ...base, prefixTokens: -1 }, {}, haiku, at)).toThrow('-1');
  });
});

describe('a cached prefix', () => {
  it('pays from the second request on at a write price of 1.25 and a read price of 0.1', () => {
    const found = cacheBreakEven(
      { prefixTokens: 100_000, otherInputTokens: 0, outputTokens: 0, cacheHitRate: 1 },
      haiku,
      at,
    );
    expect(found?.breakEvenRequests).toBe(2);
    // (1.25 - 1) / (1.25 - 0.1)
    expect(found?.breakEvenHitRate).toBeCloseTo(0.25 / 1.15, 12);
  });

  it('never pays when every request misses, and at once when writing costs nothing more', () => {
    const prefix = { prefixTokens: 100_000, otherInputTokens: 5, outputTokens: 5 };
    const missed = cacheBreakEven({ ...prefix, cacheHitRate: 0 }, haiku, at);
    expect(missed?.breakEvenRequests).toBeUndefined();
    const automatic = [
      {
        base: {
          inputUsdPerMillionTokens: 1,
          outputUsdPerMillionTokens: 2,
          cachedInputUsdPerMillionTokens: 0.1,
        },
        tiers: [],
      },
    ];
    expect(cacheBreakEven({ ...prefix, cacheHitRate: 0.5 }, automatic, at)).toMatchObject({
      breakEvenRequests: 2,
      breakEvenHitRate: 0,
    });
  });

  it('breaks even exactly where the sums of both ways cross', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        counts,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (prefixTokens, otherInputTokens, cacheHitRate) => {
          const found = cacheBreakEven(
            { prefixTokens, otherInputTokens, outputTokens: 10, cacheHitRate },
            haiku,
            at,
          );
          if (found === undefined) throw new Error('Haiku has prices');
          const saved = (n: number) =>
            n * found.uncachedUsd - found.writeUsd - (n - 1) * found.laterUsd;
          const n = found.breakEvenRequests;
          if (n === undefined) expect(saved(1e6)).toBeLessThan(1e-3);
          else {
            expect(saved(n)).toBeGreaterThan(-1e-9);
            expect(saved(n - 1)).toBeLessThan(1e-9);
          }
        },
      ),
    );
  });
});

describe('many calls and own GPUs', () => {
  const hosting = { gpuCount: 8, gpuHourUsd: 2.5, utilization: 0.5, callsPerBusyHour: 1000 };

  it('multiply the interval of one call', () => {
    const { day, month } = volumeCost({ usd: 0.2, lowUsd: 0.1, highUsd: 0.3 }, 100);
    expect(day).toEqual({ usd: 20, lowUsd: 10, highUsd: 30 });
    expect(month.usd).toBeCloseTo(608.75, 10);
  });

  it('cost GPU hours by day and night, per call by what they finish', () => {
    expect(selfHostedCost(hosting)).toEqual({
      dayUsd: 480,
      monthUsd: 14_610,
      callsPerDay: 12_000,
      callUsd: 0.04,
    });
  });

  it('cross where the hosted calls cost as much, if the GPUs can do as many', () => {
    expect(selfHostingCrossing(0.1, hosting)).toEqual({ callsPerDay: 4800, withinCapacity: true });
    expect(selfHostingCrossing(0.01, hosting)?.withinCapacity).toBe(false);
    expect(selfHostingCrossing(0, hosting)).toBeUndefined();
    expect(() => selfHostedCost({ ...hosting, utilization: 0 })).toThrow('utilization');
  });
});
