import { describe, expect, it } from 'vitest';
import { architectureById } from '../../../src/core/architectures/architectures.ts';
import type { PriceList, Sourced } from '../../../src/core/catalog/model.ts';
import {
  breakEvenCurves,
  conversationCurves,
  conversationFigures,
  prefixBreakEven,
} from '../../../src/core/dashboard/conversationCost.ts';
import {
  callCostCurves,
  callCostMostTokens,
  costFigures,
} from '../../../src/core/dashboard/cost.ts';
import type { CostSetup } from '../../../src/core/dashboard/cost.ts';
import { hostingCurves, hostingFigures } from '../../../src/core/dashboard/selfHosting.ts';
import type { HostingSetup } from '../../../src/core/dashboard/selfHosting.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import { hardwareById } from '../../../src/core/hardware/hardware.ts';

/** Gemini 2.5 Pro's list: above 200K input tokens the whole request costs more. */
const prices: Sourced<readonly PriceList[]> = {
  value: [
    {
      base: {
        inputUsdPerMillionTokens: 1.25,
        outputUsdPerMillionTokens: 10,
        cachedInputUsdPerMillionTokens: 0.125,
      },
      tiers: [
        {
          aboveInputTokens: 200_000,
          inputUsdPerMillionTokens: 2.5,
          outputUsdPerMillionTokens: 15,
          cachedInputUsdPerMillionTokens: 0.25,
        },
      ],
    },
  ],
  source: 'a price list',
  asOf: '2026-09-23',
};

const exactly = (tokens: number) => ({
  tokens,
  lowTokens: tokens,
  highTokens: tokens,
  exact: true,
  basis: 'typed',
});

const setup: CostSetup = {
  modelName: 'Gemini 2.5 Pro',
  prices,
  input: exactly(100_000),
  outputTokens: 2000,
  cachedShare: 0.5,
  callsPerDay: 100,
  at: new Date('2026-11-28'),
};

describe('the figures of cost', () => {
  it('add up input, cached input and output at their prices', () => {
    const { call, day, month } = costFigures(setup);
    // 50K x 1.25 + 50K x 0.125 + 2K x 10, per million.
    expect(call.value).toBeCloseTo(0.0625 + 0.00625 + 0.02, 12);
    expect(call.parts?.map(({ name }) => name)).toEqual([
      'inputUsd',
      'cachedInputUsd',
      'outputUsd',
    ]);
    expect(day.value).toBeCloseTo(100 * (call.value ?? NaN), 10);
    expect(month.value).toBeCloseTo(100 * 30.4375 * (call.value ?? NaN), 8);
    expect(call.band).toBeUndefined();
    expect(call.inputs[0]).toMatchObject({ value: 1.25, asOf: '2026-09-23' });
  });

  it('say that a tier re-prices the whole call, and carry the interval of the count', () => {
    const input = { ...exactly(210_000), lowTokens: 190_000, highTokens: 230_000 };
    const { call, tiersAboveInputTokens } = costFigures({ ...setup, input, cachedShare: 0 });
    expect(tiersAboveInputTokens).toEqual([200_000]);
    expect(call.assumptions.join()).toContain('200000');
    expect(call.band?.low).toBeCloseTo(0.19 * 1.25 + 0.02, 10);
    expect(call.band?.high).toBeCloseTo(0.23 * 2.5 + 0.03, 10);
  });

  it('are unknown without prices, never 0, and 0 where nothing is sent', () => {
    const { call, month } = costFigures({ ...setup, prices: undefined });
    expect(call.value).toBeUndefined();
    expect(month.unknownBecause).toBe('no price of Gemini 2.5 Pro is listed');
    expect(callCostCurves({ ...setup, prices: undefined }, 1e6)).toEqual([]);
    const nothing = costFigures({ ...setup, input: exactly(0), outputTokens: 0 });
    expect(nothing.call.value).toBe(0);
    expect(nothing.call.formula).not.toBe('');
  });
});

describe('the curves of cost', () => {
  it('jump at the tier boundary between two points one token apart', () => {
    const curves = callCostCurves(setup, 400_000);
    const input = curves.find(({ id }) => id === 'inputUsd')?.points ?? [];
    const at = (tokens: number) => input.find(([x]) => x === tokens)?.[1] ?? NaN;
    expect(at(200_000)).toBeCloseTo(0.125, 10);
    expect(at(200_001)).toBeCloseTo(0.25, 5);
    expect(curves.map(({ id }) => id)).toEqual(['inputUsd', 'cachedInputUsd', 'outputUsd']);
  });

  it('show every tier boundary and a thousand million tokens', () => {
    expect(callCostMostTokens(setup, undefined)).toBeGreaterThan(200_000);
    const huge = { ...setup, input: exactly(1e9) };
    expect(callCostMostTokens(huge, undefined)).toBeGreaterThan(1e9);
    expect(callCostMostTokens({ ...setup, input: exactly(0) }, undefined)).toBeGreaterThan(0);
  });
});

describe('a conversation', () => {
  const conversation = { turns: 20, promptTokensPerTurn: 500, cacheHitRate: 1 };

  it('costs less with a cache, and fills the window', () => {
    const figures = conversationFigures(setup, conversation, { contextWindowTokens: 120_000 });
    const [uncached, cached] = conversationCurves(figures);
    expect(uncached.points.at(-1)).toEqual([20, figures.totalUsd]);
    expect(cached.points.at(-1)?.[1]).toBeLessThan(figures.totalUsd ?? NaN);
    // 100K + t x 500 + (t - 1) x 2000 with 2000 reserved: turn 8 needs 118K + 2K, turn 9 more.
    expect(figures.windowFullAtTurn).toBe(9);
  });

  it('draws few points of many turns, the last among them, and none without prices', () => {
    const many = conversationFigures(setup, { ...conversation, turns: 1000 }, {});
    const [uncached] = conversationCurves(many);
    expect(uncached.points.length).toBeLessThan(70);
    expect(uncached.points.at(-1)?.[0]).toBe(1000);
    const unpriced = conversationFigures({ ...setup, prices: undefined }, conversation, {});
    expect(conversationCurves(unpriced)).toEqual([]);
  });

  it('repays a written prefix at the second request', () => {
    const breakEven = prefixBreakEven(setup, 1);
    if (breakEven === undefined) throw new Error('the prices are known');
    expect(breakEven.breakEvenRequests).toBe(2);
    const [uncached, cached] = breakEvenCurves(breakEven);
    expect(cached.points[1][1]).toBeLessThan(uncached.points[1][1]);
    expect(prefixBreakEven({ ...setup, prices: undefined }, 1)).toBeUndefined();
  });
});

describe('self-hosting', () => {
  const hosting: HostingSetup = {
    latency: {
      architecture: architectureById('llama-3.1-8b'),
      deployment: deploymentOn(hardwareById('h100-sxm')),
      cachedShare: 0,
      concurrency: 1,
    },
    promptTokens: 32_768,
    outputTokens: 500,
    utilization: 0.5,
    gpuHourUsd: undefined,
  };

  it('says what a GPU hour may cost while nobody has said what it does', () => {
    const figures = hostingFigures(hosting, 0.09, 1000);
    // One GPU is enough for a thousand calls: 1000 x 0.09 / 24.
    expect(figures.breakEvenGpuHourUsd.value).toBeCloseTo(3.75, 10);
    expect(figures.crossing).toBeUndefined();
    expect(hostingCurves(hosting, figures, 0.09, 1000).map(({ id }) => id)).toEqual(['hosted']);
  });

  it('crosses the hosted calls where both cost the same', () => {
    const priced = { ...hosting, gpuHourUsd: 2 };
    const figures = hostingFigures(priced, 0.09, 1000);
    expect(figures.crossing?.callsPerDay).toBeCloseTo((24 * 2) / 0.09, 8);
    expect(figures.crossing?.withinCapacity).toBe(true);
    const curves = hostingCurves(priced, figures, 0.09, 1000);
    const own = curves.find(({ id }) => id === 'selfHosted')?.points ?? [];
    expect(own[0][1]).toBeCloseTo(2 * 24 * 30.4375, 8);
    // The second replica begins where the first is full.
    const capacity = figures.callsPerDay.value ?? NaN;
    const above = own.find(([calls]) => calls > capacity);
    expect(above?.[1]).toBeCloseTo(2 * own[0][1], 8);
  });

  it('is unknown without a price of the hosted call, and asks nothing of zero calls', () => {
    expect(hostingFigures(hosting, undefined, 1000).breakEvenGpuHourUsd.value).toBeUndefined();
    expect(hostingFigures(hosting, 0.09, 0).breakEvenGpuHourUsd.value).toBe(0);
    const free = hostingFigures({ ...hosting, gpuHourUsd: 2 }, 0, 1000);
    expect(free.crossing).toBeUndefined();
  });
});
