import { describe, expect, it } from 'vitest';
import { architectureById } from '../../../src/core/architectures/architectures.ts';
import type { Model } from '../../../src/core/catalog/model.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import { hardwareById } from '../../../src/core/hardware/hardware.ts';
import { nearestModel } from '../../../src/core/plans/nearestModel.ts';
import type { PlanOutline, PlannedCall } from '../../../src/core/plans/plan.ts';
import { planCost } from '../../../src/core/plans/planCost.ts';
import { planTime } from '../../../src/core/plans/planTime.ts';
import { exactCount } from '../../../src/core/tokens/estimate/estimateTokens.ts';

const sourced = <T>(value: T) => ({ value, source: 'test', asOf: '2026-01-01' });

/** 2 USD a million tokens of input up to 100,000 tokens a request, 4 beyond; 10 of output; a tenth from the cache; batch at half. */
function model(id: string, contextWindowTokens: number): Model {
  const base = {
    inputUsdPerMillionTokens: 2,
    outputUsdPerMillionTokens: 10,
    cachedInputUsdPerMillionTokens: 0.2,
  };
  const tiers = [{ aboveInputTokens: 100_000, inputUsdPerMillionTokens: 4 }];
  const half = { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 5 };
  return {
    id,
    name: id,
    maker: 'test',
    aliases: [],
    deprecated: false,
    contextWindowTokens: sourced(contextWindowTokens),
    prices: sourced([{ base, tiers }]),
    batchPrices: sourced([{ base: half, tiers: [] }]),
    tokenizer: { encoding: 'o200k_base', exact: true, family: 'o200k_base', source: 'test' },
  };
}

function call(tokens: number, more: Partial<PlannedCall> = {}): PlannedCall {
  return {
    role: 'map',
    answersOf: [],
    tokens,
    outputTokens: 1_000,
    stableTokens: tokens - 100,
    ...more,
  };
}

function planOf(requests: readonly PlannedCall[]): PlanOutline {
  const losses = { dependenciesTogether: 0, dependencies: 0, filesUnseen: 0, filesCut: 0 };
  const tokensSent = requests.reduce((sum, { tokens }) => sum + tokens, 0);
  return {
    strategy: 'mapReduce',
    requests,
    tokensSent,
    coverage: 1,
    seenTokens: 9,
    codeTokens: 9,
    losses,
    notes: [],
  };
}

const exact = { budgetTokens: 200_000, likelyRatio: 1, lowRatio: 1, highRatio: 1 };
const estimate = { budgetTokens: 200_000, likelyRatio: 1.2, lowRatio: 1, highRatio: 1.5 };
const plan = planOf([
  call(50_000),
  call(150_000),
  call(2_000, { role: 'reduce', answersOf: [0, 1], stableTokens: 0 }),
]);
const basis = {
  model: model('a', 200_000),
  counted: exact,
  overheadTokens: 1_000,
  at: new Date(0),
};

describe('the cost of a plan', () => {
  it('takes each call by its own tier, its output, the cache and the batch', () => {
    const { once, cached, again, batch } = planCost(plan, basis);
    // 51,000 at 2, 151,000 at 4, 3,000 at 2, and three answers of 1,000 at 10 USD a million.
    expect(once?.usd).toBeCloseTo((51 * 2 + 151 * 4 + 3 * 2 + 3 * 10) / 1000, 9);
    expect(batch?.usd).toBeCloseTo((51 + 151 + 3 + 3 * 5) / 1000, 9);
    expect(cached?.usd).toBeLessThan(once?.usd ?? 0);
    expect(again?.usd).toBeLessThan(cached?.usd ?? 0);
    expect(once?.lowUsd).toBe(once?.highUsd);
  });

  it('is an interval where the count is one, and unknown without prices', () => {
    const { once } = planCost(plan, { ...basis, counted: estimate });
    expect(once?.lowUsd).toBeLessThan(once?.usd ?? 0);
    expect(once?.highUsd).toBeGreaterThan(once?.usd ?? 0);
    const { prices, batchPrices, ...unpriced } = basis.model;
    expect([prices, batchPrices].every((each) => each !== undefined)).toBe(true);
    expect(planCost(plan, { ...basis, model: unpriced })).toEqual({});
  });
});

describe('the time of a plan', () => {
  const architecture = architectureById('llama-3.1-8b');
  const deployment = deploymentOn(hardwareById('h100-sxm'));
  const timing = { architecture, deployment, counted: exact, overheadTokens: 1_000 };

  it('waits for the answers that the last call combines; independent calls can run at once', () => {
    const time = planTime(plan, timing);
    const single = planTime(planOf([call(50_000, { role: 'answer' })]), timing);
    expect(time && single).toBeDefined();
    if (time === undefined || single === undefined) return;
    expect(time.firstAnswer.seconds).toBeGreaterThan(single.total.seconds);
    expect(time.firstAnswer.seconds).toBeLessThan(time.total.seconds);
    expect(time.atOnce.seconds).toBeLessThan(time.total.seconds);
    expect(single.atOnce).toEqual(single.total);
    expect(time.total.lowSeconds).toBeLessThan(time.total.seconds);
    expect(time.total.highSeconds).toBeGreaterThan(time.total.seconds);
  });

  it('is unknown for a shape that is not known', () => {
    const shapeless = { ...architecture, feedForwards: undefined, mixers: undefined };
    expect(planTime(plan, { ...timing, architecture: shapeless })).toBeUndefined();
  });
});

describe('the nearest model', () => {
  const options = { reservedOutputTokens: 1_000, overheadTokens: 0 };
  const models = [model('large', 1_000_000), model('small', 100_000), model('middle', 300_000)];
  const holding = (tokens: number) =>
    nearestModel(models, () => exactCount(tokens, 'o200k_base'), options, new Date(0))?.id;

  it('has the smallest window that holds it for certain', () => {
    expect(holding(50_000)).toBe('small');
    expect(holding(250_000)).toBe('middle');
    expect(holding(2_000_000)).toBeUndefined();
  });
});
