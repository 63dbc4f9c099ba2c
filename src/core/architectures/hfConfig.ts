import { jsonFault } from '../format/jsonText.ts';
import { InputError } from '../estimates/inputError.ts';
import type {
  Architecture,
  AttentionMixer,
  FeedForward,
  LayerGroup,
  TokenMixer,
} from './architecture.ts';
import { readRopeScaling } from './architectures.ts';
import {
  asFields,
  optionalBoolean,
  optionalCount,
  optionalFields,
  optionalText,
} from './fields.ts';
import type { Fields } from './fields.ts';
import { stateMixerOf } from './stateMixer.ts';

/** A config.json is a few kilobytes; anything much larger is not one. */
export const mostConfigCharacters = 4_000_000;

/** Model types whose caches follow formulas that we have not verified. */
const unverifiedTypes = /^(deepseek_v4|gemma4|gemma3n|minimax_m1)/;

/**
 * The shape in a Hugging Face config.json (its text). Multimodal configs are read for their `text_config`.
 * @throws InputError naming the field for what is not a config, or contradicts itself
 */
export function parseHfConfig(text: string, id = 'config.json'): Architecture {
  if (text.length > mostConfigCharacters) {
    throw new InputError('config.json', `${text.length} characters`, 'a few kilobytes of JSON');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new InputError('config.json', `${text.length} characters`, `JSON (${jsonFault(error)})`);
  }
  const outer = asFields(parsed, 'config.json');
  const fields = optionalFields(outer, 'text_config', 'config.json') ?? outer;
  const where = 'config.json';
  const type =
    optionalText(fields, 'model_type', where) ?? optionalText(outer, 'model_type', where);
  const numLayers = needed(fields, ['num_hidden_layers', 'n_layer', 'num_layers'], where);
  const hiddenSize = needed(fields, ['hidden_size', 'n_embd', 'd_model'], where);
  const scaling =
    optionalFields(fields, 'rope_scaling', where) ??
    optionalFields(fields, 'rope_parameters', where);
  const mixers = readMixers(fields, type, numLayers, hiddenSize, where);
  const feedForwards = readFeedForwards(fields, type, numLayers, where);
  const first = typeof mixers === 'string' ? undefined : mixers[0]?.layer;
  return {
    id: optionalText(outer, '_name_or_path', where) || id,
    name: optionalText(outer, '_name_or_path', where) || id,
    kind: type === 'bert' || type === 'roberta' ? 'encoder' : 'decoder',
    attentionName: attentionName(first),
    hiddenSize,
    vocabSize: optionalCount(fields, 'vocab_size', where),
    tiedEmbeddings: optionalBoolean(fields, 'tie_word_embeddings', where),
    numLayers,
    ...(typeof mixers === 'string' ? { mixersUnknownBecause: mixers } : { mixers }),
    ...(typeof feedForwards === 'string'
      ? { feedForwardsUnknownBecause: feedForwards }
      : { feedForwards }),
    contextWindowTokens:
      optionalCount(fields, 'max_position_embeddings', where) ??
      optionalCount(fields, 'n_positions', where),
    ropeScaling: scaling === undefined ? undefined : readRopeScaling(scaling, where),
    weightDtype: optionalText(fields, 'torch_dtype', where) ?? optionalText(fields, 'dtype', where),
    sources: [],
    notes: type === undefined ? undefined : `model_type ${type}`,
  };
}

function attentionName(layer: TokenMixer | undefined): string {
  if (layer === undefined) return 'unknown';
  if (layer.kind === 'state') return layer.name;
  if (layer.kind === 'mla') return 'MLA';
  if (layer.numKvHeads === layer.numHeads) return 'MHA';
  return layer.numKvHeads === 1 ? 'MQA' : 'GQA';
}

function needed(fields: Fields, names: readonly string[], where: string): number {
  for (const name of names) {
    const value = optionalCount(fields, name, where);
    if (value !== undefined) return value;
  }
  throw new InputError(`${where}.${names[0]}`, undefined, 'given');
}

function readMixers(
  fields: Fields,
  type: string | undefined,
  numLayers: number,
  hiddenSize: number,
  where: string,
): readonly LayerGroup<TokenMixer>[] | string {
  if (type !== undefined && unverifiedTypes.test(type)) {
    return `the cache of model_type ${type} follows a formula that has not been verified`;
  }
  if (type === 'mamba' || type === 'mamba2') {
    const ssm = {
      kind: type === 'mamba' ? 'mamba1' : 'mamba2',
      d_state: fields['state_size'],
      d_conv: fields['conv_kernel'],
      expand: fields['expand'] ?? 2,
      num_heads: fields['num_heads'],
      headdim: fields['head_dim'],
      ngroups: fields['n_groups'],
    };
    const layer = stateMixerOf(ssm, hiddenSize, where);
    return layer === undefined ? 'its state layers are incomplete' : [{ count: numLayers, layer }];
  }
  const full = readAttention(fields, hiddenSize, where);
  const types = layerTypes(fields, numLayers, where);
  const span = optionalCount(fields, 'sliding_window', where);
  const chunk = optionalCount(fields, 'attention_chunk_size', where);
  const count = (kind: string) => types.filter((one) => one === kind).length;
  const groups: LayerGroup<TokenMixer>[] = [];
  if (count('full') > 0) groups.push({ count: count('full'), layer: full });
  for (const [kind, spanTokens, field] of [
    ['sliding', span, 'sliding_window'],
    ['chunked', chunk, 'attention_chunk_size'],
  ] as const) {
    if (count(kind) === 0) continue;
    if (spanTokens === undefined) {
      throw new InputError(`${where}.${field}`, undefined, `given for its ${kind} layers`);
    }
    if (full.kind === 'mla') return 'windows over latent attention have not been verified';
    groups.push({ count: count(kind), layer: { ...full, kind, spanTokens } });
  }
  if (count('linear') > 0) {
    const ssm = {
      kind: 'gated_delta_net',
      num_k_heads: fields['linear_num_key_heads'],
      num_v_heads: fields['linear_num_value_heads'],
      k_head_dim: fields['linear_key_head_dim'],
      v_head_dim: fields['linear_value_head_dim'],
      conv_kernel: fields['linear_conv_kernel_dim'],
    };
    const layer = stateMixerOf(ssm, hiddenSize, where);
    if (layer === undefined) return 'the shape of its linear attention is incomplete';
    groups.push({ count: count('linear'), layer });
  }
  const unknownKind = types.find((one) => !['full', 'sliding', 'chunked', 'linear'].includes(one));
  if (unknownKind !== undefined) return `layers of kind ${unknownKind} have not been verified`;
  return groups;
}

/** One kind per layer, from `layer_types`, an interval or pattern, or the window. */
function layerTypes(fields: Fields, numLayers: number, where: string): readonly string[] {
  const listed = fields['layer_types'];
  if (Array.isArray(listed)) {
    if (listed.length !== numLayers) {
      throw new InputError(`${where}.layer_types`, listed, `a list of ${numLayers}, one per layer`);
    }
    return listed.map((one: unknown) => String(one).replace(/_attention$/, ''));
  }
  const each = (kindOf: (layer: number) => string) =>
    Array.from({ length: Math.min(numLayers, 10_000) }, (_, layer) => kindOf(layer));
  const interval = optionalCount(fields, 'full_attention_interval', where);
  if (interval !== undefined) return each((i) => ((i + 1) % interval === 0 ? 'full' : 'linear'));
  const isOff = optionalBoolean(fields, 'use_sliding_window', where) === false;
  const span = optionalCount(fields, 'sliding_window', where);
  if (span === undefined || isOff) return each(() => 'full');
  const type = optionalText(fields, 'model_type', where) ?? '';
  const pattern =
    optionalCount(fields, 'sliding_window_pattern', where) ??
    (type.startsWith('gemma3') ? 6 : type === 'gemma2' ? 2 : undefined);
  if (pattern !== undefined) return each((i) => ((i + 1) % pattern === 0 ? 'full' : 'sliding'));
  return each(() => 'sliding');
}

function readAttention(
  fields: Fields,
  hiddenSize: number,
  where: string,
): AttentionMixer | Extract<TokenMixer, { kind: 'mla' }> {
  const numHeads = needed(fields, ['num_attention_heads', 'n_head', 'num_heads'], where);
  const kvLoraRank = optionalCount(fields, 'kv_lora_rank', where);
  if (kvLoraRank !== undefined) {
    return {
      kind: 'mla',
      numHeads,
      kvLoraRank,
      qLoraRank: optionalCount(fields, 'q_lora_rank', where),
      qkRopeHeadDim: needed(fields, ['qk_rope_head_dim'], where),
      qkNopeHeadDim: needed(fields, ['qk_nope_head_dim'], where),
      valueHeadDim: needed(fields, ['v_head_dim'], where),
      indexHeadDim: optionalCount(fields, 'index_head_dim', where),
    };
  }
  const isMultiQuery = optionalBoolean(fields, 'multi_query', where) === true;
  const numKvHeads =
    optionalCount(fields, 'num_key_value_heads', where) ?? (isMultiQuery ? 1 : numHeads);
  if (numHeads % numKvHeads !== 0) {
    const rule = `a divisor of the ${numHeads} attention heads`;
    throw new InputError(`${where}.num_key_value_heads`, numKvHeads, rule);
  }
  const headDim = optionalCount(fields, 'head_dim', where) ?? hiddenSize / numHeads;
  if (!Number.isInteger(headDim)) {
    throw new InputError(
      `${where}.num_attention_heads`,
      numHeads,
      `a divisor of hidden_size ${hiddenSize}, as there is no head_dim`,
    );
  }
  return {
    kind: 'full',
    numHeads,
    numKvHeads,
    keyHeadDim: headDim,
    valueHeadDim: headDim,
    ownsKv: true,
  };
}

function readFeedForwards(
  fields: Fields,
  type: string | undefined,
  numLayers: number,
  where: string,
): readonly LayerGroup<FeedForward>[] | string {
  if (type === 'mamba' || type === 'mamba2') return [];
  const count = (names: readonly string[]) => {
    for (const name of names) {
      const value = optionalCount(fields, name, where, 0);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const hiddenSize = count(['hidden_size', 'n_embd', 'd_model']) ?? 0;
  const twoMatrices = /^(gpt2|gpt_neo|gpt_neox|falcon|bert|roberta|opt|bloom|phi)$/.test(
    type ?? '',
  );
  const intermediateSize =
    count(['intermediate_size', 'n_inner', 'ffn_dim']) ??
    (twoMatrices ? 4 * hiddenSize : undefined);
  const routedExperts = count(['n_routed_experts', 'num_local_experts', 'num_experts']);
  const dense = (layers: number, width: number): LayerGroup<FeedForward>[] =>
    layers === 0
      ? []
      : [{ count: layers, layer: { kind: 'dense', intermediateSize: width, gated: !twoMatrices } }];
  if (!routedExperts) {
    return intermediateSize === undefined
      ? 'its feed-forward width is not given'
      : dense(numLayers, intermediateSize);
  }
  const expertsPerToken = count(['num_experts_per_tok', 'num_experts_per_token']);
  const expertIntermediateSize = count(['moe_intermediate_size']) ?? intermediateSize;
  if (!expertsPerToken || !expertIntermediateSize) return 'its experts are not fully given';
  if (expertsPerToken > routedExperts) {
    throw new InputError(
      `${where}.num_experts_per_tok`,
      expertsPerToken,
      `at most ${routedExperts}`,
    );
  }
  const shared =
    count(['shared_expert_intermediate_size']) ??
    (count(['n_shared_experts']) ?? 0) * expertIntermediateSize;
  const firstDense = Math.min(numLayers, count(['first_k_dense_replace']) ?? 0);
  if (firstDense > 0 && intermediateSize === undefined)
    return 'the width of its dense layers is not given';
  return [
    ...dense(firstDense, intermediateSize ?? 0),
    {
      count: numLayers - firstDense,
      layer: {
        kind: 'moe',
        routedExperts,
        expertsPerToken,
        expertIntermediateSize,
        sharedIntermediateSize: shared,
        gated: true,
      },
    },
  ];
}
