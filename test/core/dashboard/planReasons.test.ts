import { describe, expect, it } from 'vitest';
import { overheadOf } from '../../../src/core/dashboard/chosen.ts';
import { instructionsReason, overheadReason } from '../../../src/core/dashboard/overheadReason.ts';
import { planCostReason } from '../../../src/core/dashboard/planCostReason.ts';
import {
  coverageReason,
  planCallsReason,
  planFitReason,
  ratioReason,
  togetherReason,
  tokensSentReason,
} from '../../../src/core/dashboard/planReasons.ts';
import { firstAnswerReason, totalTimeReason } from '../../../src/core/dashboard/planTimeReasons.ts';
import {
  foundReason,
  intervalEndReason,
  tokensPerHitReason,
} from '../../../src/core/dashboard/recallReasons.ts';
import { initialState } from '../../../src/core/dashboard/state.ts';
import { strategiesModel } from '../../../src/core/dashboard/strategies.ts';
import { models } from '../../../src/core/catalog/models.ts';
import { fitOf } from '../../../src/core/plans/planFit.ts';
import {
  cutTokensReason,
  nearestCostReason,
  requestLimitReason,
  wholeRequestReason,
} from '../../../src/core/dashboard/wouldFitReasons.ts';
import type { PlanCost } from '../../../src/core/plans/planCost.ts';
import { partsReason, requestReason } from '../../../src/core/dashboard/requestReasons.ts';
import type { RequestFacts } from '../../../src/core/plans/plansReport.ts';
import type { MeasuredRecall } from '../../../src/core/plans/recall.ts';
import { check } from './checkReason.ts';
import { estimate, exact, plans, reportFor, shareOf } from './madePlans.ts';
import { madeSnapshot } from './madeSnapshot.ts';

const at = new Date('2026-11-01T12:00:00Z');
const costKinds: readonly (keyof PlanCost)[] = ['once', 'cached', 'again', 'batch'];
describe('every number of a plan says why', () => {
  it.each([
    ['openai/gpt-4o', exact],
    ['anthropic/claude-sonnet-4-5', estimate],
    ['google/gemini-2.5-pro', estimate],
    ['openai/gpt-oss-120b', exact],
  ] as const)('for %s', (modelId, counted) => {
    const report = reportFor(modelId, counted);
    const snapshot = madeSnapshot([['a.ts', 150_000]]);
    const { planned, workload } = strategiesModel(snapshot, initialState, report, at);
    if (planned === undefined) throw new Error(`${modelId} is not in the catalogue`);
    const facts = { model: planned.model, report };
    expect(planned.rows).toHaveLength(plans.length);
    for (const { plan, fit, cost, time, tokensSent } of planned.rows) {
      if (plan === undefined || fit === undefined || cost === undefined) throw new Error('refused');
      const sent = tokensSentReason(plan, facts);
      check(planCallsReason(plan));
      check(sent, Math.round);
      expect(sent.value).toBe(tokensSent?.tokens);
      check(planFitReason(fit, plan, facts));
      check(coverageReason(plan, report));
      check(togetherReason(plan));
      for (const kind of costKinds) {
        const reason = planCostReason(plan, kind, cost[kind], facts, at);
        check(reason);
        expect(reason.value).toBe(cost[kind]?.usd);
        if (reason.value !== undefined) {
          expect(reason.inputs.some(({ asOf }) => asOf !== undefined)).toBe(true);
        }
      }
      for (const [reason, shown] of [
        [firstAnswerReason(plan, time, facts, workload), time?.firstAnswer.seconds],
        [totalTimeReason(plan, time, facts, workload), time?.total.seconds],
      ] as const) {
        check(reason);
        for (const part of reason.parts ?? []) check(part);
        expect(reason.value).toBe(shown);
        expect(reason.inputs.length).toBeGreaterThan(4);
      }
    }
  });

  it('or that it is unknown', () => {
    const report = reportFor('openai/gpt-4o', exact);
    const snapshot = madeSnapshot([['a.ts', 150_000]]);
    const { planned, workload } = strategiesModel(snapshot, initialState, report, at);
    if (planned === undefined) throw new Error('not planned');
    const model = { ...planned.model, prices: undefined, batchPrices: undefined };
    const facts = { model, report };
    for (const kind of costKinds) {
      const { unknownBecause } = planCostReason(plans[0], kind, undefined, facts, at);
      expect(unknownBecause).toContain('price of GPT-4o is listed');
    }
    for (const reasonOf of [firstAnswerReason, totalTimeReason]) {
      expect(reasonOf(plans[0], undefined, facts, workload).unknownBecause).toContain('not known');
    }
    const alone = { ...plans[0].losses, dependencies: 0, dependenciesTogether: 0 };
    check(togetherReason({ ...plans[0], losses: alone }));
    check(coverageReason({ ...plans[0], coverage: 1, seenTokens: 0, codeTokens: 0 }, report));
    const full = {
      verdict: 'doesNotFit',
      tokens: 5,
      countedTokens: 5,
      lowTokens: 5,
      highTokens: 5,
    } as const;
    check(planFitReason({ ...full, limitTokens: 0 }, plans[0], facts));
  });
});

describe('every number of a request says why', () => {
  it('with its code, the answers that it carries and the words around them', () => {
    const part = (path: string, tokens: number) =>
      ({ path, tokens, startByte: 0, endByte: 9, startLine: 0, endLine: 3 }) as const;
    const call = { outputTokens: 1500, stableTokens: 0 };
    const requests: readonly RequestFacts[] = [
      { ...call, role: 'map', answersOf: [], tokens: 912, parts: [part('a', 400), part('a', 90)] },
      { ...call, role: 'map', answersOf: [], tokens: 500, parts: [part('b', 411)] },
      { ...call, role: 'reduce', answersOf: [0, 1], tokens: 3107, parts: [] },
    ];
    for (const [idx, { parts }] of requests.entries()) {
      check(requestReason(requests, idx, 'o200k_base'));
      if (parts.length > 0) {
        const tokens = parts.reduce((sum, one) => sum + one.tokens, 0);
        check(partsReason(parts, tokens, 'o200k_base'));
      }
    }
    expect(requestReason(requests, 2, 'o200k_base').formula).toBe(
      '0 of code + 3000 of answers + 107 of words around them',
    );
  });
});

describe('every number of what would fit says why', () => {
  it.each([
    ['openai/gpt-4o', exact],
    ['openai/gpt-4o', estimate],
    ['anthropic/claude-sonnet-4-5', estimate],
  ] as const)('for %s', (modelId, counted) => {
    const report = reportFor(modelId, counted);
    const snapshot = madeSnapshot([['a.ts', 950_000]]);
    const { planned } = strategiesModel(snapshot, initialState, report, at);
    if (planned?.wouldFit === undefined) throw new Error('it fits');
    const { fit, cut, nearest } = planned.wouldFit;
    check(wholeRequestReason(fit, planned.facts), Math.round);
    check(requestLimitReason(fit, planned.facts), Math.floor);
    check(ratioReason(planned.facts));
    if (cut === undefined || nearest === undefined) throw new Error('nothing would fit');
    check(cutTokensReason(cut, report.encoding));
    const cost = nearestCostReason(nearest, planned.facts, at);
    check(cost);
    expect(cost.value).toBeCloseTo(nearest.cost?.usd ?? NaN, 9);
  });

  it('where the maker’s limit of input is what binds', () => {
    const limited = models.find(({ maxInputTokens, contextWindowTokens }) => {
      const [most, window] = [maxInputTokens?.value, contextWindowTokens?.value];
      return most !== undefined && window !== undefined && most < window - 6000;
    });
    if (limited === undefined) throw new Error('no such model');
    const limitTokens = (limited.maxInputTokens?.value ?? NaN) - 1_234;
    const counted = { ...exact, budgetTokens: limitTokens };
    const report = reportFor(limited.id, counted);
    const fit = fitOf(5e6, counted);
    check(requestLimitReason(fit, { model: limited, report }));
  });
});

describe('every number of the measured retrieval says why', () => {
  it.each([
    [0, 200],
    [63, 200],
    [200, 200],
    [1, 1],
  ])('%i of %i', (found, asked) => {
    const one = shareOf(found, asked);
    check(foundReason(one));
    check(intervalEndReason(one, 'low'), (value) => (Math.abs(value) < 1e-9 ? 0 : value));
    check(intervalEndReason(one, 'high'));
    if (found === 0) return;
    const measured = { retrieval: one, tokensPerHit: 91_237 / found } as MeasuredRecall;
    check(tokensPerHitReason(measured));
  });
});

describe('the overhead says which of its parts come from where', () => {
  const overheadFiles = [
    { path: 'AGENTS.md', tokens: 112 },
    { path: '.github/copilot\n-instructions.md', tokens: 31 },
  ];
  const settings = { modelId: 'openai/gpt-4o', reservedOutputTokens: 8000, overheadTokens: 7 };
  const snapshot = madeSnapshot([], { overheadFiles, settings });

  it('with the instruction files, or naming them as not counted in', () => {
    const state = { ...initialState, systemPromptTokens: 1200, toolDefinitionTokens: 9 };
    const without = overheadReason(overheadOf(snapshot.now, state), snapshot);
    check(without);
    expect(without.value).toBe(1216);
    expect(without.assumptions).toEqual([
      'not counted in: AGENTS.md (112), .github/copilot\ufffd-instructions.md (31)',
    ]);
    const counted = { ...state, countInstructionFiles: true };
    const whole = overheadReason(overheadOf(snapshot.now, counted), snapshot);
    check(whole);
    for (const part of whole.parts ?? []) check(part);
    expect(whole.value).toBe(1216 + 143);
    expect(whole.inputs.map(({ name }) => name)).toEqual([
      'setting',
      'system prompt',
      'tool definitions',
      'AGENTS.md',
      '.github/copilot\ufffd-instructions.md',
    ]);
    check(instructionsReason(snapshot.now, 'o200k_base'));
  });

  it('and that there is none', () => {
    const empty = madeSnapshot([]);
    check(overheadReason(overheadOf(empty.now, initialState), empty));
  });
});
