import type { Model } from '../core/catalog/model.ts';
import { budgetFor, verdictFor } from '../core/budget/budgetFor.ts';
import type { FitVerdict } from '../core/budget/budgetFor.ts';
import type { ConversationCost } from '../core/cost/conversation.ts';
import { cacheBreakEven } from '../core/cost/cacheBreakEven.ts';
import type { CacheBreakEven } from '../core/cost/cacheBreakEven.ts';
import { selfHostedCost } from '../core/cost/volume.ts';
import type { SelfHostedCost } from '../core/cost/volume.ts';
import { conversationFigures } from '../core/dashboard/conversationCost.ts';
import { costFigures } from '../core/dashboard/cost.ts';
import type { CostFigures, CostSetup } from '../core/dashboard/cost.ts';
import { hostingFigures } from '../core/dashboard/selfHosting.ts';
import type { HostingFigures } from '../core/dashboard/selfHosting.ts';
import { parsePolicy } from '../core/estimates/cachePolicy.ts';
import { parseEngine } from '../core/estimates/calibration.ts';
import { conversationLatency } from '../core/estimates/conversationLatency.ts';
import type { ConversationLatency } from '../core/estimates/conversationLatency.ts';
import { deploymentOn, gpuCount } from '../core/estimates/deployment.ts';
import type { Deployment } from '../core/estimates/deployment.ts';
import { parseKvDtype, parseWeightDtype } from '../core/estimates/dtypes.ts';
import { defaultChunkTokens, estimateModel } from '../core/estimates/estimateModel.ts';
import type { EstimateRequest, ModelEstimate } from '../core/estimates/estimateModel.ts';
import { InputError } from '../core/estimates/inputError.ts';
import { techniqueStack } from '../core/estimates/stack.ts';
import type { StackStep } from '../core/estimates/stack.ts';
import { hardwareById } from '../core/hardware/hardware.ts';
import { lengthWarning } from '../core/quality/lengthWarning.ts';
import type { LengthWarning } from '../core/quality/lengthWarning.ts';
import { exactCount } from '../core/tokens/estimate/estimateTokens.ts';
import type { EstimatedModel } from './estimatedModel.ts';
import { amount, parseStack, parseStretch, wholeNumber } from './estimateOptions.ts';
import type { EstimateOptions } from './estimateOptions.ts';

/** Everything that was asked about one model at one length. */
export interface EstimateReport {
  readonly subject: EstimatedModel;
  readonly tokens: number;
  readonly outputTokens: number;
  readonly users: number;
  /** Absent: the shape is not known, so that nothing about memory and time can be said. */
  readonly estimate?: ModelEstimate;
  /** Against the window that the maker's interface offers. */
  readonly hostedFit?: FitVerdict;
  readonly quality: LengthWarning;
  readonly cost?: CostFigures;
  readonly batchCost?: CostFigures;
  readonly breakEven?: CacheBreakEven;
  readonly hosting?: HostingFigures;
  readonly hosted?: SelfHostedCost;
  readonly stack?: readonly StackStep[];
  readonly conversation?: {
    readonly cost: ConversationCost;
    readonly latency?: ConversationLatency;
  };
}

export function estimateReport(
  subject: EstimatedModel,
  options: EstimateOptions,
  at: Date,
): EstimateReport {
  const request = estimateRequest(subject, options);
  const { tokens, outputTokens, users } = request;
  const { architecture, model } = subject;
  if (architecture === undefined && options.gpu !== undefined) {
    const expected = `left out: the shape of ${subject.name} is not published, so nothing is known of it on a card`;
    throw new InputError('gpu', options.gpu, expected);
  }
  const estimate = architecture && estimateModel(architecture, request);
  const setup = costSetup(subject, options, request, at);
  const cost = model && costFigures(setup);
  return {
    subject,
    tokens,
    outputTokens,
    users,
    ...(estimate && { estimate }),
    ...(model && { hostedFit: hostedFit(model, tokens, outputTokens) }),
    quality: lengthWarning(model ?? subject.name, tokens),
    ...(cost && { cost }),
    ...batchCost(setup, model),
    ...breakEven(setup, model, options, at),
    ...hostingCost(options, request, estimate, cost),
    ...stackSteps(options, estimate),
    ...conversation(options, request, setup, estimate, model),
  };
}

function estimateRequest(
  { architecture }: EstimatedModel,
  options: EstimateOptions,
): EstimateRequest {
  const count =
    options.count === undefined ? undefined : wholeNumber('count', options.count, 1, 4096);
  const kvDtype = parseKvDtype(options.kvDtype);
  const weightDtype = parseWeightDtype(options.dtype ?? architecture?.weightDtype ?? 'bf16');
  const deployment: Deployment | undefined =
    options.gpu === undefined
      ? undefined
      : deploymentOn(hardwareById(options.gpu), {
          engine: parseEngine(options.engine),
          weightDtype,
          kvDtype,
          tensorParallel: count ?? 1,
          pipelineParallel: wholeNumber('stages', options.stages, 1, 4096),
          contextParallel: wholeNumber('ring', options.ring, 1, 4096),
        });
  const tokens = wholeNumber('tokens', options.tokens, 1);
  const cachedPrefixTokens = wholeNumber('cached-prefix', options.cachedPrefix, 0);
  if (cachedPrefixTokens >= tokens) {
    throw new InputError('cached-prefix', cachedPrefixTokens, `less than the ${tokens} tokens`);
  }
  return {
    tokens,
    outputTokens: wholeNumber('output', options.output, 0),
    policy: parsePolicy(options.policy),
    ...(options.chunk !== undefined && { chunkTokens: wholeNumber('chunk', options.chunk, 1) }),
    flashAttention: options.flash,
    logitsForAllTokens: options.allLogits === true,
    cachedPrefixTokens,
    users: wholeNumber('users', options.users, 1, 1e6),
    ...(options.stretch !== undefined && { stretch: parseStretch(options.stretch) }),
    kvDtype,
    ...(count !== undefined && { gpuCount: count }),
    ...(deployment && { deployment }),
  };
}

function hostedFit(model: Model, tokens: number, reservedOutputTokens: number): FitVerdict {
  const budget = budgetFor(model, { reservedOutputTokens, overheadTokens: 0 });
  return verdictFor(exactCount(tokens, 'o200k_base'), budget, model.maxInputTokens?.value);
}

function costSetup(
  { name, model }: EstimatedModel,
  options: EstimateOptions,
  request: EstimateRequest,
  at: Date,
): CostSetup {
  return {
    modelName: name,
    prices: model?.prices,
    input: { ...exactCount(request.tokens, 'o200k_base'), basis: 'as given' },
    outputTokens: request.outputTokens,
    cachedShare: request.cachedPrefixTokens / request.tokens,
    callsPerDay: amount('calls-per-day', options.callsPerDay, 0, 1e12),
    at,
  };
}

function batchCost(setup: CostSetup, model: Model | undefined) {
  if (model?.batchPrices === undefined) return {};
  return { batchCost: costFigures({ ...setup, prices: model.batchPrices }) };
}

function breakEven(setup: CostSetup, model: Model | undefined, options: EstimateOptions, at: Date) {
  const cacheHitRate = amount('cache-hit-rate', options.cacheHitRate, 0, 1);
  const cached = setup.cachedShare * setup.input.tokens;
  const prefixTokens = cached > 0 ? cached : setup.input.tokens;
  const otherInputTokens = setup.input.tokens - prefixTokens;
  const { outputTokens } = setup;
  const prefix = { prefixTokens, otherInputTokens, outputTokens, cacheHitRate };
  const found = cacheBreakEven(prefix, model?.prices?.value, at);
  return found === undefined ? {} : { breakEven: found };
}

function hostingCost(
  options: EstimateOptions,
  request: EstimateRequest,
  estimate: ModelEstimate | undefined,
  cost: CostFigures | undefined,
) {
  const utilization = amount('utilization', options.utilization, 0, 1, true);
  if (options.gpuHourUsd === undefined) return {};
  const gpuHourUsd = amount('gpu-hour-usd', options.gpuHourUsd, 0, 1e6);
  if (estimate?.deployment === undefined) {
    throw new InputError('gpu', options.gpu, 'given, to work out what self-hosting costs');
  }
  const { architecture, deployment } = estimate;
  const chunkTokens = request.chunkTokens ?? defaultChunkTokens(deployment);
  const hosting = hostingFigures(
    {
      latency: {
        architecture,
        deployment,
        ...(chunkTokens !== undefined && { chunkTokens }),
        cachedShare: request.cachedPrefixTokens / request.tokens,
        concurrency: request.users,
      },
      promptTokens: request.tokens,
      outputTokens: request.outputTokens,
      utilization,
      gpuHourUsd,
    },
    cost?.call.value,
    amount('calls-per-day', options.callsPerDay, 0, 1e12),
  );
  const perHour = hosting.callsPerBusyHour.value;
  if (perHour === undefined) return { hosting };
  const cards = { gpuCount: gpuCount(deployment), gpuHourUsd, utilization };
  return { hosting, hosted: selfHostedCost({ ...cards, callsPerBusyHour: perHour }) };
}

function stackSteps(options: EstimateOptions, estimate: ModelEstimate | undefined) {
  if (options.stack === undefined) return {};
  const switches = parseStack(options.stack);
  if (estimate?.deployment === undefined) {
    throw new InputError('gpu', options.gpu, 'given, to find the longest context on it');
  }
  return { stack: techniqueStack(estimate.architecture, estimate.deployment, switches) };
}

function conversation(
  options: EstimateOptions,
  request: EstimateRequest,
  setup: CostSetup,
  estimate: ModelEstimate | undefined,
  model: Model | undefined,
) {
  if (options.turns === undefined) return {};
  const turns = wholeNumber('turns', options.turns, 1, 1000);
  const promptTokensPerTurn = wholeNumber('turn-prompt', options.turnPrompt, 1);
  const cacheHitRate = amount('cache-hit-rate', options.cacheHitRate, 0, 1);
  const limits = {
    contextWindowTokens:
      model?.contextWindowTokens?.value ?? estimate?.architecture.contextWindowTokens,
    maxInputTokens: model?.maxInputTokens?.value,
  };
  const cost = conversationFigures(setup, { turns, promptTokensPerTurn, cacheHitRate }, limits);
  if (estimate?.deployment === undefined) return { conversation: { cost } };
  const { architecture, deployment } = estimate;
  const chunkTokens = request.chunkTokens ?? defaultChunkTokens(deployment);
  const load = {
    ...{ turns, promptTokensPerTurn, concurrency: request.users },
    prefixTokens: request.tokens,
    outputTokensPerTurn: request.outputTokens,
    ...(chunkTokens !== undefined && { chunkTokens }),
  };
  const memory = {
    sequences: request.users,
    policy: request.policy,
    chunkTokens: chunkTokens ?? Infinity,
  };
  return {
    conversation: { cost, latency: conversationLatency(architecture, deployment, load, memory) },
  };
}
