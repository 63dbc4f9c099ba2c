import { requestCost, type RequestCost } from '../cost/requestCost.ts';
import { unknown } from '../estimates/explained.ts';
import type { Explained } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import type { PlanOutline } from '../plans/plan.ts';
import {
  cachedShareOf,
  callTokens,
  pricesOf,
  type PlanCostKind,
  type PlanUsd,
} from '../plans/planCost.ts';
import { bandOf, ratioInput, type PlanFacts } from './planReasons.ts';

/** Calls of one tier: their tokens, each at the same price. */
interface TierCalls {
  calls: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  readonly cost: RequestCost;
}

const howPaid: Readonly<Record<PlanCostKind, string>> = {
  once: 'no cache',
  batch: 'by the maker’s prices for work that can wait, no cache',
  cached: 'the overhead is read from the cache in all calls but the first',
  again: 'the start of each call that another task shares is read from the cache',
};

/** What all calls of a plan cost: the tokens of each tier at its prices. */
export function planCostReason(
  plan: PlanOutline,
  kind: PlanCostKind,
  cost: PlanUsd | undefined,
  facts: PlanFacts,
  at: Date,
): Explained {
  const name = `${kind}Usd`;
  const { model, report } = facts;
  const prices = pricesOf(model, kind);
  if (prices === undefined || cost === undefined) {
    const what = kind === 'batch' ? 'batch price' : 'price';
    const because =
      prices === undefined
        ? `no ${what} of ${model.name} is listed`
        : `a ${what} that it needs is not listed for ${model.name}`;
    return unknown(name, 'usd', because);
  }
  const tiers = tiersOf(plan, kind, facts, at);
  const from = { unit: 'USD per million tokens', source: prices.source, asOf: prices.asOf };
  const aboves = tiers.flatMap((tier) => tier.cost.tierAboveInputTokens ?? []);
  return {
    name,
    unit: 'usd',
    value: cost.usd,
    ...bandOf(cost.lowUsd, cost.highUsd, facts),
    formula: tiers.map(tierText).join(' + '),
    inputs: [
      ...tiers.flatMap((tier) => {
        const { inputUsdPerMillionTokens: input, outputUsdPerMillionTokens: output } =
          tier.cost.prices;
        return [
          { name: 'price of input', value: input, ...from },
          ...(tier.cachedTokens > 0
            ? [{ name: 'price of cached input', value: cachedPrice(tier.cost), ...from }]
            : []),
          { name: 'price of output', value: output, ...from },
        ];
      }),
      ratioInput(facts),
      {
        name: 'overhead of each call',
        value: report.question.overheadTokens,
        unit: 'tokens',
        source: 'the knobs above and the settings, when it was planned',
      },
    ],
    assumptions: [
      howPaid[kind],
      'each answer is as long as its reserve',
      ...new Set([
        ...aboves.map(
          (tokens) => `a call of more than ${tokens} input tokens is priced by that tier`,
        ),
        ...tiers.flatMap((tier) => tier.cost.assumptions),
      ]),
    ],
  };
}

function tiersOf(
  { requests }: PlanOutline,
  kind: PlanCostKind,
  { model, report }: PlanFacts,
  at: Date,
): readonly TierCalls[] {
  const { counted, question } = report;
  const lists = pricesOf(model, kind)?.value;
  const tiers = new Map<number, TierCalls>();
  for (const [idx, call] of requests.entries()) {
    const { tokens } = callTokens(call, counted, question.overheadTokens);
    const cached = tokens * cachedShareOf(call, idx, kind, question.overheadTokens);
    const { outputTokens } = call;
    const usage = { inputTokens: tokens, outputTokens, cachedInputTokens: cached };
    const cost = requestCost(usage, lists, at);
    if (cost === undefined) continue;
    const above = cost.tierAboveInputTokens ?? 0;
    const tier = tiers.get(above) ?? {
      calls: 0,
      inputTokens: 0,
      cachedTokens: 0,
      outputTokens: 0,
      cost,
    };
    tier.calls += 1;
    tier.inputTokens += tokens - cached;
    tier.cachedTokens += cached;
    tier.outputTokens += outputTokens;
    tiers.set(above, tier);
  }
  return [...tiers.values()];
}

function cachedPrice({ prices }: RequestCost): number {
  return prices.cachedInputUsdPerMillionTokens ?? prices.inputUsdPerMillionTokens ?? 0;
}

function tierText({ calls, inputTokens, cachedTokens, outputTokens, cost }: TierCalls): string {
  const { inputUsdPerMillionTokens = 0, outputUsdPerMillionTokens = 0 } = cost.prices;
  const parts = [
    `${plain(inputTokens)} sent x ${inputUsdPerMillionTokens} USD`,
    ...(cachedTokens > 0 ? [`${plain(cachedTokens)} cached x ${cachedPrice(cost)} USD`] : []),
    `${plain(outputTokens)} answered x ${outputUsdPerMillionTokens} USD`,
  ];
  const fees = cost.requestUsd > 0 ? ` + ${calls} calls x ${cost.requestUsd} USD` : '';
  return `(${parts.join(' + ')}) / 1000000${fees}`;
}
