import { gpuCount } from '../core/estimates/deployment.ts';
import type { ModelEstimate } from '../core/estimates/estimateModel.ts';
import type { Explained } from '../core/estimates/explained.ts';
import type { EstimateReport } from './estimateReport.ts';

/** Plain numbers in named units; a number that is not known is null, with `...UnknownBecause` beside it. */
export function estimateJson(report: EstimateReport, explain: boolean): string {
  const { subject, estimate, hostedFit, quality, cost, stack } = report;
  const explained = explainedOf(report);
  const printed = {
    model: subject.architecture?.id ?? subject.model?.id,
    name: subject.name,
    ...(subject.model && { catalogueId: subject.model.id }),
    tokens: report.tokens,
    outputTokens: report.outputTokens,
    users: report.users,
    ...(subject.servedContextWindowTokens !== undefined && {
      servedContextWindowTokens: subject.servedContextWindowTokens,
    }),
    ...(estimate && hardwareFields(estimate)),
    ...(estimate
      ? numberFields(estimate.numbers)
      : {
          prefillSeconds: null,
          prefillSecondsUnknownBecause: hostedLatency,
          decodeSecondsPerToken: null,
          decodeSecondsPerTokenUnknownBecause: hostedLatency,
        }),
    ...(hostedFit && {
      hosted: {
        verdict: hostedFit.verdict,
        limitTokens: hostedFit.limitTokens ?? null,
        limitedBy: hostedFit.limitedBy ?? null,
        marginTokens: hostedFit.marginTokens ?? null,
      },
    }),
    effectiveLength: { finding: quality.finding, sentences: quality.sentences },
    ...(cost && numberFields([cost.call, cost.day, cost.month])),
    ...(report.batchCost && { batchCallUsd: report.batchCost.call.value ?? null }),
    ...(report.breakEven && { cachedPrefix: report.breakEven }),
    ...(report.hosting && {
      selfHosting: {
        ...numberFields([report.hosting.callsPerBusyHour, report.hosting.callsPerDay]),
        ...report.hosted,
        crossing: report.hosting.crossing ?? null,
      },
    }),
    ...(stack && {
      stack: stack.map(({ technique, longestContextTokens, multiplier }) => ({
        technique,
        longestContextTokens: longestContextTokens ?? null,
        multiplier: multiplier ?? null,
      })),
    }),
    ...conversationFields(report),
    ...(explain ? { explained } : {}),
  };
  return JSON.stringify(printed, undefined, 2);
}

export const hostedLatency =
  "a hosted API's latency is not arithmetic: unknown until you have measured it";

export function explainedOf({ estimate, cost, hosting }: EstimateReport): readonly Explained[] {
  return [
    ...(estimate?.numbers ?? []),
    ...(cost === undefined ? [] : [cost.call, cost.day, cost.month]),
    ...(hosting === undefined ? [] : [hosting.callsPerBusyHour, hosting.callsPerDay]),
  ];
}

function hardwareFields({ architecture, verdict, deployment, ...estimate }: ModelEstimate) {
  return {
    attention: architecture.attentionName,
    verdict,
    gpu: deployment?.hardware.id ?? null,
    gpus: deployment === undefined ? null : gpuCount(deployment),
    tensorParallel: deployment?.tensorParallel ?? null,
    pipelineParallel: deployment?.pipelineParallel ?? null,
    fitsInMemory: estimate.fitsInMemory ?? null,
    smallestLayout: estimate.smallestLayout ?? null,
  };
}

function numberFields(numbers: readonly Explained[]): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const one of numbers) {
    fields[one.name] = one.value ?? null;
    if (one.value === undefined) fields[`${one.name}UnknownBecause`] = one.unknownBecause;
    if (one.band !== undefined) {
      fields[`${one.name}Low`] = one.band.low;
      fields[`${one.name}High`] = one.band.high;
      fields[`${one.name}BandBasis`] = one.band.basis;
    }
  }
  return fields;
}

function conversationFields({ conversation }: EstimateReport) {
  if (conversation === undefined) return {};
  const { cost, latency } = conversation;
  return {
    conversation: {
      totalInputTokens: cost.totalInputTokens,
      totalOutputTokens: cost.totalOutputTokens,
      totalUsd: cost.totalUsd ?? null,
      totalCachedUsd: cost.totalCachedUsd ?? null,
      windowFullAtTurn: cost.windowFullAtTurn ?? null,
      memoryFullAtTurn: latency?.memoryFullAtTurn ?? null,
      turns: cost.turns.map((turn, index) => ({
        ...turn,
        prefillSeconds: latency?.turns[index]?.uncached.value ?? null,
        cachedPrefillSeconds: latency?.turns[index]?.cached.value ?? null,
      })),
    },
  };
}
