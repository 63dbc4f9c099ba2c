import type { Explained } from './explained.ts';
import type { ForwardPass, OperatorKind } from './forwardPass.ts';
import { plain, secondsText, sumText } from './formulaText.ts';

/** A pass that stands for so many steps (chunkSamples.ts). */
export interface WeightedPass extends ForwardPass {
  readonly times: number;
}

const kinds: readonly (readonly [OperatorKind, string])[] = [
  ['gemm', 'gemmSeconds'],
  ['attention', 'attentionSeconds'],
  ['elementwise', 'elementwiseSeconds'],
  ['communication', 'communicationSeconds'],
  ['overhead', 'overheadSeconds'],
];

/** So many passes are still written out in a formula; of more, the mean is, with the first and the last beside it. */
const mostWrittenOut = 4;

/** The passes of a prefill as one part for each kind of operator, each the sum of its operators. */
export function prefillParts(passes: readonly WeightedPass[]): readonly Explained[] {
  return kinds.map(([kind, name]) => {
    const names = new Set(
      passes.flatMap(({ operators }) =>
        operators.filter((one) => one.kind === kind).map((one) => one.name),
      ),
    );
    const parts = [...names].map((operator) => operatorPart(operator, kind, passes));
    const values = parts.map((part) => part.value ?? 0);
    return {
      ...secondsPart(name, total(values), sumText(values, secondsText)),
      ...(parts.length > 0 && { parts }),
    };
  });
}

function operatorPart(
  name: string,
  kind: OperatorKind,
  passes: readonly WeightedPass[],
): Explained {
  const each = passes.flatMap(({ operators, times }) =>
    operators
      .filter((one) => one.kind === kind && one.name === name)
      .map((one) => ({ ...one, times })),
  );
  const seconds = total(each.map((one) => one.times * one.seconds));
  if (each.length <= mostWrittenOut && each.every(({ times }) => times === 1)) {
    return secondsPart(name, seconds, each.map((one) => one.formula()).join(' + '));
  }
  const steps = total(each.map((one) => one.times));
  const [first, last] = [each[0], each[each.length - 1]];
  return {
    ...secondsPart(name, seconds, `${plain(steps)} steps x ${secondsText(seconds / steps)}`),
    assumptions: [
      'the mean over all steps',
      `first step: ${first.formula()} = ${secondsText(first.seconds)}`,
      `last step: ${last.formula()} = ${secondsText(last.seconds)}`,
    ],
  };
}

export function secondsPart(name: string, value: number, formula: string): Explained {
  return { name, unit: 'seconds', value, formula, inputs: [], assumptions: [] };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
