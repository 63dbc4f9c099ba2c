import { architectureById } from '../core/architectures/architectures.ts';
import type { Architecture } from '../core/architectures/architecture.ts';
import { kvCacheBytes } from '../core/estimates/kvCache.ts';
import { formatBytes, formatCount, formatTokens } from '../core/format/numbers.ts';
import { choiceValue } from './controls.ts';
import type { Control, DemoInput, NumberRow } from './demo.ts';
import { bytesRow, flopsRow } from './numberRows.ts';

/** Choice of a real model whose shape the pattern is costed on; decoders with full attention in every layer. */
export const modelControl: Control = {
  kind: 'choice',
  id: 'model',
  label: 'Cost it on the shape of',
  options: [
    { value: 'llama-3.1-8b', label: 'Llama 3.1 8B' },
    { value: 'llama-3.1-70b', label: 'Llama 3.1 70B' },
    { value: 'gpt3-175b', label: 'GPT-3 175B' },
  ],
  initial: 'llama-3.1-8b',
};

export function chosenModel(controls: readonly Control[], input: DemoInput): Architecture {
  return architectureById(choiceValue(controls, input, 'model'));
}

/** The widths of a model whose layers all attend in one way. */
export interface UniformShape {
  readonly numLayers: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly headDim: number;
}

/** Throws for a model with layers of several kinds, or of a kind without heads of keys and values. */
export function uniformShape({ id, mixers = [] }: Architecture): UniformShape {
  const [group, ...others] = mixers;
  if (others.length > 0 || group === undefined || !('numKvHeads' in group.layer)) {
    throw new Error(`${id} has no one shape for all its layers`);
  }
  const { numHeads, numKvHeads, keyHeadDim } = group.layer;
  return { numLayers: group.count, numHeads, numKvHeads, headDim: keyHeadDim };
}

/** The shape of the quadratic wall's figures: Llama 3.1 8B, its sliding variant with Mistral 7B's window. */
export function wallShape() {
  return { ...uniformShape(architectureById('llama-3.1-8b')), windowTokens: 4096 };
}

/** "meta-llama/Meta-Llama-3.1-8B" -> "Meta-Llama-3.1-8B": as a person calls it. */
export function shortName(architecture: Architecture): string {
  return architecture.name.slice(architecture.name.lastIndexOf('/') + 1);
}

/** Tokens of the user's context set; of the text in hand when there is no set. */
export function costedTokens(input: DemoInput): number {
  return input.setTokens !== undefined && input.setTokens > 0
    ? input.setTokens
    : input.tokens.length;
}

/**
 * FLOPs for one (query, key) cell in all heads and layers: a product and a sum per number of the key, and per number of the
 * value.
 */
export function flopsPerCell(architecture: Architecture): number {
  let flops = 0;
  for (const { count, layer } of architecture.mixers ?? []) {
    if (layer.kind === 'mla' || layer.kind === 'state') continue;
    flops += count * layer.numHeads * 2 * (layer.keyHeadDim + layer.valueHeadDim);
  }
  return flops;
}

/** Attention FLOPs of a real model's shape over the user's tokens, dense and with the pattern in all layers. */
export function modelFlopsRows(
  architecture: Architecture,
  tokens: number,
  denseCells: number,
  patternCells: number,
): readonly NumberRow[] {
  const each = flopsPerCell(architecture);
  const on = `${shortName(architecture)}'s shape, ${formatTokens(tokens)} tokens`;
  const why = (cells: number) =>
    `${formatCount(cells)} cells x ${formatCount(each)} FLOPs (all heads and layers of ${shortName(architecture)}; scores and weighted values, projections not counted)`;
  return [
    flopsRow(
      'modelFlops',
      `Attention, ${on}: this pattern`,
      patternCells * each,
      why(patternCells),
    ),
    flopsRow('modelDenseFlops', `Attention, ${on}: dense`, denseCells * each, why(denseCells)),
  ];
}

/** KV cache of an architecture over so many tokens; no row when the architecture's layers are unknown. */
export function cacheRow(
  id: string,
  label: string,
  architecture: Architecture,
  tokens: number,
): readonly NumberRow[] {
  const explained = kvCacheBytes(architecture, { tokens });
  if (explained.value === undefined) return [];
  const parts = explained.parts?.map((part) => `${part.formula} = ${formatBytes(part.value ?? 0)}`);
  return [bytesRow(id, label, explained.value, parts?.join('; ') ?? explained.formula)];
}

/** The same model with every attention layer's reach changed. */
export function withReach(
  architecture: Architecture,
  kind: 'full' | 'sliding' | 'chunked',
  spanTokens?: number,
): Architecture {
  const mixers = architecture.mixers?.map((group) => {
    const { layer } = group;
    if (layer.kind === 'mla' || layer.kind === 'state' || layer.kind === 'cross') return group;
    const { numHeads, numKvHeads, keyHeadDim, valueHeadDim, ownsKv } = layer;
    const reach = spanTokens === undefined ? {} : { spanTokens };
    const heads = { numHeads, numKvHeads, keyHeadDim, valueHeadDim, ownsKv };
    return { ...group, layer: { kind, ...reach, ...heads } };
  });
  return { ...architecture, ...(mixers === undefined ? {} : { mixers }) };
}
