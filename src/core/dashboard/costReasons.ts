import type { CacheBreakEven } from '../cost/cacheBreakEven.ts';
import type { ConversationCost, ConversationTurn } from '../cost/conversation.ts';
import { requestCost } from '../cost/requestCost.ts';
import { unknown } from '../estimates/explained.ts';
import type { Explained } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import type { ConversationSetup } from './conversationCost.ts';
import { priceInputs, priceUnknownBecause, type CostSetup } from './cost.ts';
import type { HostingFigures, HostingSetup } from './selfHosting.ts';

/** Reasons of the numbers in the sentences of the tab Cost; they are made when asked for. */

/** USD of all turns, without a cache or with one. */
export function conversationReason(
  setup: CostSetup,
  { cacheHitRate, promptTokensPerTurn }: ConversationSetup,
  { turns, totalUsd, totalCachedUsd }: ConversationCost,
  isCached: boolean,
): Explained {
  const name = isCached ? 'conversationCachedUsd' : 'conversationUsd';
  const value = isCached ? totalCachedUsd : totalUsd;
  const first = requestCost(turns[0], setup.prices?.value, setup.at)?.prices;
  if (value === undefined || first === undefined) {
    return unknown(name, 'usd', priceUnknownBecause(setup));
  }
  return {
    name,
    unit: 'usd',
    value,
    formula: turnsByTier(setup, turns)
      .map((group) => (isCached ? cachedText(group, cacheHitRate) : uncachedText(group)))
      .join(' + '),
    inputs: priceInputs(setup.prices, first),
    assumptions: [
      `every turn sends ${plain(setup.input.tokens)} tokens, ${plain(promptTokensPerTurn)} more of the person and ${plain(setup.outputTokens)} of answer for each turn so far`,
      ...(isCached
        ? [
            'a turn that finds the cache reads what the turn before sent and writes the rest; one that does not writes all of it',
          ]
        : []),
    ],
  };
}

interface TurnGroup {
  readonly turns: number;
  readonly inputTokens: number;
  readonly repeatedTokens: number;
  readonly outputTokens: number;
  readonly input: number;
  readonly cached: number;
  readonly write: number;
  readonly output: number;
  readonly requestUsd: number;
}

/** Turns that are priced alike, with their tokens summed up. */
function turnsByTier(setup: CostSetup, turns: readonly ConversationTurn[]): readonly TurnGroup[] {
  const groups = new Map<number, TurnGroup>();
  for (const { inputTokens, outputTokens, repeatedInputTokens } of turns) {
    const cost = requestCost({ inputTokens, outputTokens }, setup.prices?.value, setup.at);
    if (cost === undefined) continue;
    const { prices, tierAboveInputTokens = 0 } = cost;
    const input = prices.inputUsdPerMillionTokens ?? 0;
    const sum = groups.get(tierAboveInputTokens);
    groups.set(tierAboveInputTokens, {
      turns: (sum?.turns ?? 0) + 1,
      inputTokens: (sum?.inputTokens ?? 0) + inputTokens,
      repeatedTokens: (sum?.repeatedTokens ?? 0) + repeatedInputTokens,
      outputTokens: (sum?.outputTokens ?? 0) + outputTokens,
      input,
      cached: prices.cachedInputUsdPerMillionTokens ?? input,
      write: prices.cacheWriteUsdPerMillionTokens ?? input,
      output: prices.outputUsdPerMillionTokens ?? 0,
      requestUsd: cost.requestUsd,
    });
  }
  return [...groups.values()];
}

function feeText({ turns, requestUsd }: TurnGroup): string {
  return requestUsd === 0 ? '' : ` + ${turns} turns x ${requestUsd} USD a request`;
}

function uncachedText(group: TurnGroup): string {
  const { inputTokens, input, outputTokens, output } = group;
  return `(${plain(inputTokens)} tokens in x ${input} USD + ${plain(outputTokens)} out x ${output} USD) / 1000000${feeText(group)}`;
}

function cachedText(group: TurnGroup, hitRate: number): string {
  const { inputTokens, repeatedTokens, cached, write, outputTokens, output } = group;
  const hit = `${plain(hitRate)} x (${plain(repeatedTokens)} read x ${cached} USD + ${plain(inputTokens - repeatedTokens)} written x ${write} USD)`;
  const miss = `(1 - ${plain(hitRate)}) x ${plain(inputTokens)} written x ${write} USD`;
  return `(${hit} + ${miss} + ${plain(outputTokens)} out x ${output} USD) / 1000000${feeText(group)}`;
}

/** The turn at which the window is full. */
export function windowFullReason(
  setup: CostSetup,
  { promptTokensPerTurn }: ConversationSetup,
  { windowFullAtTurn }: ConversationCost,
  limits: { readonly contextWindowTokens?: number; readonly maxInputTokens?: number },
): Explained {
  const name = 'windowFullAtTurn';
  if (windowFullAtTurn === undefined) {
    return unknown(name, 'count', 'no limit is known, or none is reached');
  }
  const { contextWindowTokens = Infinity, maxInputTokens = Infinity } = limits;
  const limit = Math.min(contextWindowTokens - setup.outputTokens, maxInputTokens);
  const first = setup.input.tokens + promptTokensPerTurn;
  const growth = promptTokensPerTurn + setup.outputTokens;
  return {
    name,
    unit: 'count',
    value: windowFullAtTurn,
    formula:
      windowFullAtTurn === 1
        ? '1'
        : `(${plain(limit)} of input at most - ${plain(first)} of the first turn) / ${plain(growth)} more each turn + 2`,
    inputs: [],
    assumptions: ['rounded down: the first turn that no longer fits'],
  };
}

/** Requests from which on a cached prefix costs less. */
export function breakEvenReason({
  uncachedUsd,
  writeUsd,
  laterUsd,
  breakEvenRequests,
}: CacheBreakEven): Explained {
  const name = 'breakEvenRequests';
  if (breakEvenRequests === undefined) {
    return unknown(name, 'requests', 'a request that finds the cache costs no less');
  }
  return {
    name,
    unit: 'requests',
    value: breakEvenRequests,
    formula:
      breakEvenRequests === 1
        ? '1'
        : `(${plain(writeUsd)} USD writing - ${plain(uncachedUsd)} USD without) / (${plain(uncachedUsd)} USD without - ${plain(laterUsd)} USD of a later one) + 2`,
    inputs: [],
    assumptions: ['rounded down: the first request by which caching has paid'],
  };
}

/** Percent of requests that must find the prefix for caching to pay. */
export function hitRateReason({
  uncachedUsd,
  writeUsd,
  readUsd,
  breakEvenHitRate,
}: CacheBreakEven): Explained {
  const name = 'breakEvenHitPercent';
  if (!Number.isFinite(breakEvenHitRate)) {
    return unknown(name, 'percent', 'reading the cache costs no less than writing it');
  }
  return {
    name,
    unit: 'percent',
    value: 100 * breakEvenHitRate,
    formula:
      breakEvenHitRate === 0
        ? '0'
        : `100 x (${plain(writeUsd)} USD writing - ${plain(uncachedUsd)} USD without) / (${plain(writeUsd)} USD writing - ${plain(readUsd)} USD reading)`,
    inputs: [],
    assumptions:
      breakEvenHitRate === 0 ? ['writing the cache costs no more than not having one'] : [],
  };
}

/** One request with the prefix not cached, written to the cache, or read from it. */
export function prefixRequestReason(
  setup: CostSetup,
  kind: 'uncached' | 'write' | 'read',
): Explained {
  const name = `${kind}Usd`;
  const inputTokens = setup.input.tokens;
  const usage = {
    inputTokens,
    outputTokens: setup.outputTokens,
    cachedInputTokens: kind === 'read' ? inputTokens : 0,
    cacheWriteTokens: kind === 'write' ? inputTokens : 0,
  };
  const cost = requestCost(usage, setup.prices?.value, setup.at);
  if (cost === undefined) return unknown(name, 'usd', priceUnknownBecause(setup));
  const { prices, totalUsd, requestUsd, assumptions } = cost;
  const input = prices.inputUsdPerMillionTokens ?? 0;
  const each = {
    uncached: input,
    write: prices.cacheWriteUsdPerMillionTokens ?? input,
    read: prices.cachedInputUsdPerMillionTokens ?? input,
  }[kind];
  const fee = requestUsd === 0 ? '' : ` + ${requestUsd} USD a request`;
  return {
    name,
    unit: 'usd',
    value: totalUsd,
    formula: `(${plain(inputTokens)} tokens in x ${each} USD + ${plain(setup.outputTokens)} out x ${prices.outputUsdPerMillionTokens ?? 0} USD) / 1000000${fee}`,
    inputs: priceInputs(setup.prices, prices),
    assumptions,
  };
}

/** Calls a day at which own cards and hosted calls cost the same. */
export function crossingReason(
  { gpuHourUsd }: HostingSetup,
  { gpus, crossing, callsPerDay }: HostingFigures,
  hostedCallUsd: number | undefined,
): Explained {
  const name = 'crossingCallsPerDay';
  if (crossing === undefined || gpuHourUsd === undefined || hostedCallUsd === undefined) {
    return unknown(name, 'requests', 'the price of an hour of a card, or of a call, is not known');
  }
  return {
    name,
    unit: 'requests',
    value: crossing.callsPerDay,
    formula: `${gpus} cards x 24 h x ${plain(gpuHourUsd)} USD / ${plain(hostedCallUsd)} USD a call`,
    inputs: [{ name: 'an hour of a card', value: gpuHourUsd, unit: 'USD', source: 'typed in' }],
    assumptions: [
      'the cards are paid day and night',
      `they finish ${plain(Math.round(callsPerDay.value ?? NaN))} calls a day`,
    ],
  };
}
