import type { Architecture, TokenMixer } from '../core/architectures/architecture.ts';
import { architectures } from '../core/architectures/architectures.ts';
import { formatCount } from '../core/format/numbers.ts';
import { shortName } from './realModel.ts';
import { plural } from './words.ts';

/** A model whose shape we hold, and how it uses a mechanism. */
export interface ModelUse {
  readonly id: string;
  readonly name: string;
  readonly how: string;
}

export interface ModelsUsing {
  readonly models: readonly ModelUse[];
  /** Said in place of, or beside, the list. */
  readonly note?: string;
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
    const span = spanTokens === undefined ? undefined : `${word} of ${plural(spanTokens, 'token')}`;
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
    const trained = original === undefined ? '' : `trained at ${plural(original, 'token')}`;
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
      `${numHeads} query heads, ${plural(numKvHeads, 'KV head')}`,
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

/** Mechanisms that are chosen where a model runs, not where it is made. */
const servingMechanisms = new Set([11, 14, 15, 16, 17, 18, 38, 39]);

const notes: Readonly<Record<number, string>> = {
  20: 'Models whose record gives the base of the frequencies or their scaling.',
  32: 'None in the catalogue. Stacks that mix local and global layers all the way up are under hybrid stacks.',
  33: 'No part of a model: it can be measured on any of them.',
  37: 'None of the catalogue has S4 layers; these have Mamba’s selective ones.',
};

/** The models that use a mechanism of the table, by its number, in the order of the records. */
export function modelsUsing(mechanism: number): ModelsUsing {
  const rule = rules[mechanism] as Rule | undefined;
  const models = architectures.flatMap((architecture) => {
    const how = rule?.(architecture);
    return how === undefined ? [] : [{ id: architecture.id, name: shortName(architecture), how }];
  });
  if (servingMechanisms.has(mechanism)) {
    const all = plural(architectures.length, 'model');
    return {
      models,
      note: `A way of computing or serving, no part of a model: all ${all} of the catalogue can be run so.`,
    };
  }
  const note = notes[mechanism] ?? (models.length === 0 ? 'None in the catalogue.' : undefined);
  return { models, ...(note === undefined ? {} : { note }) };
}

/** Numbers of the mechanisms that a model uses, by its id: what its card links to. */
export function mechanismsOf(architectureId: string): readonly number[] {
  const architecture = architectures.find(({ id }) => id === architectureId);
  if (architecture === undefined) return [];
  return Object.keys(rules)
    .map(Number)
    .filter((mechanism) => rules[mechanism](architecture) !== undefined);
}
