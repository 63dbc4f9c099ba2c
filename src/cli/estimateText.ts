import { gpuCount } from '../core/estimates/deployment.ts';
import type { ModelEstimate } from '../core/estimates/estimateModel.ts';
import type { Explained } from '../core/estimates/explained.ts';

/** Plain numbers in named units; a number that is not known is null, with `...UnknownBecause` beside it. */
export function estimateJson(estimate: ModelEstimate, explain: boolean): string {
  const { architecture, deployment, request, smallestLayout, verdict } = estimate;
  const numbers: Record<string, unknown> = {};
  for (const one of estimate.numbers) {
    numbers[one.name] = one.value ?? null;
    if (one.value === undefined) numbers[`${one.name}UnknownBecause`] = one.unknownBecause;
    if (one.band !== undefined) {
      numbers[`${one.name}Low`] = one.band.low;
      numbers[`${one.name}High`] = one.band.high;
      numbers[`${one.name}BandBasis`] = one.band.basis;
    }
  }
  const printed = {
    model: architecture.id,
    attention: architecture.attentionName,
    promptTokens: request.tokens,
    outputTokens: request.outputTokens,
    users: request.users,
    verdict,
    gpu: deployment?.hardware.id ?? null,
    gpus: deployment === undefined ? null : gpuCount(deployment),
    tensorParallel: deployment?.tensorParallel ?? null,
    pipelineParallel: deployment?.pipelineParallel ?? null,
    fitsInMemory: estimate.fitsInMemory ?? null,
    smallestLayout: smallestLayout ?? null,
    ...numbers,
    ...(explain ? { explained: estimate.numbers } : {}),
  };
  return JSON.stringify(printed, undefined, 2);
}

export function estimateText(estimate: ModelEstimate, explain: boolean): string {
  const { architecture, deployment, request, verdict } = estimate;
  const lines = [
    `${architecture.name} (${architecture.attentionName}), ${request.tokens} tokens in, ${request.outputTokens} out: ${verdict.text}`,
  ];
  if (verdict.reachText !== undefined) lines.push(verdict.reachText);
  if (deployment !== undefined) {
    const fits =
      estimate.fitsInMemory === undefined
        ? 'whether it fits is unknown'
        : estimate.fitsInMemory
          ? 'fits'
          : 'does not fit';
    const layout = estimate.smallestLayout;
    const least =
      layout === undefined
        ? 'no layout that fits was found'
        : `the fewest that hold it: ${layout.gpus} (tensor parallel ${layout.tensorParallel}, pipeline stages ${layout.pipelineParallel})`;
    lines.push(`${gpuCount(deployment)} x ${deployment.hardware.name}: ${fits}; ${least}`);
  }
  for (const one of estimate.numbers) {
    lines.push(`${one.name.padEnd(22)} ${shown(one)}`);
    if (explain) lines.push(...explained(one, '  '));
  }
  return lines.join('\n');
}

function shown({ value, band, unit, unknownBecause }: Explained): string {
  if (value === undefined) return `unknown: ${unknownBecause ?? ''}`;
  const text = (amount: number) => {
    if (unit === 'bytes') return `${(amount / 2 ** 30).toFixed(2)} GiB`;
    if (unit === 'seconds')
      return amount < 1 ? `${(amount * 1e3).toPrecision(3)} ms` : `${amount.toPrecision(3)} s`;
    return `${amount} ${unit}`;
  };
  if (band === undefined) return text(value);
  return `${text(value)} (${text(band.low)} to ${text(band.high)}: ${band.basis})`;
}

function explained(one: Explained, indent: string): readonly string[] {
  return [
    `${indent}= ${one.formula}`,
    ...(one.parts ?? []).map((part) => `${indent}  ${part.name}: ${shown(part)} = ${part.formula}`),
    ...one.inputs.map(
      (input) =>
        `${indent}input ${input.name} ${input.value ?? 'unknown'}${input.unit === undefined ? '' : ` ${input.unit}`}: ${input.source}${input.asOf === undefined ? '' : `, ${input.asOf}`}`,
    ),
    ...one.assumptions.map((assumption) => `${indent}assumed: ${assumption}`),
  ];
}
