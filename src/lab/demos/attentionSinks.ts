import { architectureById } from '../../core/architectures/architectures.ts';
import { maxAbsDifference, referenceAttention } from '../../engine/index.ts';
import { choiceValue, numberValue, requireQueryIdx, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput, TokenVisibility } from '../demo.ts';
import { tokenVectors } from '../embed.ts';
import { countRow, numberRow, percentRow } from '../numberRows.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { categoryTokens } from '../pictures/tokensPicture.ts';
import { shortName, cacheRow, costedTokens } from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  {
    kind: 'choice',
    id: 'scheme',
    label: 'Where the surplus weight goes',
    options: [
      { value: 'firstToken', label: 'to the first token (as in most models)' },
      { value: 'sinkLogit', label: 'to a learned sink logit (gpt-oss)' },
    ],
    initial: 'firstToken',
  },
  { kind: 'number', id: 'numSinks', label: 'First tokens kept (0: a plain window)', min: 0, max: 16, step: 1, initial: 0 },
  { kind: 'number', id: 'windowTokens', label: 'Window (tokens)', min: 1, max: 4096, step: 1, initial: 16, logarithmic: true },
  { kind: 'number', id: 'sinkScore', label: 'Score of the sink', min: 0, max: 16, step: 0.5, initial: 8 },
]; // prettier-ignore

const valueDim = 4;

export interface SinkPlan {
  readonly hasSinkLogit: boolean;
  readonly numSinks: number;
  readonly windowTokens: number;
  readonly sinkScore: number;
}

/**
 * Every query scores 0 on every key, but `sinkScore` on the first token, whose value is zero; or on the sink logit, and then
 * the first token is like the others. So surplus weight goes where it does no harm, as long as that place is there.
 * @returns values (tokens, valueDim) and scores (tokens)
 */
export function sinkConstruction(tokens: readonly string[], plan: SinkPlan) {
  const values = tokenVectors(tokens, valueDim, 1);
  const scores = new Float32Array(tokens.length);
  if (!plan.hasSinkLogit) {
    values.fill(0, 0, valueDim);
    scores[0] = plan.sinkScore;
  }
  return { values, scores };
}

function planOf(input: DemoInput): SinkPlan {
  return {
    hasSinkLogit: choiceValue(controls, input, 'scheme') === 'sinkLogit',
    numSinks: numberValue(controls, input, 'numSinks'),
    windowTokens: numberValue(controls, input, 'windowTokens'),
    sinkScore: numberValue(controls, input, 'sinkScore'),
  };
}

/** Positions in the cache once token `idx` is read: the first `numSinks` and the last `windowTokens`. */
function keptAt(idx: number, plan: SinkPlan): readonly number[] {
  const windowStart = Math.max(0, idx - plan.windowTokens + 1);
  const sinks = Array.from({ length: Math.min(plan.numSinks, windowStart) }, (_, sink) => sink);
  const window = Array.from({ length: idx + 1 - windowStart }, (_, place) => windowStart + place);
  return [...sinks, ...window];
}

/** One step over the kept positions. */
function attendTo(
  construction: ReturnType<typeof sinkConstruction>,
  kept: readonly number[],
  plan: SinkPlan,
) {
  const k = Float32Array.from(kept, (idx) => construction.scores[idx]);
  const v = new Float32Array(kept.length * valueDim);
  kept.forEach((idx, place) => {
    v.set(construction.values.subarray(idx * valueDim, (idx + 1) * valueDim), place * valueDim);
  });
  return attend(k, v, kept[0] === 0, plan);
}

/** One step with everything kept; nothing is copied. */
function attendToAll(
  construction: ReturnType<typeof sinkConstruction>,
  idx: number,
  plan: SinkPlan,
) {
  const k = construction.scores.subarray(0, idx + 1);
  return attend(k, construction.values.subarray(0, (idx + 1) * valueDim), true, plan);
}

/** The output of one step, and the share of the weight on the sink. */
function attend(k: Float32Array, v: Float32Array, hasFirst: boolean, plan: SinkPlan) {
  const shape = { numHeads: 1, numKvHeads: 1, queryTokens: 1, keyTokens: k.length, headDim: 1 };
  const { output, weights = new Float64Array(0) } = referenceAttention(
    Float32Array.of(1),
    k,
    v,
    { ...shape, valueDim },
    {
      keepWeights: true,
      ...(plan.hasSinkLogit ? { sinkLogits: Float32Array.of(plan.sinkScore) } : {}),
    },
  );
  const onKeys = weights.reduce((sum, one) => sum + one, 0);
  const onSink = plan.hasSinkLogit ? 1 - onKeys : hasFirst ? weights[0] : 0;
  return { output, onSink: Math.max(0, onSink) };
}

/** Step `idx` under the cache and with everything kept; `full` when that was computed already. */
function stepAt(
  construction: ReturnType<typeof sinkConstruction>,
  idx: number,
  plan: SinkPlan,
  full = attendToAll(construction, idx, plan),
) {
  const kept = keptAt(idx, plan);
  const own = attendTo(construction, kept, plan);
  const error = maxAbsDifference(own.output, full.output);
  return { kept, error, onSink: own.onSink, fullOnSink: full.onSink };
}

export const attentionSinksDemo: Demo = {
  id: 'attentionSinks',
  mechanism: 10,
  title: 'Attention sinks',
  line: 'Weight that has nowhere to go sits on the first token: evict it and the output breaks.',
  tags: ['caches', 'patterns'],
  basis: 'a construction whose outcome is known',
  notice:
    'The construction puts nearly all weight on the first token, whose value is zero: a way to attend to nothing. Step past the window with no first token kept: the moment it is evicted, its weight falls on ordinary tokens and the output jumps. Keep one first token and it stays calm; give the softmax a sink logit of its own, as gpt-oss does, and there is nothing to evict. The limit: StreamingLLM keeps a model fluent over endless text, it does not make it remember: what left the window is gone. The real method also counts positions inside its cache; here positions play no part.',
  formula:
    'cache = first s tokens + last W; or softmax over scores and one extra logit: exp(sᵢ) / (Σ exp(sⱼ) + exp(sink))',
  source: {
    title: 'Xiao et al. 2023, Efficient Streaming Language Models with Attention Sinks',
    url: 'https://arxiv.org/abs/2309.17453',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(attentionSinksDemo, input);
    const plan = planOf(input);
    const construction = sinkConstruction(tokens, plan);
    const some = Math.min(tokens.length, tokens.length <= 1024 ? 96 : 48);
    const steps = [
      ...new Set(
        Array.from({ length: some }, (_, idx) =>
          Math.round((idx * (tokens.length - 1)) / Math.max(1, some - 1)),
        ),
      ),
    ];
    // With everything kept it makes no difference how many first tokens are: one row for each construction.
    const fullRows = [false, true].map((hasSinkLogit) => {
      const changed = { ...plan, hasSinkLogit };
      const under = sinkConstruction(tokens, changed);
      return { under, full: steps.map((idx) => attendToAll(under, idx, changed)) };
    });
    const line = (name: string, changes: Pick<SinkPlan, 'hasSinkLogit' | 'numSinks'>) => {
      const { under, full } = fullRows[Number(changes.hasSinkLogit)];
      const changed = { ...plan, ...changes };
      return {
        name,
        points: steps.map(
          (idx, place) => [idx, stepAt(under, idx, changed, full[place]).error] as const,
        ),
      };
    };
    const series = [
      line('window alone, sink on the first token', { hasSinkLogit: false, numSinks: 0 }),
      line('window and one first token', { hasSinkLogit: false, numSinks: 1 }),
      line('window, sink logit', { hasSinkLogit: true, numSinks: 0 }),
    ];
    const llama = architectureById('llama-3.1-8b');
    const set = costedTokens(input);
    const shared = [
      ...cacheRow('modelBytes', `${shortName(llama)}’s cache of your tokens, kept so`, llama, Math.min(set, plan.numSinks + plan.windowTokens)),
      ...cacheRow('modelFullBytes', `${shortName(llama)}’s cache of your tokens, full`, llama, set),
    ]; // prettier-ignore
    return {
      numFrames: tokens.length,
      openingFrame: tokens.length - 1,
      keyNumberId: 'error',
      frame(index) {
        const { kept, error, onSink, fullOnSink } = stepAt(construction, index, plan);
        const inCache = new Set(kept);
        const windowStart = index - plan.windowTokens + 1;
        const isGone = !plan.hasSinkLogit && !inCache.has(0);
        const caption = `${namedToken(tokens, index)}: ${plural(kept.length, 'token')} in the cache${isGone ? ', the sink evicted' : ''}.`;
        return {
          caption,
          pictures: [
            categoryTokens(
              { title: 'What the cache keeps', summary: caption, tokens },
              [{ name: 'not read yet', isNothing: true }, { name: 'evicted', isNothing: true }, { name: 'in the window' }, { name: 'first token, kept' }],
              (idx) => {
                if (idx > index) return 0;
                if (!inCache.has(idx)) return 1;
                return idx >= windowStart ? 2 : 3;
              },
            ),
            seriesPicture({
              title: 'Difference from the full cache',
              summary: 'Largest difference of the output at each step, for three ways to keep the sink.',
              xLabel: 'token',
              yLabel: 'difference',
              series,
              rules: [{ axis: 'x', value: index, label: 'this step' }],
            }),
          ],
          numbers: [
            numberRow('error', 'Difference from the full cache', error, 'largest of the output’s numbers'),
            percentRow('onSink', 'Weight on the sink', onSink),
            percentRow('fullOnSink', 'With everything kept', fullOnSink),
            countRow('cacheTokens', 'Tokens in the cache', kept.length),
            ...shared,
          ],
        };
      },
    }; // prettier-ignore
  },
  visibility: (input, queryIdx) => {
    const { length } = takenTokens(attentionSinksDemo, input);
    requireQueryIdx(queryIdx, length);
    const { numSinks, windowTokens } = planOf(input);
    return Array.from({ length }, (_, idx): TokenVisibility => {
      if (idx === queryIdx) return 'self';
      if (idx > queryIdx) return 'nothing';
      if (idx > queryIdx - windowTokens) return 'window';
      return idx < numSinks ? 'sink' : 'evicted';
    });
  },
};
