import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findModel } from '../../../src/core/catalog/findModel.ts';
import { models } from '../../../src/core/catalog/models.ts';
import type { TokenCount } from '../../../src/core/tokens/tokenCounter.ts';
import { maxTurns, weighConversation } from '../../../src/core/weigh/conversation.ts';
import { costOf, fitOf, summaryOf } from '../../../src/core/weigh/weigh.ts';
import '../../propertySeed.ts';

const at = new Date('2026-11-28');
const gpt4o = findModel('openai/gpt-4o', models);

function count(lowTokens: number, tokens = lowTokens, highTokens = tokens): TokenCount {
  return { lowTokens, tokens, highTokens, exact: lowTokens === highTokens, basis: 'test' };
}

const priced = {
  ...gpt4o,
  contextWindowTokens: { value: 100_000, source: 'test', asOf: '2026-11-28' },
  maxInputTokens: undefined,
  maxOutputTokens: { value: 8000, source: 'test', asOf: '2026-11-28' },
  prices: {
    source: 'test',
    asOf: '2026-11-28',
    value: [
      {
        base: {
          inputUsdPerMillionTokens: 10,
          outputUsdPerMillionTokens: 40,
          cachedInputUsdPerMillionTokens: 1,
        },
        tiers: [],
      },
    ],
  },
};
const unpriced = { ...priced, prices: undefined };
const windowless = { ...priced, contextWindowTokens: undefined };
const options = { reservedOutputTokens: 5000, overheadTokens: 5000 };

describe('a count against a model', () => {
  it('leaves free what the window has left, at both ends', () => {
    const fit = fitOf(count(80_000, 85_000, 95_000), priced, options);
    expect(fit).toMatchObject({ verdict: 'uncertain', freeTokens: { low: -5000, high: 10_000 } });
  });

  it('is unknown without a window, and nothing is free or over', () => {
    const fit = fitOf(count(10), windowless, options);
    expect(fit.verdict).toBe('unknown');
    expect(fit.freeTokens).toBeUndefined();
    expect(fit.budget).toBeUndefined();
  });

  it('costs its tokens at the listed price, and an unknown price is unknown', () => {
    const cost = costOf(count(100_000, 150_000, 200_000), 1000, priced, at);
    expect(cost?.lowUsd).toBeCloseTo(1.04, 10);
    expect(cost?.highUsd).toBeCloseTo(2.04, 10);
    expect(costOf(count(1), 0, unpriced, at)).toBeUndefined();
  });

  it('is summed up with a source for each fact, and without what nobody knows', () => {
    expect(summaryOf(priced, at)).toMatchObject({
      id: 'openai/gpt-4o',
      contextWindowTokens: 100_000,
      windowSource: 'test, 2026-11-28',
      inputUsdPerMillionTokens: 10,
    });
    const bare = summaryOf({ ...windowless, prices: undefined }, at);
    expect(bare.contextWindowTokens).toBeUndefined();
    expect(bare.windowSource).toBeUndefined();
    expect(bare.inputUsdPerMillionTokens).toBeUndefined();
  });
});

describe('a conversation', () => {
  const conversation = {
    context: count(10_000),
    prompt: count(100),
    overheadTokens: 900,
    outputTokens: 1000,
    turns: 1,
  };

  it('of one turn costs what one request does', () => {
    const weighed = weighConversation(conversation, priced, at);
    expect(weighed.firstInput.tokens).toBe(11_000);
    expect(weighed.lastTotal.tokens).toBe(12_000);
    expect(weighed.freeTokens).toEqual({ low: 88_000, high: 88_000 });
    expect(weighed.cost?.highUsd).toBeCloseTo(0.15, 10);
    expect(weighed.cachedCost).toBeUndefined();
  });

  it('sends everything said before with every turn', () => {
    const weighed = weighConversation({ ...conversation, turns: 3 }, priced, at);
    // Inputs 11,000, 12,100 and 13,200; three answers of 1,000.
    expect(weighed.cost?.highUsd).toBeCloseTo(36_300 * 10e-6 + 3000 * 40e-6, 10);
    expect(weighed.lastTotal.tokens).toBe(14_200);
    expect(weighed.cachedCost?.highUsd).toBeLessThan(weighed.cost?.highUsd ?? 0);
  });

  it('does not fit when an answer is longer than the model writes', () => {
    const weighed = weighConversation({ ...conversation, outputTokens: 8001 }, priced, at);
    expect(weighed.verdict).toBe('doesNotFit');
  });

  it('has no price that nobody listed, with or without a cache', () => {
    const weighed = weighConversation({ ...conversation, turns: 2 }, unpriced, at);
    expect(weighed.cost).toBeUndefined();
    expect(weighed.cachedCost).toBeUndefined();
  });

  it('takes nonsense for one turn, and no more turns than the most', () => {
    const total = (turns: number) =>
      weighConversation({ ...conversation, turns }, priced, at).lastTotal.tokens;
    for (const turns of [0, -3, NaN]) expect(total(turns)).toBe(total(1));
    expect(total(1e9)).toBe(total(maxTurns));
  });

  it('never costs less or leaves more free with another turn or a longer prompt', () => {
    const size = fc.integer({ min: 0, max: 50_000 });
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.integer({ min: 1, max: 30 }),
        (files, ask, answer, turns) => {
          const weigh = (prompt: number, times: number) =>
            weighConversation(
              {
                context: count(files),
                prompt: count(prompt),
                overheadTokens: 0,
                outputTokens: answer,
                turns: times,
              },
              priced,
              at,
            );
          const base = weigh(ask, turns);
          for (const more of [weigh(ask + 1, turns), weigh(ask, turns + 1)]) {
            expect(more.cost?.highUsd).toBeGreaterThanOrEqual(base.cost?.highUsd ?? Infinity);
            expect(more.freeTokens?.low).toBeLessThanOrEqual(base.freeTokens?.low ?? -Infinity);
          }
        },
      ),
    );
  });
});
