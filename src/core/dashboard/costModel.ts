import type { Model } from '../catalog/model.ts';
import type { CacheBreakEven } from '../cost/cacheBreakEven.ts';
import type { ConversationCost, ConversationLimits } from '../cost/conversation.ts';
import { concurrentUsers } from '../estimates/fit.ts';
import {
  conversationFigures,
  prefixBreakEven,
  type ConversationSetup,
} from './conversationCost.ts';
import { costFigures, type CostFigures, type CostSetup } from './cost.ts';
import { hostingFigures, type HostingFigures, type HostingSetup } from './selfHosting.ts';
import type { CountedText, DashboardSnapshot } from './snapshot.ts';
import { knobsOf, type DashboardState } from './state.ts';
import { costDefaults, costTabId, type CostKnobs } from './tabKnobs.ts';
import { answerTokensOf, workloadOf, type Workload } from './workload.ts';

/** All that the tab Cost shows. */
export interface CostModel {
  readonly workload: Workload;
  readonly model: Model | undefined;
  readonly knobs: CostKnobs;
  readonly setup: CostSetup;
  readonly figures: CostFigures;
  readonly talk: ConversationSetup;
  readonly limits: ConversationLimits;
  readonly conversation: ConversationCost;
  readonly breakEven: CacheBreakEven | undefined;
  readonly hosting: HostingSetup;
  readonly hosted: HostingFigures;
}

const mostTurns = 1000;

/** @param at when the prices hold */
export function costModel(
  snapshot: DashboardSnapshot,
  state: DashboardState,
  at: Date,
  counted?: CountedText,
): CostModel {
  const knobs = knobsOf(state, costTabId, costDefaults);
  const workload = workloadOf(snapshot, state, counted);
  const { model, modelId } = workload.chosen;
  const setup: CostSetup = {
    modelName: model?.name ?? modelId,
    prices: model?.prices,
    input: workload.input,
    outputTokens: answerTokensOf(state, model),
    cachedShare: share(knobs.cachedPercent),
    callsPerDay: Math.max(0, knobs.callsPerDay),
    at,
  };
  const figures = costFigures(setup);
  const talk: ConversationSetup = {
    turns: Math.min(mostTurns, Math.max(1, Math.round(knobs.turns))),
    promptTokensPerTurn: Math.max(0, knobs.promptTokensPerTurn),
    cacheHitRate: share(knobs.hitPercent),
  };
  const limits: ConversationLimits = {
    ...(model?.contextWindowTokens !== undefined && {
      contextWindowTokens: model.contextWindowTokens.value,
    }),
    ...(model?.maxInputTokens !== undefined && { maxInputTokens: model.maxInputTokens.value }),
  };
  const hosting = hostingOf(workload, knobs, setup.outputTokens);
  return {
    workload,
    model,
    knobs,
    setup,
    figures,
    talk,
    limits,
    conversation: conversationFigures(setup, talk, limits),
    breakEven: prefixBreakEven(setup, talk.cacheHitRate),
    hosting,
    hosted: hostingFigures(hosting, figures.call.value, setup.callsPerDay),
  };
}

function hostingOf(
  { shape, placed, input }: Workload,
  knobs: CostKnobs,
  outputTokens: number,
): HostingSetup {
  const { architecture } = shape;
  const { deployment } = placed;
  const promptTokens = Math.round(input.tokens);
  // No more texts are decoded together than the cards hold.
  const room = concurrentUsers(architecture, deployment, {
    tokens: Math.max(1, promptTokens + outputTokens),
  }).value;
  return {
    latency: {
      architecture,
      deployment,
      cachedShare: 0,
      concurrency: Math.max(1, Math.min(Math.round(knobs.batch), room ?? 1)),
    },
    promptTokens,
    outputTokens,
    utilization: Math.max(0.01, share(knobs.utilizationPercent)),
    gpuHourUsd: knobs.gpuHourUsd > 0 ? knobs.gpuHourUsd : undefined,
  };
}

function share(percent: number): number {
  return Math.min(100, Math.max(0, percent)) / 100;
}
