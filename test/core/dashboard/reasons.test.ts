import { describe, expect, it } from 'vitest';
import { barReason } from '../../../src/core/dashboard/barReasons.ts';
import { budgetBar } from '../../../src/core/dashboard/budgetBar.ts';
import { chosenOf } from '../../../src/core/dashboard/chosen.ts';
import { costModel } from '../../../src/core/dashboard/costModel.ts';
import {
  breakEvenReason,
  conversationReason,
  crossingReason,
  hitRateReason,
  prefixRequestReason,
  windowFullReason,
} from '../../../src/core/dashboard/costReasons.ts';
import { filesModel, fileShareReason, tokensReason } from '../../../src/core/dashboard/files.ts';
import { fitModel } from '../../../src/core/dashboard/fit.ts';
import {
  countReason,
  factReason,
  limitReason,
  marginReason,
  plainReasons,
  shareReason,
} from '../../../src/core/dashboard/fitReasons.ts';
import { initialState } from '../../../src/core/dashboard/state.ts';
import type { DashboardState, KnobValue } from '../../../src/core/dashboard/state.ts';
import { fitStrategies } from '../../../src/core/dashboard/strategyArithmetic.ts';
import { strategyCostReason } from '../../../src/core/dashboard/strategyCost.ts';
import { callsReason, seenReason } from '../../../src/core/dashboard/strategyReasons.ts';
import { check } from './checkReason.ts';
import { madeSnapshot } from './madeSnapshot.ts';

const at = new Date('2026-11-01T12:00:00Z');
const files = [
  ['src/a.ts', 70_003],
  ['src/b.ts', 41],
  ['docs/c.md', 7000],
] as const;

function stateOf(
  tokens: number | undefined,
  tabs: Readonly<Record<string, Readonly<Record<string, KnobValue>>>> = {},
): DashboardState {
  const typed = tokens === undefined ? {} : { subject: { kind: 'typed', tokens } as const };
  return { ...initialState, ...typed, systemPromptTokens: 1200, tabs };
}

describe('every number of the tab Fit says why', () => {
  it.each([undefined, 0, 100, 90_000, 900_000, 1e9])('for %s tokens', (tokens) => {
    const snapshot = madeSnapshot(files);
    const model = fitModel(snapshot, stateOf(tokens, { fit: { withDeprecated: true } }), at);
    const { subject } = model;
    for (const row of model.rows.filter((_, idx) => idx % 5 === 0)) {
      const { model: one, budget, fit, count } = row;
      check(factReason('contextWindowTokens', one.contextWindowTokens, 'tokens', one.name));
      check(countReason(count, subject));
      check(limitReason(one, budget, fit));
      check(shareReason(one, budget, fit, count));
      check(marginReason(one, budget, fit, count));
      for (const plain of Object.values(plainReasons(count, subject))) check(plain);
      for (const strategy of fitStrategies) {
        const own = row.strategies[strategy];
        check(strategyCostReason(own, own.cost, one, at, count.basis));
        check(model.latencyOf(row, strategy).reason());
        if (own.limits === undefined) continue;
        check(callsReason(strategy, count, own, own.limits), Math.ceil);
        check(seenReason(strategy, count, own, own.limits));
      }
    }
  });

  it('with the latency that stands in the matrix', () => {
    const model = fitModel(
      madeSnapshot([]),
      stateOf(90_000, { fit: { openWeightsOnly: true } }),
      at,
    );
    let known = 0;
    for (const row of model.rows) {
      const { seconds, reason } = model.latencyOf(row, 'slidingWindow');
      const { value } = reason();
      if (seconds === undefined) expect(value, row.model.id).toBeUndefined();
      else {
        known++;
        expect(seconds / (value ?? NaN), row.model.id).toBeCloseTo(1, 6);
      }
    }
    expect(known).toBeGreaterThan(20);
  });

  it.each([0, 30_000, 126_000])('of the bar, for %i tokens', (tokens) => {
    const snapshot = madeSnapshot(files, { overheadFiles: [{ path: 'AGENTS.md', tokens: 12 }] });
    const state = { ...stateOf(tokens), countInstructionFiles: true, toolDefinitionTokens: 9 };
    const { chosen, subject } = fitModel(snapshot, state, at);
    if (chosen?.budget === undefined) throw new Error('no budget');
    const { segments } = budgetBar(
      chosen.budget.contextWindowTokens,
      chosen.count,
      chosenOf(snapshot, state).overhead,
      chosen.budget.reservedOutputTokens,
    );
    expect(segments.length).toBeGreaterThan(4);
    for (const segment of segments) {
      if (segment.part === 'used' && tokens > 100_000) continue;
      check(barReason(segment, chosen, subject, snapshot.now));
    }
  });
});

describe('every number of the tab Cost says why', () => {
  const models = ['openai/gpt-4o', 'google/gemini-2.5-pro', 'anthropic/claude-sonnet-4-5'];
  it.each(models)('for %s', (modelId) => {
    for (const tokens of [1000, 150_000, 300_000]) {
      for (const hitPercent of [0, 40, 100]) {
        const cost = { hitPercent, turns: 50, promptTokensPerTurn: 4000, gpuHourUsd: 2.5 };
        const state = { ...stateOf(tokens, { cost }), modelId };
        const { setup, talk, conversation, limits, breakEven, hosting, hosted, figures } =
          costModel(madeSnapshot([]), state, at);
        check(conversationReason(setup, talk, conversation, false));
        check(conversationReason(setup, talk, conversation, true));
        check(windowFullReason(setup, talk, conversation, limits), Math.floor);
        for (const kind of ['uncached', 'write', 'read'] as const) {
          check(prefixRequestReason(setup, kind));
        }
        check(crossingReason(hosting, hosted, figures.call.value));
        if (breakEven === undefined) throw new Error('no prices');
        check(breakEvenReason(breakEven), (value) => Math.floor(value + 1e-6));
        check(hitRateReason(breakEven));
      }
    }
  });

  it('or that its price is unknown', () => {
    const { setup, talk, conversation } = costModel(
      madeSnapshot([]),
      { ...stateOf(1000), modelId: 'nobody/none' },
      at,
    );
    for (const isCached of [false, true]) {
      expect(conversationReason(setup, talk, conversation, isCached).unknownBecause).toContain(
        'no price of nobody/none',
      );
    }
  });
});

describe('every number of the tab Files says why', () => {
  it('of files and folders, and of an empty one', () => {
    for (const table of [files, [['empty.ts', 0]] as const]) {
      const { rows, zoomed } = filesModel(madeSnapshot(table), initialState);
      for (const { node } of rows) {
        check(tokensReason(node, 'o200k_base'));
        check(fileShareReason(node, zoomed));
      }
    }
  });
});
