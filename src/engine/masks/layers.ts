import { countCells, maskMatrix } from './inspect.ts';
import type { Mask } from './mask.ts';
import { EngineInputError, requireInRange, requirePositiveInteger } from '../errors.ts';

/**
 * What reaches what through a stack of layers: token i of the last layer depends on token j of the input when a path
 * leads from i to j, one allowed cell per layer. The residual stream carries every token past every layer, so a layer in
 * which a token attends to nothing does not cut it off from itself.
 *
 * A window of W grows by W - 1 per layer. (Mistral 7B, Jiang et al. 2023, section 2; held against Jacobians of real
 * models in the tests.)
 * @param layerMasks first layer first
 * @returns (tokens, tokens), 1 = reaches
 */
export function receptiveField(layerMasks: readonly Mask[], tokens: number): Uint8Array {
  requirePositiveInteger('tokens', tokens);
  const words = Math.ceil(tokens / 32);
  let reach = new Uint32Array(tokens * words);
  for (let idx = 0; idx < tokens; idx++) reach[idx * words + (idx >> 5)] |= 1 << (idx & 31);

  for (const mask of layerMasks) {
    // A token's new reach is its own and that of all it attends to: rows of bits, joined 32 at a time.
    const next = reach.slice();
    for (let qIdx = 0; qIdx < tokens; qIdx++) {
      for (let kvIdx = 0; kvIdx < tokens; kvIdx++) {
        if (kvIdx === qIdx || !mask(qIdx, kvIdx)) continue;
        for (let word = 0; word < words; word++) {
          next[qIdx * words + word] |= reach[kvIdx * words + word];
        }
      }
    }
    reach = next;
  }
  const matrix = new Uint8Array(tokens * tokens);
  for (let row = 0; row < tokens; row++) {
    for (let column = 0; column < tokens; column++) {
      matrix[row * tokens + column] = (reach[row * words + (column >> 5)] >>> (column & 31)) & 1;
    }
  }
  return matrix;
}

/** The masks of a stack whose early layers are local and whose late ones are global: hierarchical attention. */
export function hierarchicalMasks(stack: {
  readonly numLayers: number;
  /** How many of the layers, from the bottom, use `local`. */
  readonly numLocalLayers: number;
  readonly local: Mask;
  readonly global: Mask;
}): readonly Mask[] {
  requirePositiveInteger('numLayers', stack.numLayers);
  requireInRange('numLocalLayers', stack.numLocalLayers, 0, stack.numLayers);
  return Array.from({ length: stack.numLayers }, (_, layer) =>
    layer < stack.numLocalLayers ? stack.local : stack.global,
  );
}

/** Keys per query, on average, in each layer. */
export function averageSpans(layerMasks: readonly Mask[], tokens: number): readonly number[] {
  requirePositiveInteger('tokens', tokens);
  return layerMasks.map(
    (mask) => countCells(mask, { queryTokens: tokens, keyTokens: tokens }) / tokens,
  );
}

/**
 * The fewest layers of this mask after which information of token `fromIdx` can reach token `toIdx`: the length of the
 * shortest path in the graph of the mask. Undefined when there is none.
 */
export function hopsBetween(
  mask: Mask,
  tokens: number,
  fromIdx: number,
  toIdx: number,
): number | undefined {
  requirePositiveInteger('tokens', tokens);
  for (const [name, idx] of Object.entries({ fromIdx, toIdx })) {
    if (!Number.isInteger(idx))
      throw new EngineInputError(`${name} must be an integer, got ${idx}`);
    requireInRange(name, idx, 0, tokens - 1);
  }
  const matrix = maskMatrix(mask, { queryTokens: tokens, keyTokens: tokens });
  const seen = new Uint8Array(tokens);
  seen[toIdx] = 1;
  let frontier = [toIdx];
  for (let hops = 0; frontier.length > 0; hops++) {
    if (seen[fromIdx] === 1) return hops;
    const next: number[] = [];
    for (const qIdx of frontier) {
      for (let kvIdx = 0; kvIdx < tokens; kvIdx++) {
        if (matrix[qIdx * tokens + kvIdx] === 0 || seen[kvIdx] === 1) continue;
        seen[kvIdx] = 1;
        next.push(kvIdx);
      }
    }
    frontier = next;
  }
  return undefined;
}
