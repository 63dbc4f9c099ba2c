import { architectureById } from '../../core/architectures/architectures.ts';
import { countParameters } from '../../core/architectures/parameters.ts';
import { kvCacheBytesPerToken } from '../../core/estimates/kvCache.ts';
import { formatCount, formatNumber, formatSeconds } from '../../core/format/numbers.ts';
import { hardwareById } from '../../core/hardware/hardware.ts';
import {
  continuousBatching,
  createRandom,
  rooflineClock,
  staticBatching,
  type ServingRequest,
  type ServingRun,
  type StepClock,
} from '../../engine/index.ts';
import { numberValue, seedControl, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { countRow, numberRow, percentRow, secondsRow } from '../numberRows.ts';
import type { BarsPicture, BlocksPicture } from '../picture.ts';
import { costedTokens, shortName } from '../realModel.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'numRequests', label: 'Requests', min: 2, max: 16, step: 1, initial: 8 },
  { kind: 'number', id: 'maxRequests', label: 'At once at most', min: 1, max: 16, step: 1, initial: 4 },
  { kind: 'number', id: 'stepBudgetTokens', label: 'Tokens a step may compute', min: 16, max: 8192, step: 1, initial: 512, logarithmic: true },
  { kind: 'number', id: 'gapMilliseconds', label: 'One arrives every … ms', min: 0, max: 500, step: 10, initial: 50 },
  seedControl,
]; // prettier-ignore

const cardId = 'h100-sxm';
const modelId = 'llama-3.1-8b';
/** Steps shown around the present one. */
const shownSteps = 32;

const kinds = [
  { name: 'not there yet, or done', isNothing: true },
  { name: 'waits' },
  { name: 'prefill' },
  { name: 'one decoded token' },
  { name: 'runs for nothing: its batch is not done' },
];

/** Llama 3.1 8B on one H100, by reading weights and caches and by arithmetic, whichever takes longer. */
function llamaClock(): StepClock {
  const model = architectureById(modelId);
  const card = hardwareById(cardId);
  const parameters = countParameters(model);
  const perToken = kvCacheBytesPerToken(model);
  const { memoryBytesPerSecond, bf16FlopPerSecond } = card;
  if (!parameters || !perToken || !memoryBytesPerSecond || !bf16FlopPerSecond) {
    throw new Error(`the shape of ${modelId} or the rates of ${cardId} are not known`);
  }
  return rooflineClock({
    weightBytes: 2 * parameters.total,
    kvCacheBytesPerToken: perToken,
    bytesPerSecond: memoryBytesPerSecond,
    flopsPerToken: 2 * parameters.activePerToken,
    flopPerSecond: bf16FlopPerSecond,
    stepOverheadSeconds: 0,
  });
}

/** The first request is the text in hand; the others' lengths are drawn. */
export function servingPlan(input: DemoInput, numTokens: number) {
  const numRequests = numberValue(controls, input, 'numRequests');
  const gap = numberValue(controls, input, 'gapMilliseconds') / 1000;
  const random = createRandom(numberValue(controls, input, 'seed'));
  const requests: readonly ServingRequest[] = Array.from({ length: numRequests }, (_, idx) => ({
    arrivalSeconds: idx * gap,
    promptTokens: idx === 0 ? numTokens : 1 + random.integer(2 * numTokens),
    // Short answers are common, long ones are not.
    outputTokens: 4 + Math.floor(60 * random.uniform() ** 3),
  }));
  const maxRequests = numberValue(controls, input, 'maxRequests');
  // Every request that decodes needs a token of the budget.
  const stepBudgetTokens = Math.max(numberValue(controls, input, 'stepBudgetTokens'), maxRequests);
  const options = { stepSeconds: llamaClock(), maxRequests, stepBudgetTokens };
  return { requests, options };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length;
const firstTokens = (run: ServingRun) => run.requests.map((one) => one.timeToFirstTokenSeconds);

export const continuousBatchingDemo: Demo = {
  id: 'continuousBatching',
  mechanism: 39,
  title: 'Continuous batching',
  line: 'Requests join and leave at every step; prompts go in as chunks beside the others’ tokens.',
  tags: ['systems'],
  basis: 'arithmetic',
  notice:
    'Step through both servers. The static one forms a batch and runs it until its longest answer is done: whoever is finished idles, whoever arrives waits. The continuous one fills a free place at the next step, and cuts prompts into chunks that share the step’s budget with the others’ decoded tokens, so that nobody’s tokens stop for a long prompt. Each step takes the time of reading the weights and caches or of the arithmetic, whichever is longer: with few requests the weights dominate, and one more request costs next to nothing. Times are a roofline without any overhead, so a lower bound.',
  formula: 'step seconds = max((weights + caches) / bandwidth, tokens × 2 P / FLOP/s)',
  source: {
    title: 'Yu et al. 2022, Orca, section 3',
    url: 'https://www.usenix.org/conference/osdi22/presentation/yu',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const { length } = takenTokens(continuousBatchingDemo, input);
    const { requests, options } = servingPlan(input, length);
    const continuous = continuousBatching(requests, options);
    const fixed = staticBatching(requests, options);
    const model = architectureById(modelId);
    const card = hardwareById(cardId);
    const set = costedTokens(input);
    const alone = options.stepSeconds({
      prefillTokens: set,
      decodeTokens: 0,
      idleTokens: 0,
      cachedTokens: 0,
    });
    const on = `${shortName(model)} on ${card.name}, roofline without overhead`;
    const bars: BarsPicture = {
      kind: 'bars',
      title: 'Time to first token',
      summary: `Mean ${formatSeconds(mean(firstTokens(continuous)))} with continuous batching, ${formatSeconds(mean(firstTokens(fixed)))} with static batches.`,
      valueLabel: 'seconds',
      unit: 'seconds',
      categories: [{ name: 'seconds' }],
      bars: requests.flatMap((_, idx) => [
        {
          label: `${idx + 1} continuous`,
          parts: [continuous.requests[idx].timeToFirstTokenSeconds],
        },
        { label: `${idx + 1} static`, parts: [fixed.requests[idx].timeToFirstTokenSeconds] },
      ]),
    };
    const shared = [
      numberRow('throughput', 'Output tokens a second', continuous.decodeTokensPerSecond, on),
      numberRow('staticThroughput', 'The same with static batches', fixed.decodeTokensPerSecond),
      secondsRow('meanFirstToken', 'Mean time to first token', mean(firstTokens(continuous))),
      secondsRow('staticMeanFirstToken', 'The same with static batches', mean(firstTokens(fixed))),
      percentRow('staticIdleShare', 'Static: rows that ran for nothing', fixed.idleShare),
      secondsRow('ownFirstToken', 'Your text’s time to first token', continuous.requests[0].timeToFirstTokenSeconds, `${formatCount(length)} tokens, the first request`),
      secondsRow('totalSeconds', 'All requests done after', continuous.totalSeconds, `static: ${formatSeconds(fixed.totalSeconds)}`),
      secondsRow('modelSeconds', 'Your whole context set as one prompt, alone', alone, `${formatCount(set)} tokens, ${on}, attention’s own square not counted`),
    ]; // prettier-ignore
    return {
      // Step by step of the continuous server.
      numFrames: continuous.steps.length,
      openingFrame: Math.floor(continuous.steps.length / 2),
      keyNumberId: 'throughput',
      frame(index) {
        const step = continuous.steps[index];
        const count = (phase: string) => step.work.filter((one) => one.phase === phase).length;
        const tokens = step.work.reduce((sum, one) => sum + one.tokens, 0);
        const begun = fixed.steps.filter((one) => one.startSeconds <= step.startSeconds).length;
        const caption = `Step ${index + 1} of ${continuous.steps.length}, at ${formatSeconds(step.startSeconds)}: ${plural(count('decode'), 'request decodes', 'requests decode')}, ${count('prefill')} in prefill, ${plural(tokens, 'token')} in ${formatSeconds(step.endSeconds - step.startSeconds)}.`;
        return {
          caption,
          pictures: [
            timeLine('Continuous batching', continuous, requests, index),
            timeLine('Static batches, at the same time', fixed, requests, Math.max(0, begun - 1)),
            bars,
          ],
          numbers: [
            ...shared.slice(0, 1),
            countRow(
              'stepTokens',
              'Tokens that this step computes',
              tokens,
              `at most ${formatNumber(options.stepBudgetTokens)}`,
            ),
            secondsRow('stepSeconds', 'This step takes', step.endSeconds - step.startSeconds, on),
            ...shared.slice(1),
          ],
        };
      },
    };
  },
};

/** The steps around the present one, a row for each request. */
function timeLine(
  title: string,
  run: ServingRun,
  requests: readonly ServingRequest[],
  index: number,
): BlocksPicture {
  const first = Math.max(0, Math.min(index - shownSteps / 2, run.steps.length - shownSteps));
  const shown = run.steps.slice(first, first + shownSteps);
  const categoryOf = (requestIdx: number, place: number) => {
    const step = shown[place];
    if (first + place > index) return 0;
    const own = step.work.find((one) => one.requestIdx === requestIdx);
    if (own !== undefined) return { prefill: 2, decode: 3, idle: 4 }[own.phase];
    const { arrivalSeconds } = requests[requestIdx];
    const waits = run.requests[requestIdx].startSeconds > step.startSeconds;
    return waits && arrivalSeconds <= step.startSeconds ? 1 : 0;
  };
  return {
    kind: 'blocks',
    title,
    summary: `Steps ${first + 1} to ${Math.min(index + 1, first + shown.length)} of ${run.steps.length}, a row for each request.`,
    categories: kinds,
    rows: requests.map((request, requestIdx) => ({
      label: `${requestIdx + 1}: ${formatCount(request.promptTokens)} in, ${request.outputTokens} out`,
      cells: shown.map(({ work }, place) => {
        const category = categoryOf(requestIdx, place);
        const own = work.find((one) => one.requestIdx === requestIdx);
        return category === 2 ? { category, label: formatCount(own?.tokens ?? 0) } : { category };
      }),
    })),
  };
} // prettier-ignore
