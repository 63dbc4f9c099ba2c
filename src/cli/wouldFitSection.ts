import { formatCount, formatInterval, formatTokens, formatUsd } from '../core/format/numbers.ts';
import type { PlanFit } from '../core/plans/planFit.ts';
import type { NearestModel, WouldFit } from '../core/plans/whatWouldFit.ts';
import { verdictWords } from './fitSection.ts';
import type { Section } from './section.ts';

/** Rows of a terminal where not all are asked for. */
const maxFiles = 20;

/** The answer where not everything fits at once: which files to leave out, or which model to take. */
export function wouldFitSection(
  { fit, cut, nearest }: WouldFit,
  modelId: string,
  listsAll: boolean,
): Section {
  const listed = (cut?.files ?? []).slice(0, listsAll ? undefined : maxFiles);
  const more = (cut?.numFiles ?? 0) - listed.length;
  return {
    title: 'What would fit into one request',
    columns: [
      { name: 'leave out', align: 'left', flexible: true },
      { name: 'tokens', align: 'right' },
    ],
    rows: listed.map(({ path, tokens }) => [path, formatCount(tokens)]),
    note: [
      more > 0 ? `and ${formatCount(more)} more files (--cut lists all).` : '',
      fitSentence(fit, modelId),
      cut === undefined
        ? 'Not even one whole file fits.'
        : `Smallest cut: ${cut.numFiles === 1 ? '1 file' : `${formatCount(cut.numFiles)} files`} with ${formatCount(cut.tokens)} tokens, the least important per token first; none of them could be put back.`,
      nearest === undefined
        ? 'No model of the catalogue holds all of it for certain.'
        : nearestSentence(nearest),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
  };
}

function fitSentence(
  { verdict, lowTokens, highTokens, limitTokens }: PlanFit,
  modelId: string,
): string {
  return `All of it comes to ${formatInterval(lowTokens, highTokens, formatCount)} tokens, and ${modelId} takes ${formatCount(limitTokens)} in a request: ${verdictWords[verdict]}.`;
}

function nearestSentence({ model, cost }: NearestModel): string {
  const windowTokens = formatTokens(model.contextWindowTokens?.value ?? 0);
  const price =
    cost === undefined
      ? 'at an unknown price'
      : `for ${formatInterval(cost.lowUsd, cost.highUsd, formatUsd)}`;
  return `Nearest model that holds all of it: ${model.id}, window ${windowTokens}, ${price} a request.`;
}

/** The same for programs, every file listed. */
export function wouldFitJson({ fit, cut, nearest }: WouldFit) {
  return {
    fit,
    smallestCut: cut,
    nearestModel: nearest && {
      id: nearest.model.id,
      contextWindowTokens: nearest.model.contextWindowTokens?.value,
      count: nearest.count,
      cost: nearest.cost,
    },
  };
}
