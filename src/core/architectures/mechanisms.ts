import { formatCount } from '../format/numbers.ts';
import type { Architecture, TokenMixer } from './architecture.ts';

/** A mechanism of the attention lab that a model uses. */
export interface MechanismUse {
  /** Its number in the attention lab, from 1 on. */
  readonly mechanism: number;
  /** The lab's demo of it, and that demo's title. */
  readonly demoId: string;
  readonly title: string;
  /** How the model uses it: "29 of 34 layers, window of 1,024 tokens". */
  readonly how: string;
}

/** How a model uses a mechanism; undefined when it does not, or when its record does not say. */
type Rule = (architecture: Architecture) => string | undefined;

function layersOf(architecture: Architecture, is: (layer: TokenMixer) => boolean): number {
  const groups = architecture.mixers ?? [];
  return groups.reduce((sum, { count, layer }) => sum + (is(layer) ? count : 0), 0);
}

function mixingLayers(architecture: Architecture): number {
  return layersOf(architecture, () => true);
}

/** "29 of 34 layers, window 1,024 tokens" */
function share(architecture: Architecture, count: number, more?: string): string {
  const all = mixingLayers(architecture);
  const layers = count === all ? `all ${formatCount(all)} layers` : `${formatCount(count)} of ${formatCount(all)} layers`;
  return more === undefined ? layers : `${layers}, ${more}`;
} // prettier-ignore

/** Layers of a kind that has a span: windows and chunks. */
function spans(kind: 'sliding' | 'chunked', word: string): Rule {
  return (architecture) => {
    const group = architecture.mixers?.find(({ layer }) => layer.kind === kind);
    if (group?.layer.kind !== kind) return undefined;
    const { spanTokens } = group.layer;
    const span =
      spanTokens === undefined ? undefined : `${word} of ${counted(spanTokens, 'token')}`;
    return share(architecture, group.count, span);
  };
}

const states: Readonly<Record<string, string>> = {
  mamba1: 'Mamba',
  mamba2: 'Mamba-2',
  gated_delta_net: 'gated delta rule',
  kimi_delta_attention: 'Kimi delta attention, a gated delta rule',
  lightning_attention: 'lightning attention',
};

/** Layers whose state is one of these; where the layers are not known, what the attention is called. */
function stateOf(names: readonly string[], word: RegExp): Rule {
  return (architecture) => {
    const group = architecture.mixers?.find(
      ({ layer }) => layer.kind === 'state' && names.includes(layer.name),
    );
    if (group?.layer.kind === 'state') {
      return share(architecture, group.count, states[group.layer.name]);
    }
    return architecture.mixers === undefined && word.test(architecture.attentionName)
      ? `${architecture.attentionName}; which layers has not been verified`
      : undefined;
  };
}

function scaling(type: string): Rule {
  return ({ ropeScaling }) => {
    if (ropeScaling?.type !== type) return undefined;
    const { factor, originalContextWindowTokens: original } = ropeScaling;
    const trained = original === undefined ? '' : `trained at ${counted(original, 'token')}`;
    const by = factor === undefined ? '' : `stretched by ${factor}`;
    return [trained, by].filter(Boolean).join(', ') || 'in its configuration';
  };
}

/** Of models whose record has no field for it, what their papers say. */
function published(uses: Readonly<Record<string, string>>): Rule {
  return ({ id }) => uses[id];
}

const mamba = stateOf(['mamba1', 'mamba2'], /mamba/i);

const rules: Readonly<Record<number, Rule>> = {
  1: ({ kind }) => (kind === 'decoder' ? 'decoder' : undefined),
  2: (architecture) => {
    const group = architecture.mixers?.find(
      ({ layer }) => layer.kind === 'full' || layer.kind === 'encoder',
    );
    if (group === undefined || !('numKvHeads' in group.layer)) return undefined;
    const { numHeads, numKvHeads } = group.layer;
    return share(
      architecture,
      group.count,
      `${numHeads} query heads, ${counted(numKvHeads, 'KV head')}`,
    );
  },
  3: (architecture) => {
    const group = architecture.mixers?.find(({ layer }) => layer.kind === 'mla');
    if (group?.layer.kind !== 'mla') return undefined;
    const { kvLoraRank, qkRopeHeadDim } = group.layer;
    return share(architecture, group.count, `latent of ${kvLoraRank} + ${qkRopeHeadDim}`);
  },
  4: spans('sliding', 'window'),
  8: published({
    'gpt3-175b':
      'alternates dense and locally banded sparse layers (Brown et al. 2020, section 2.1); the band is not published',
  }),
  9: spans('chunked', 'chunk'),
  10: ({ notes }) =>
    /attention sinks/.test(notes ?? '') ? 'a learned sink logit in every head' : undefined,
  13: stateOf(['lightning_attention'], /lightning/i),
  20: ({ hasRope }) => (hasRope === true ? 'rotary positions' : undefined),
  21: scaling('linear'),
  22: scaling('dynamic'),
  23: scaling('yarn'),
  24: scaling('llama3'),
  25: scaling('longrope'),
  27: mamba,
  28: stateOf(['gated_delta_net', 'kimi_delta_attention'], /delta/i),
  29: (architecture) => {
    const { mixers, attentionName } = architecture;
    if (mixers === undefined) return /hybrid/.test(attentionName) ? attentionName : undefined;
    if (new Set(mixers.map(({ layer }) => layer.kind)).size < 2) return undefined;
    const word = ({ layer }: (typeof mixers)[number]) =>
      layer.kind === 'state' ? (states[layer.name] ?? layer.name) : layer.kind;
    return mixers.map((group) => `${group.count} ${word(group)}`).join(', ');
  },
  30: ({ feedForwards }) => {
    const layer = feedForwards?.find((group) => group.layer.kind === 'moe')?.layer;
    if (layer?.kind !== 'moe') return undefined;
    return `${layer.expertsPerToken} of ${formatCount(layer.routedExperts)} experts for a token`;
  },
  31: ({ mixers, notes }) => {
    const mla = mixers?.find(({ layer }) => layer.kind === 'mla')?.layer;
    if (mla?.kind === 'mla' && mla.indexHeadDim !== undefined) return 'an indexer chooses the keys';
    return /block-sparse attention/i.test(notes ?? '') ? 'block-sparse attention' : undefined;
  },
  34: (architecture) => {
    const isWhole = (layer: TokenMixer) => layer.kind === 'full' || layer.kind === 'mla';
    const whole = layersOf(architecture, isWhole);
    return whole > 0 && whole === mixingLayers(architecture)
      ? `n² in each of ${whole} layers`
      : undefined;
  },
  35: published({
    gpt2: 'a learned table of 1,024 rows',
    'gpt2-xl': 'a learned table of 1,024 rows',
    'gpt3-175b': 'a learned table of 2,048 rows',
    'bert-base-uncased': 'a learned table of 512 rows',
    'bert-large-uncased': 'a learned table of 512 rows',
  }),
  37: mamba,
};

function counted(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`;
}

/** Demos of the mechanisms that a model's record can tell of. */
const demos: Readonly<Record<number, readonly [demoId: string, title: string]>> = {
  1: ['causalMasking', 'Causal masking'],
  2: ['denseAttention', 'Dense attention: MHA, GQA, MQA'],
  3: ['mla', 'MLA: multi-head latent attention'],
  4: ['slidingWindow', 'Sliding window attention'],
  8: ['sparseTransformer', 'Sparse Transformer: strided and fixed'],
  9: ['chunkedLocal', 'Chunked local attention'],
  10: ['attentionSinks', 'Attention sinks'],
  13: ['linearAttention', 'Linear attention'],
  20: ['rope', 'RoPE: rotary positions'],
  21: ['positionInterpolation', 'Position interpolation'],
  22: ['ntkAware', 'NTK-aware scaling, fixed and dynamic'],
  23: ['yarn', 'YaRN'],
  24: ['llama3Rope', 'Llama 3.1’s scaling'],
  25: ['longRope', 'LongRoPE'],
  27: ['mamba', 'Mamba and Mamba-2: a selective state'],
  28: ['gatedDeltaRule', 'Gated delta rule'],
  29: ['hybridStack', 'Hybrid stacks'],
  30: ['moeRouting', 'Mixture of experts: routing and balance'],
  31: ['dynamicSparsity', 'Dynamic sparsity'],
  34: ['quadraticWall', 'The quadratic wall'],
  35: ['absolutePositions', 'Absolute positions'],
  37: ['selectiveCopying', 'S4 against Mamba: selective copying'],
};

/** How a model uses a mechanism of the table; undefined when it does not, or when its record does not say. */
export function mechanismUse(mechanism: number, architecture: Architecture): string | undefined {
  return (rules[mechanism] as Rule | undefined)?.(architecture);
}

/** The mechanisms that a model uses, in the order of the table. */
export function mechanismsOf(architecture: Architecture): readonly MechanismUse[] {
  return Object.entries(demos).flatMap(([number, [demoId, title]]) => {
    const mechanism = Number(number);
    const how = mechanismUse(mechanism, architecture);
    return how === undefined ? [] : [{ mechanism, demoId, title, how }];
  });
}
