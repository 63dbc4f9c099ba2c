import { InputError } from '../estimates/inputError.ts';
import data from './architectures.json';
import type {
  Architecture,
  FeedForward,
  LayerGroup,
  RopeScaling,
  TokenMixer,
} from './architecture.ts';
import { asFields, optionalCount, optionalFields, optionalNumber, optionalText } from './fields.ts';
import { optionalBoolean } from './fields.ts';
import type { Fields } from './fields.ts';
import { stateMixerOf } from './stateMixer.ts';

/** Every open-weight model whose shape we hold, with its sources; what could not be verified is absent. */
export const architectures: readonly Architecture[] = data.records.map((record) =>
  readRecord(asFields(record, 'architectures.json'), data.generated),
);

/** By id or Hugging Face name, ignoring case. Throws naming near ids when there is none. */
export function architectureById(id: string): Architecture {
  const wanted = id.trim().toLowerCase();
  const found = architectures.find((one) => one.id === wanted || one.name.toLowerCase() === wanted);
  if (found !== undefined) return found;
  const stem = (wanted.split('/').at(-1) ?? '').split('-')[0];
  const near = architectures.filter((one) => stem !== '' && one.id.includes(stem));
  const list = (near.length > 0 ? near : architectures).map((one) => one.id).join(', ');
  throw new InputError('model', id, `one of ${list}`);
}

function readRecord(record: Fields, asOf: string): Architecture {
  const id = optionalText(record, 'id', 'architectures.json') ?? '';
  const where = `architectures.json: ${id}`;
  const params = optionalFields(record, 'params', where) ?? {};
  const published = optionalNumber(params, 'total_b_published', where);
  const hiddenSize = optionalCount(record, 'hidden_size', where);
  const kind = optionalText(record, 'kind', where) === 'encoder' ? 'encoder' : 'decoder';
  const mixers = readMixers(record, hiddenSize, kind, where);
  const feedForwards = readFeedForwards(record, where);
  const scaling = optionalFields(record, 'rope_scaling', where);
  return {
    id,
    name: optionalText(record, 'hf_id', where) ?? id,
    kind,
    attentionName: optionalText(record, 'attention', where) ?? 'unknown',
    hiddenSize,
    vocabSize: optionalCount(record, 'vocab_size', where),
    tiedEmbeddings: optionalBoolean(record, 'tie_word_embeddings', where),
    numLayers: optionalCount(record, 'num_layers', where),
    ...(typeof mixers === 'string' ? { mixersUnknownBecause: mixers } : { mixers }),
    ...(typeof feedForwards === 'string'
      ? { feedForwardsUnknownBecause: feedForwards }
      : { feedForwards }),
    contextWindowTokens: optionalCount(record, 'max_position_embeddings', where),
    ropeScaling: scaling === undefined ? undefined : readRopeScaling(scaling, where),
    ...(scaling !== undefined || (record['rope_theta'] ?? null) !== null ? { hasRope: true } : {}),
    weightDtype: optionalText(record, 'native_weight_dtype', where),
    publishedParameters: published === undefined ? undefined : published * 1e9,
    sources: readSources(record, asOf),
    notes: optionalText(record, 'notes', where),
  };
}

/** `rope_scaling` of a config.json; types that change nothing ("default") give undefined. */
export function readRopeScaling(scaling: Fields, where: string): RopeScaling | undefined {
  const type = optionalText(scaling, 'rope_type', where) ?? optionalText(scaling, 'type', where);
  if (type === undefined || type === 'default') return undefined;
  return {
    type,
    factor: optionalNumber(scaling, 'factor', where),
    originalContextWindowTokens: optionalCount(scaling, 'original_max_position_embeddings', where),
  };
}

/** The kinds of layers, or why they are not known. */
function readMixers(
  record: Fields,
  hiddenSize: number | undefined,
  kind: 'decoder' | 'encoder',
  where: string,
): readonly LayerGroup<TokenMixer>[] | string {
  const formula = optionalText(record, 'kv_formula', where) ?? '';
  if (formula.startsWith('special')) {
    return 'its layers cache in a way whose formula has not been verified';
  }
  const layers = optionalFields(record, 'layers', where) ?? {};
  const count = (field: string) => optionalCount(layers, field, where, 0);
  const full = count('full');
  const local = count('local');
  const state = count('linear_or_ssm');
  if (full === undefined || local === undefined || state === undefined) {
    return 'how many layers are of which kind has not been verified';
  }
  const groups: LayerGroup<TokenMixer>[] = [];
  if (full > 0) {
    const layer = readAttention(record, kind === 'encoder' ? 'encoder' : 'full', where);
    if (layer === undefined) return 'its number of kv heads or head width has not been verified';
    groups.push({ count: full, layer });
  }
  if (local > 0) {
    const localKind = optionalText(record, 'local_attention_kind', where);
    const layer = readAttention(record, localKind === 'chunked' ? 'chunked' : 'sliding', where);
    if (layer === undefined) return 'its window or kv heads have not been verified';
    groups.push({ count: local, layer });
  }
  if (state > 0) {
    const ssm = optionalFields(record, 'ssm', where);
    const layer =
      ssm === undefined || hiddenSize === undefined
        ? undefined
        : stateMixerOf(ssm, hiddenSize, where);
    if (layer === undefined) return 'the shape of its state layers has not been verified';
    groups.push({ count: state, layer });
  }
  return groups;
}

function readAttention(
  record: Fields,
  kind: 'full' | 'encoder' | 'sliding' | 'chunked',
  where: string,
): TokenMixer | undefined {
  const numHeads = optionalCount(record, 'num_q_heads', where);
  const mla = optionalFields(record, 'mla', where);
  if (numHeads !== undefined && mla !== undefined && kind === 'full') {
    const kvLoraRank = optionalCount(mla, 'kv_lora_rank', where);
    const qkRopeHeadDim = optionalCount(mla, 'qk_rope_head_dim', where);
    const qkNopeHeadDim = optionalCount(mla, 'qk_nope_head_dim', where);
    const valueHeadDim = optionalCount(mla, 'v_head_dim', where);
    if (!kvLoraRank || !qkRopeHeadDim || !qkNopeHeadDim || !valueHeadDim) return undefined;
    return {
      kind: 'mla',
      numHeads,
      kvLoraRank,
      qLoraRank: optionalCount(mla, 'q_lora_rank', where),
      qkRopeHeadDim,
      qkNopeHeadDim,
      valueHeadDim,
      indexHeadDim: optionalCount(mla, 'index_head_dim', where),
    };
  }
  const numKvHeads = optionalCount(record, 'num_kv_heads', where);
  const headDim = optionalCount(record, 'head_dim', where);
  if (!numHeads || !numKvHeads || !headDim) return undefined;
  const isLocal = kind === 'sliding' || kind === 'chunked';
  const spanTokens = isLocal ? optionalCount(record, 'sliding_window', where) : undefined;
  if (isLocal && spanTokens === undefined) return undefined;
  return {
    kind,
    spanTokens,
    numHeads,
    numKvHeads,
    keyHeadDim: headDim,
    valueHeadDim: headDim,
    ownsKv: true,
  };
}

function readFeedForwards(
  record: Fields,
  where: string,
): readonly LayerGroup<FeedForward>[] | string {
  const layers = optionalFields(record, 'layers', where) ?? {};
  const numLayers = optionalCount(record, 'num_layers', where);
  // Pure Mamba has no feed-forward; Nemotron-H lists its feed-forwards as layers of their own.
  if (optionalText(record, 'kv_formula', where) === 'ssm state only') return [];
  const total = optionalCount(layers, 'ffn_only', where, 0) ?? numLayers;
  const gated = optionalBoolean(record, 'ffn_gated', where) ?? true;
  const intermediateSize = optionalCount(record, 'intermediate_size', where);
  if (total === undefined) return 'its number of layers has not been verified';
  const dense = (count: number, width: number | undefined): LayerGroup<FeedForward>[] =>
    count === 0 || width === undefined
      ? []
      : [{ count, layer: { kind: 'dense', intermediateSize: width, gated } }];
  const moe = optionalFields(record, 'moe', where);
  if (moe === undefined) {
    if (intermediateSize === undefined) return 'its feed-forward width has not been verified';
    return dense(total, intermediateSize);
  }
  const routedExperts = optionalCount(moe, 'routed_experts', where);
  const expertsPerToken = optionalCount(moe, 'experts_per_token', where);
  const expertIntermediateSize = optionalCount(moe, 'expert_intermediate_size', where);
  if (!routedExperts || !expertsPerToken || !expertIntermediateSize) {
    return 'its experts have not been verified';
  }
  const step =
    optionalCount(moe, 'moe_layer_step', where) ??
    (optionalText(moe, 'rule', where) === 'MoE iff i%2==1' ? 2 : 1);
  const firstDense = optionalCount(moe, 'first_k_dense', where, 0) ?? 0;
  const moeLayers = Math.floor((total - firstDense) / step);
  const sharedSize =
    optionalCount(moe, 'shared_expert_intermediate_size', where) ?? expertIntermediateSize;
  const shared = optionalCount(moe, 'shared_experts', where, 0) ?? 0;
  const denseSize = optionalCount(moe, 'dense_intermediate_size', where) ?? intermediateSize;
  if (total > moeLayers && denseSize === undefined) {
    return 'the width of its dense layers has not been verified';
  }
  return [
    ...dense(total - moeLayers, denseSize),
    {
      count: moeLayers,
      layer: {
        kind: 'moe',
        routedExperts,
        expertsPerToken,
        expertIntermediateSize,
        sharedIntermediateSize: shared * sharedSize,
        gated,
      },
    },
  ];
}

function readSources(record: Fields, asOf: string) {
  const list = Array.isArray(record['source']) ? record['source'] : [];
  return list.map((entry: unknown) => {
    const source = asFields(entry, 'source');
    const text = (field: string) => optionalText(source, field, 'source');
    const commit = text('commit')?.slice(0, 12) ?? 'unknown';
    const place = text('url') ?? `${text('repo') ?? ''} ${text('path') ?? ''} @${commit}`;
    const note = text('note');
    return { text: note === undefined ? place : `${place} (${note})`, asOf };
  });
}
