import { gpuCount } from '../core/estimates/deployment.ts';
import type { ModelEstimate } from '../core/estimates/estimateModel.ts';
import type { Explained } from '../core/estimates/explained.ts';
import type { StackStep } from '../core/estimates/stack.ts';
import { formatCount, formatSeconds, formatTokens, formatUsd } from '../core/format/numbers.ts';
import { explainedOf, hostedLatency } from './estimateJson.ts';
import type { EstimateReport } from './estimateReport.ts';

export function estimateText(report: EstimateReport, explain: boolean): string {
  const { subject, estimate, quality } = report;
  const attention = estimate === undefined ? '' : ` (${estimate.architecture.attentionName})`;
  const fit = estimate === undefined ? hostedText(report) : estimate.verdict.text;
  const lines = [
    `${subject.name}${attention}, ${formatCount(report.tokens)} tokens in, ${formatCount(report.outputTokens)} out: ${fit}`,
  ];
  if (estimate?.verdict.reachText !== undefined) lines.push(estimate.verdict.reachText);
  const served = subject.servedContextWindowTokens;
  if (served !== undefined)
    lines.push(`The server was started with a window of ${formatCount(served)} tokens`);
  if (estimate?.deployment !== undefined) lines.push(hardwareText(estimate));
  lines.push(...quality.sentences);
  for (const one of explainedOf(report)) {
    lines.push(`${one.name.padEnd(22)} ${shown(one)}`);
    if (explain) lines.push(...explained(one, '  '));
  }
  if (estimate === undefined) lines.push(`prefillSeconds         unknown: ${hostedLatency}`);
  return [
    ...lines,
    ...costLines(report),
    ...hostingLines(report),
    ...stackLines(report.stack),
    ...conversationLines(report),
  ].join('\n');
}

function hostedText({ hostedFit, subject }: EstimateReport): string {
  const { verdict = 'unknown', limitTokens, limitedBy, marginTokens = 0 } = hostedFit ?? {};
  const words = {
    fits: 'fits',
    uncertain: 'uncertain',
    doesNotFit: 'does not fit',
    unknown: 'unknown whether it fits',
  };
  if (limitTokens === undefined) return `${words[verdict]}: no source names its window`;
  const limit =
    limitedBy === 'maxInput' ? subject.model?.maxInputTokens : subject.model?.contextWindowTokens;
  const from = limit === undefined ? '' : ` (${limit.source}, ${limit.asOf})`;
  const room =
    marginTokens >= 0 ? `${formatCount(marginTokens)} free` : `${formatCount(-marginTokens)} over`;
  return `${words[verdict]}, ${room} of ${formatCount(limitTokens)}${from}`;
}

function hardwareText({ deployment, fitsInMemory, smallestLayout }: ModelEstimate): string {
  const fits =
    fitsInMemory === undefined
      ? 'whether it fits is unknown'
      : fitsInMemory
        ? 'fits'
        : 'does not fit';
  const least =
    smallestLayout === undefined
      ? 'no layout that fits was found'
      : `the fewest that hold it: ${smallestLayout.gpus} (tensor parallel ${smallestLayout.tensorParallel}, pipeline stages ${smallestLayout.pipelineParallel})`;
  if (deployment === undefined) return least;
  return `${gpuCount(deployment)} x ${deployment.hardware.name}: ${fits}; ${least}`;
}

function costLines({ batchCost, breakEven, subject }: EstimateReport): readonly string[] {
  const lines: string[] = [];
  const batch = batchCost?.call.value;
  const source = subject.model?.batchPrices;
  if (batch !== undefined && source !== undefined) {
    lines.push(
      `${'batchCallUsd'.padEnd(22)} ${formatUsd(batch)} (${source.source}, ${source.asOf})`,
    );
  }
  for (const other of subject.model?.prices?.disagreements ?? []) {
    const { inputUsdPerMillionTokens: input, outputUsdPerMillionTokens: output } =
      other.value[0].base;
    const says = `${input ?? 'unknown'} in, ${output ?? 'unknown'} out per million tokens`;
    lines.push(`  ${other.source}, ${other.asOf} says otherwise: ${says}`);
  }
  if (breakEven !== undefined) {
    const { uncachedUsd, writeUsd, readUsd, breakEvenRequests } = breakEven;
    const pays =
      readUsd >= uncachedUsd
        ? 'is no cheaper by these prices'
        : breakEvenRequests === undefined
          ? 'never pays at this hit rate'
          : `pays from request ${breakEvenRequests} on`;
    const each = `${formatUsd(uncachedUsd)} without, ${formatUsd(writeUsd)} to write, ${formatUsd(readUsd)} to read`;
    lines.push(`${'cached prefix'.padEnd(22)} ${pays} (${each})`);
  }
  return lines;
}

function hostingLines({ hosting, hosted }: EstimateReport): readonly string[] {
  if (hosting === undefined || hosted === undefined) return [];
  const { crossing } = hosting;
  const against =
    crossing === undefined
      ? 'no hosted price to compare with'
      : `cheaper than hosted calls from ${formatCount(crossing.callsPerDay)} a day on${
          crossing.withinCapacity ? '' : ', more than these GPUs finish'
        }`;
  return [
    `${'self-hosted'.padEnd(22)} ${formatUsd(hosted.callUsd)} a call, ${formatUsd(hosted.dayUsd)} a day, ${formatUsd(hosted.monthUsd)} a month; ${against}`,
  ];
}

function stackLines(stack: readonly StackStep[] | undefined): readonly string[] {
  if (stack === undefined) return [];
  return [
    'longest context with each technique on top of those before it:',
    ...stack.map(({ technique, longestContextTokens, multiplier }) => {
      const tokens =
        longestContextTokens === undefined ? 'unknown' : formatCount(longestContextTokens);
      const times = multiplier === undefined ? '' : ` x ${multiplier.toPrecision(3)}`;
      return `  ${technique.padEnd(16)} ${tokens.padStart(13)} tokens${times}`;
    }),
  ];
}

/** Of a long conversation the first turns, and the last. */
const mostTurnsShown = 12;

function conversationLines({ conversation }: EstimateReport): readonly string[] {
  if (conversation === undefined) return [];
  const { cost, latency } = conversation;
  const usd = (value: number | undefined) => (value === undefined ? 'unknown' : formatUsd(value));
  const seconds = (one: Explained | undefined) =>
    one?.value === undefined ? 'unknown' : formatSeconds(one.value);
  const rows = cost.turns
    .filter(({ turn }) => turn < mostTurnsShown || turn === cost.turns.length)
    .map(({ turn, inputTokens, usd: whole, cachedUsd }) => {
      const waits = latency?.turns[turn - 1];
      const wait =
        waits === undefined
          ? ''
          : `; first token ${seconds(waits.uncached)}, cached ${seconds(waits.cached)}`;
      return `  turn ${turn}: ${formatTokens(inputTokens)} in; ${usd(whole)}, cached ${usd(cachedUsd)}${wait}`;
    });
  const full = (turn: number | undefined, what: string) =>
    turn === undefined ? [] : [`  ${what} is full at turn ${turn}`];
  return [
    `conversation of ${cost.turns.length} turns: ${formatCount(cost.totalInputTokens)} tokens in, ${formatCount(cost.totalOutputTokens)} out; ${usd(cost.totalUsd)}, with the cache ${usd(cost.totalCachedUsd)}`,
    ...rows,
    ...full(cost.windowFullAtTurn, 'the window'),
    ...full(latency?.memoryFullAtTurn, 'the memory of the GPUs'),
  ];
}

function shown({ value, band, unit, unknownBecause }: Explained): string {
  if (value === undefined) return `unknown: ${unknownBecause ?? ''}`;
  const text = (amount: number) => {
    if (unit === 'bytes') return `${(amount / 2 ** 30).toFixed(2)} GiB`;
    if (unit === 'usd') return formatUsd(amount);
    if (unit === 'requests') return `${amount.toPrecision(4)} requests`;
    if (unit === 'seconds') {
      return amount < 1 ? `${(amount * 1e3).toPrecision(3)} ms` : `${amount.toPrecision(3)} s`;
    }
    return Number.isInteger(amount) ? `${formatCount(amount)} ${unit}` : `${amount} ${unit}`;
  };
  if (band === undefined) return text(value);
  return `${text(value)} (${text(band.low)} to ${text(band.high)}: ${band.basis})`;
}

function explained(one: Explained, indent: string): readonly string[] {
  const parts = (of: Explained, deeper: string): readonly string[] =>
    (of.parts ?? []).flatMap((part) => [
      `${deeper}${part.name}: ${shown(part)} = ${part.formula}`,
      ...part.assumptions.map((assumption) => `${deeper}  ${assumption}`),
      ...parts(part, `${deeper}  `),
    ]);
  return [
    `${indent}= ${one.formula}`,
    ...parts(one, `${indent}  `),
    ...one.inputs.map(
      (input) =>
        `${indent}input ${input.name} ${input.value ?? 'unknown'}${input.unit === undefined ? '' : ` ${input.unit}`}: ${input.source}${input.asOf === undefined ? '' : `, ${input.asOf}`}`,
    ),
    ...one.assumptions.map((assumption) => `${indent}assumed: ${assumption}`),
  ];
}
