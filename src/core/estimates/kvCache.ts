import type { Architecture, TokenMixer } from '../architectures/architecture.ts';
import { cachePolicy } from './cachePolicy.ts';
import type { CachePolicy, PolicyName, StepSizes } from './cachePolicy.ts';
import { kvBytesPerElement } from './dtypes.ts';
import type { KvDtype } from './dtypes.ts';
import { sumOf, unknown } from './explained.ts';
import type { Explained, ExplainedInput } from './explained.ts';
import { checkCount, InputError } from './inputError.ts';

export interface KvCacheOptions {
  /** Tokens held per sequence, prompt and output together. */
  readonly tokens: number;
  /** Default 1. */
  readonly sequences?: number;
  /** Default bf16. */
  readonly dtype?: KvDtype;
  /** Default ideal. */
  readonly policy?: PolicyName;
  readonly steps?: StepSizes;
  /** GPUs over which heads are split; the result is what one GPU holds. Default 1. */
  readonly tensorParallel?: number;
}

/**
 * Bytes of KV cache and recurrent state on one GPU, as the sum over the kinds of layers.
 * Full attention: layers x tokens x kv heads x (key + value width) x bytes; MLA: tokens x (latent + rotary key),
 * not split by tensor parallelism; state layers: constant. Unknown when the model's layers are.
 */
export function kvCacheBytes(architecture: Architecture, options: KvCacheOptions): Explained {
  const tokens = options.tokens;
  const sequences = options.sequences ?? 1;
  const tensorParallel = options.tensorParallel ?? 1;
  checkCount('tokens', tokens, 0);
  checkCount('sequences', sequences);
  checkCount('tensorParallel', tensorParallel);
  const mixers = architecture.mixers;
  if (mixers === undefined) {
    const why = architecture.mixersUnknownBecause ?? 'its layers are not known';
    return unknown('kvCacheBytes', 'bytes', `${architecture.id}: ${why}`);
  }
  const policy = cachePolicy(options.policy ?? 'ideal', options.steps);
  const dtype = options.dtype ?? 'bf16';
  const parts = mixers.map(({ count, layer }) => {
    const one = layerCache(layer, { tokens, sequences, tensorParallel, policy, dtype });
    return {
      name: `${partName(layer)} x ${count}`,
      unit: 'bytes' as const,
      value: count * sequences * one.bytes,
      formula: `${count} layers x ${sequences > 1 ? `${sequences} sequences x ` : ''}${one.formula}`,
      inputs: [],
      assumptions: one.assumptions,
    };
  });
  return sumOf('kvCacheBytes', 'bytes', parts, {
    inputs: [
      { name: 'tokens', value: tokens, unit: 'tokens', source: 'asked for' },
      ...architectureInputs(architecture),
    ],
    assumptions: [
      `cache dtype ${dtype}`,
      `layout of ${policy.name}: ${policy.source}`,
      ...(tensorParallel > 1 ? [`bytes on each of ${tensorParallel} GPUs`] : []),
    ],
  });
}

/** Bytes that one more token adds where no window is full: the slope of the cache. */
export function kvCacheBytesPerToken(
  architecture: Architecture,
  options: Omit<KvCacheOptions, 'tokens'> = {},
): number | undefined {
  const at = (tokens: number) =>
    kvCacheBytes(architecture, { ...options, policy: 'ideal', tokens }).value;
  const [one, none] = [at(1), at(0)];
  return one === undefined || none === undefined ? undefined : one - none;
}

export function architectureInputs(architecture: Architecture): readonly ExplainedInput[] {
  return architecture.sources.map((source) => ({
    name: 'shape',
    value: architecture.name,
    source: source.text,
    asOf: source.asOf,
  }));
}

interface LayerSetting {
  readonly tokens: number;
  readonly sequences: number;
  readonly tensorParallel: number;
  readonly policy: CachePolicy;
  readonly dtype: KvDtype;
}

interface LayerCache {
  /** Of one layer and sequence on one GPU. */
  readonly bytes: number;
  readonly formula: string;
  readonly assumptions: readonly string[];
}

function layerCache(layer: TokenMixer, setting: LayerSetting): LayerCache {
  if (layer.kind === 'state') return stateCache(layer, setting);
  if (layer.kind === 'mla') return latentCache(layer, setting);
  if (layer.kind === 'encoder') {
    return { bytes: 0, formula: '0 (an encoder reads its text once)', assumptions: [] };
  }
  if (!layer.ownsKv) {
    return { bytes: 0, formula: '0 (reads the cache of another layer)', assumptions: [] };
  }
  const heads = kvHeadsPerGpu(layer.numHeads, layer.numKvHeads, setting.tensorParallel);
  const held = heldTokens(layer.kind, layer.spanTokens, setting);
  const width = heads * (layer.keyHeadDim + layer.valueHeadDim);
  return tokenBytes(held, width, layer.keyHeadDim, setting, [
    `${heads} kv heads x (${layer.keyHeadDim} + ${layer.valueHeadDim})`,
  ]);
}

/**
 * Kv heads that each GPU keeps: a share of them, or a copy of one when there are more GPUs than heads.
 * @throws InputError when the heads can't be shared out evenly
 */
export function kvHeadsPerGpu(
  numHeads: number,
  numKvHeads: number,
  tensorParallel: number,
): number {
  if (numHeads % numKvHeads !== 0) {
    throw new InputError('numKvHeads', numKvHeads, `a divisor of the ${numHeads} query heads`);
  }
  const splits = numKvHeads % tensorParallel === 0 || tensorParallel % numKvHeads === 0;
  if (numHeads % tensorParallel !== 0 || !splits) {
    const rule = `a divisor of ${numHeads} query heads that shares out ${numKvHeads} kv heads evenly`;
    throw new InputError('tensorParallel', tensorParallel, rule);
  }
  return Math.max(1, numKvHeads / tensorParallel);
}

function latentCache(
  layer: Extract<TokenMixer, { kind: 'mla' }>,
  setting: LayerSetting,
): LayerCache {
  const held = heldTokens('full', undefined, setting);
  const index = layer.indexHeadDim ?? 0;
  if (setting.policy.expandsLatent) {
    const heads = layer.numHeads / setting.tensorParallel;
    const head = layer.qkNopeHeadDim + layer.qkRopeHeadDim + layer.valueHeadDim;
    const width = heads * head + index;
    return tokenBytes(held, width, head, setting, [`(${heads} heads x ${head} + ${index} index)`]);
  }
  const width = layer.kvLoraRank + layer.qkRopeHeadDim + index;
  const term = `(${layer.kvLoraRank} latent + ${layer.qkRopeHeadDim} rotary key${
    index > 0 ? ` + ${index} index key` : ''
  })`;
  const cached = tokenBytes(held, width, layer.kvLoraRank, setting, [term]);
  return setting.tensorParallel > 1
    ? { ...cached, assumptions: ['every tensor-parallel GPU keeps the whole latent'] }
    : cached;
}

function stateCache(
  layer: Extract<TokenMixer, { kind: 'state' }>,
  setting: LayerSetting,
): LayerCache {
  const columns = setting.policy.convColumns(layer.convKernel);
  const share = setting.tensorParallel;
  const bytes =
    (layer.stateElements * layer.stateBytesPerElement + layer.convChannels * columns * 2) / share;
  return {
    bytes,
    formula: `(${layer.stateElements} state x ${layer.stateBytesPerElement} B + ${layer.convChannels} channels x ${columns} columns x 2 B)${share > 1 ? ` / ${share}` : ''}`,
    assumptions: ['state in float32, convolution inputs in 16 bits; neither grows with the text'],
  };
}

function heldTokens(
  kind: 'full' | 'sliding' | 'chunked' | 'cross',
  span: number | undefined,
  setting: LayerSetting,
): number {
  const { tokens, policy, sequences } = setting;
  if (kind === 'full') return inPages(tokens, policy.pageTokens);
  if (span === undefined) throw new InputError(`${kind} layer's span`, span, 'given in tokens');
  if (kind === 'cross') return inPages(span, policy.pageTokens);
  const held =
    kind === 'sliding'
      ? policy.slidingTokens(tokens, span, sequences)
      : policy.chunkedTokens(tokens, span);
  return inPages(held, policy.pageTokens);
}

function inPages(tokens: number, pageTokens: number): number {
  return Math.ceil(tokens / pageTokens) * pageTokens;
}

function tokenBytes(
  held: number,
  width: number,
  scaleWidth: number,
  setting: LayerSetting,
  terms: readonly string[],
): LayerCache {
  const each = kvBytesPerElement(setting.dtype, scaleWidth);
  const quantized = each < 2;
  const residual = quantized ? Math.min(held, setting.policy.residualTokens) : 0;
  const bytes = Math.ceil(width * ((held - residual) * each + residual * 2));
  const size = Number(each.toPrecision(7));
  const formula =
    residual > 0
      ? `${terms.join(' ')} x (${held - residual} tokens x ${size} B + ${residual} tokens x 2 B)`
      : `${held} tokens x ${terms.join(' ')} x ${size} B`;
  return { bytes, formula, assumptions: [] };
}

function partName(layer: TokenMixer): string {
  if (layer.kind === 'state') return `${layer.name} layers`;
  if (layer.kind === 'mla') return 'latent attention layers';
  const span = layer.spanTokens === undefined ? '' : ` ${layer.spanTokens}`;
  return `${layer.kind}${span} attention layers`;
}
