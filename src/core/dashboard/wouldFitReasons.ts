import type { Explained } from '../estimates/explained.ts';
import { plain } from '../estimates/formulaText.ts';
import { requestLimitTokens } from '../plans/modelBudget.ts';
import type { PlanCut } from '../plans/plan.ts';
import type { PlanFit } from '../plans/planFit.ts';
import type { NearestModel } from '../plans/whatWouldFit.ts';
import {
  bandOf,
  ratioInput,
  requestLimitBasis,
  requestLimitInputs,
  type PlanFacts,
} from './planReasons.ts';
import { strategyCostReason } from './strategyCost.ts';

/** Reasons of the numbers of "what would fit into one request". */

/** Everything in one request, in the model's own tokens. */
export function wholeRequestReason(
  { tokens, countedTokens, lowTokens, highTokens }: PlanFit,
  facts: PlanFacts,
): Explained {
  const { encoding, counted } = facts.report;
  return {
    name: 'wholeRequestTokens',
    unit: 'tokens',
    value: tokens,
    ...bandOf(lowTokens, highTokens, facts),
    formula: `${plain(countedTokens)} counted x ${plain(counted.likelyRatio)}`,
    inputs: [
      {
        name: 'counted',
        value: countedTokens,
        unit: `tokens of ${encoding}`,
        source: 'all files in one request, with the words around them',
      },
      ratioInput(facts),
    ],
    assumptions: ['rounded'],
  };
}

/** Most tokens of one request's text. */
export function requestLimitReason({ limitTokens }: PlanFit, facts: PlanFacts): Explained {
  const { model, report } = facts;
  const { counted, question, encoding } = report;
  const { reservedOutputTokens: reserved, overheadTokens: overhead } = question;
  const window = model.contextWindowTokens?.value ?? 0;
  const budgetTokens = Math.max(0, window - reserved - overhead);
  const ownLimit = requestLimitTokens(model, { budgetTokens, overheadTokens: overhead });
  const isExact = counted.highRatio === 1 && limitTokens === ownLimit;
  const byInput = ownLimit < budgetTokens;
  return {
    name: 'limitTokens',
    unit: 'tokens',
    value: limitTokens,
    formula: !isExact
      ? `${plain(counted.budgetTokens)} counted x ${plain(counted.highRatio)}`
      : byInput
        ? `${plain(model.maxInputTokens?.value ?? 0)} of input - ${plain(overhead)} of overhead`
        : `max(0, ${plain(window)} of window - ${plain(reserved)} reserved - ${plain(overhead)} of overhead)`,
    inputs: requestLimitInputs(facts),
    assumptions: [
      requestLimitBasis,
      ...(isExact
        ? []
        : [
            `rounded down: ${plain(counted.budgetTokens)} tokens of ${encoding} are sure to fit, at ${plain(counted.highRatio)} tokens of ${model.name} for each`,
          ]),
    ],
  };
}

/** Tokens of the files that are left out. */
export function cutTokensReason({ tokens, numFiles, files }: PlanCut, encoding: string): Explained {
  const isListed = files.length === numFiles && numFiles <= 12;
  return {
    name: 'cutTokens',
    unit: 'tokens',
    value: tokens,
    formula: isListed ? files.map((file) => plain(file.tokens)).join(' + ') : plain(tokens),
    inputs: [
      { name: 'files', value: numFiles, source: 'the fewest without which the rest fits' },
      { name: 'tokens', value: tokens, source: `counted with ${encoding}` },
    ],
    assumptions: ['whole files, none of which could be put back'],
  };
}

/** A request with everything, and the answer at its reserve, of the nearest model that holds it. */
export function nearestCostReason(
  { model, count, cost }: NearestModel,
  { report }: PlanFacts,
  at: Date,
): Explained {
  const { reservedOutputTokens, overheadTokens } = report.question;
  const inputTokens = count.tokens + overheadTokens;
  const likely = {
    calls: 1,
    inputTokens,
    largestInputTokens: inputTokens,
    outputTokens: Math.min(reservedOutputTokens, model.maxOutputTokens?.value ?? Infinity),
    coverage: 1,
    seenAtOnce: 1,
  };
  return strategyCostReason({ likely }, cost, model, at, count.basis);
}
