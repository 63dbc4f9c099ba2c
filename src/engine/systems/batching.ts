import { EngineInputError, requirePositive, requirePositiveInteger } from '../errors.ts';
import type { BatchStepEvent, BatchWork, StepObserver } from '../stepEvents.ts';

export interface ServingRequest {
  readonly arrivalSeconds: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** What one step computes, for the clock. */
export interface StepWork {
  readonly prefillTokens: number;
  readonly decodeTokens: number;
  /** Rows that run along for nothing: finished requests of a static batch. */
  readonly idleTokens: number;
  /** Tokens in the caches that the step reads. */
  readonly cachedTokens: number;
}

/** Seconds a step takes. */
export type StepClock = (work: StepWork) => number;

export interface ServingOptions {
  readonly stepSeconds: StepClock;
  /** Requests that may run at once. */
  readonly maxRequests: number;
  /** Tokens a step may compute, prefill and decode together (vLLM's `max_num_batched_tokens`); continuous batching only. */
  readonly stepBudgetTokens: number;
  /** Most tokens the caches hold together; unlimited when left out. A request waits until its whole length fits. */
  readonly cacheTokens?: number;
  readonly observer?: StepObserver;
}

export interface RequestTiming {
  readonly requestIdx: number;
  /** When the first of its work began. */
  readonly startSeconds: number;
  /** From arrival to first token: waiting and prefill. */
  readonly timeToFirstTokenSeconds: number;
  /** From arrival to last token. */
  readonly endToEndSeconds: number;
  /** Mean gap between its tokens; undefined for an output of one token. */
  readonly timePerOutputTokenSeconds: number | undefined;
}

export interface ServingRun {
  readonly requests: readonly RequestTiming[];
  readonly steps: readonly BatchStepEvent[];
  readonly totalSeconds: number;
  /** Output tokens per second over the whole run, all requests together; 0 without requests. */
  readonly decodeTokensPerSecond: number;
  /** Rows that ran for nothing against all rows computed, 0 to 1. */
  readonly idleShare: number;
}

/**
 * A roofline clock: the slower of reading weights and caches and of computing, and a fixed part per step. Attention's
 * quadratic term is left out.
 */
export function rooflineClock(device: {
  readonly weightBytes: number;
  readonly kvCacheBytesPerToken: number;
  readonly bytesPerSecond: number;
  readonly flopsPerToken: number;
  readonly flopPerSecond: number;
  readonly stepOverheadSeconds: number;
}): StepClock {
  for (const [name, value] of Object.entries(device)) {
    if (name === 'stepOverheadSeconds' && value === 0) continue;
    requirePositive(name, value);
  }
  return ({ prefillTokens, decodeTokens, idleTokens, cachedTokens }) => {
    const bytes = device.weightBytes + cachedTokens * device.kvCacheBytesPerToken;
    const flops = (prefillTokens + decodeTokens + idleTokens) * device.flopsPerToken;
    return (
      device.stepOverheadSeconds +
      Math.max(bytes / device.bytesPerSecond, flops / device.flopPerSecond)
    );
  };
}

interface Running {
  readonly requestIdx: number;
  readonly request: ServingRequest;
  prefilled: number;
  produced: number;
  startSeconds: number | undefined;
  firstTokenSeconds: number;
  endSeconds: number;
}

const isFinished = ({ produced, request }: Running) => produced === request.outputTokens;
const isPrefilling = ({ prefilled, request }: Running) => prefilled < request.promptTokens;

/**
 * Continuous batching: requests join and leave at every step. A step decodes one token of every request that is past its
 * prompt, then spends what is left of its budget on prompts, in chunks, oldest request first. (Yu et al. 2022, "Orca",
 * section 3; Agrawal et al. 2024, "Sarathi-Serve", section 4.)
 */
export function continuousBatching(
  requests: readonly ServingRequest[],
  options: ServingOptions,
): ServingRun {
  requirePositiveInteger('stepBudgetTokens', options.stepBudgetTokens);
  if (options.stepBudgetTokens < options.maxRequests) {
    throw new EngineInputError(
      `stepBudgetTokens must be at least maxRequests so that all can decode, got ${options.stepBudgetTokens} and ${options.maxRequests}`,
    );
  }
  return serve(requests, options, (running, waiting, admit) => {
    const left = running.filter((one) => !isFinished(one));
    while (waiting.length > 0 && left.length < options.maxRequests) {
      const joined = admit(left);
      if (joined === undefined) break;
      left.push(joined);
    }
    let budget = options.stepBudgetTokens;
    const work = new Map<Running, BatchWork>();
    for (const one of left) {
      if (isPrefilling(one)) continue;
      work.set(one, { requestIdx: one.requestIdx, phase: 'decode', tokens: 1 });
      budget--;
    }
    for (const one of left) {
      if (!isPrefilling(one) || budget === 0) continue;
      const tokens = Math.min(budget, one.request.promptTokens - one.prefilled);
      work.set(one, { requestIdx: one.requestIdx, phase: 'prefill', tokens });
      budget -= tokens;
    }
    return { running: left, work };
  });
}

/**
 * Static batching: a batch is formed of the requests that have arrived, prefilled in one step, and decoded until its longest
 * output is done; nobody joins or leaves before. Finished requests keep their row, and whoever arrives waits.
 */
export function staticBatching(
  requests: readonly ServingRequest[],
  options: Omit<ServingOptions, 'stepBudgetTokens'>,
): ServingRun {
  return serve(requests, options, (running, waiting, admit) => {
    const batch = running.every(isFinished) ? [] : [...running];
    if (batch.length === 0) {
      while (waiting.length > 0 && batch.length < options.maxRequests) {
        const joined = admit(batch);
        if (joined === undefined) break;
        batch.push(joined);
      }
    }
    const work = new Map<Running, BatchWork>();
    for (const one of batch) {
      const { requestIdx } = one;
      if (isFinished(one)) work.set(one, { requestIdx, phase: 'idle', tokens: 0 });
      else if (isPrefilling(one)) {
        work.set(one, { requestIdx, phase: 'prefill', tokens: one.request.promptTokens });
      } else work.set(one, { requestIdx, phase: 'decode', tokens: 1 });
    }
    return { running: batch, work };
  });
}

/** Forms the next step from who is running and who waits; `admit` takes the first in line when the caches have room. */
type FormStep = (
  running: readonly Running[],
  waiting: readonly Running[],
  admit: (beside: readonly Running[]) => Running | undefined,
) => { readonly running: readonly Running[]; readonly work: ReadonlyMap<Running, BatchWork> };

function requireServing(
  requests: readonly ServingRequest[],
  options: Omit<ServingOptions, 'stepBudgetTokens'>,
): void {
  requirePositiveInteger('maxRequests', options.maxRequests);
  if (options.cacheTokens !== undefined) requirePositiveInteger('cacheTokens', options.cacheTokens);
  requests.forEach((request, idx) => {
    requirePositiveInteger(`request ${idx}'s promptTokens`, request.promptTokens);
    requirePositiveInteger(`request ${idx}'s outputTokens`, request.outputTokens);
    if (!(request.arrivalSeconds >= 0 && request.arrivalSeconds < Infinity)) {
      throw new EngineInputError(
        `request ${idx}'s arrivalSeconds must be 0 or more, got ${request.arrivalSeconds}`,
      );
    }
    const length = request.promptTokens + request.outputTokens;
    if (length > (options.cacheTokens ?? Infinity)) {
      throw new EngineInputError(
        `request ${idx} must fit in cacheTokens, got ${length} tokens and ${options.cacheTokens}`,
      );
    }
  });
}

function serve(
  requests: readonly ServingRequest[],
  options: Omit<ServingOptions, 'stepBudgetTokens'>,
  formStep: FormStep,
): ServingRun {
  requireServing(requests, options);
  const all = requests.map<Running>((request, requestIdx) => ({
    requestIdx,
    request,
    prefilled: 0,
    produced: 0,
    startSeconds: undefined,
    firstTokenSeconds: 0,
    endSeconds: 0,
  }));
  // Stable: of two that arrive at once the first in the list goes first.
  const toCome = [...all].sort((a, b) => a.request.arrivalSeconds - b.request.arrivalSeconds);
  const waiting: Running[] = [];
  const steps: BatchStepEvent[] = [];
  let running: readonly Running[] = [];
  let [now, idleRows, rows] = [0, 0, 0];
  const reserved = ({ request }: Running) => request.promptTokens + request.outputTokens;
  const admit = (beside: readonly Running[]) => {
    const taken = beside.reduce((sum, one) => sum + reserved(one), 0);
    if (waiting.length === 0 || taken + reserved(waiting[0]) > (options.cacheTokens ?? Infinity)) {
      return undefined;
    }
    return waiting.shift();
  };

  while (true) {
    while (toCome.length > 0 && toCome[0].request.arrivalSeconds <= now) {
      waiting.push(...toCome.splice(0, 1));
    }
    const step = formStep(running, waiting, admit);
    running = step.running;
    if (step.work.size === 0) {
      if (toCome.length === 0) break;
      now = toCome[0].request.arrivalSeconds;
      continue;
    }
    const startSeconds = now;
    const work = Array.from(step.work.values());
    const stepWork = summarise(step.work);
    const seconds = options.stepSeconds(stepWork);
    requirePositive('stepSeconds', seconds);
    now += seconds;
    rows += stepWork.prefillTokens + stepWork.decodeTokens + stepWork.idleTokens;
    idleRows += stepWork.idleTokens;

    for (const [one, { phase, tokens }] of step.work) {
      one.startSeconds ??= startSeconds;
      if (phase === 'idle') continue;
      if (phase === 'prefill') one.prefilled += tokens;
      if (isPrefilling(one)) continue;
      // The step that ends the prompt gives the first token; every later one gives one more.
      if (one.produced === 0) one.firstTokenSeconds = now;
      one.produced++;
      if (isFinished(one)) one.endSeconds = now;
    }
    const event = { stepIdx: steps.length, startSeconds, endSeconds: now, work };
    steps.push(event);
    options.observer?.batchStep?.(event);
  }

  const outputTokens = requests.reduce((sum, request) => sum + request.outputTokens, 0);
  return {
    requests: all.map(timingOf),
    steps,
    totalSeconds: now,
    decodeTokensPerSecond: now === 0 ? 0 : outputTokens / now,
    idleShare: rows === 0 ? 0 : idleRows / rows,
  };
}

function summarise(work: ReadonlyMap<Running, BatchWork>): StepWork {
  let [prefillTokens, decodeTokens, idleTokens, cachedTokens] = [0, 0, 0, 0];
  for (const [one, { phase, tokens }] of work) {
    if (phase === 'prefill') prefillTokens += tokens;
    if (phase === 'decode') decodeTokens += tokens;
    if (phase === 'idle') idleTokens++;
    cachedTokens += one.prefilled + Math.max(0, one.produced - 1);
  }
  return { prefillTokens, decodeTokens, idleTokens, cachedTokens };
}

function timingOf(one: Running): RequestTiming {
  const { arrivalSeconds, outputTokens } = one.request;
  return {
    requestIdx: one.requestIdx,
    startSeconds: one.startSeconds ?? arrivalSeconds,
    timeToFirstTokenSeconds: one.firstTokenSeconds - arrivalSeconds,
    endToEndSeconds: one.endSeconds - arrivalSeconds,
    timePerOutputTokenSeconds:
      outputTokens === 1
        ? undefined
        : (one.endSeconds - one.firstTokenSeconds) / (outputTokens - 1),
  };
}
