import { requirePositiveInteger } from '../errors.ts';
import type { FloatArray } from '../tensor.ts';
import type { KvCacheOptions, KvCacheShape, KvView } from './kvCache.ts';

/**
 * Storage for tokens in numbered slots. Contiguous, ring-buffer, paged and evicting caches are all this storage and a rule
 * for which slot a position lives in.
 */
export interface TokenSlots {
  readonly slots: number;
  readonly bytesPerToken: number;
  /** Enlarges the storage, keeping what is in it. */
  grow(slots: number): void;
  /** Stores token `tokenIdx` of k (numKvHeads, tokens, headDim) and v (numKvHeads, tokens, valueDim). */
  write(slot: number, k: FloatArray, v: FloatArray, tokenIdx: number, tokens: number): void;
  copy(fromSlot: number, toSlot: number): void;
  /** Copies out the tokens of these slots, in this order. */
  gather(slots: ArrayLike<number>, positions: Int32Array): KvView;
}

export function createTokenSlots(
  shape: Required<KvCacheShape>,
  initialSlots: number,
  options: KvCacheOptions,
): TokenSlots {
  const { numKvHeads, headDim, valueDim } = shape;
  const create = (length: number): FloatArray =>
    options.precision === 'float64' ? new Float64Array(length) : new Float32Array(length);
  const { bytesPerElement = options.precision === 'float64' ? 8 : 4 } = options;
  requirePositiveInteger('bytesPerElement', bytesPerElement);
  let slotCount = initialSlots;
  // (slots, numKvHeads, headDim) and (slots, numKvHeads, valueDim): a token is written in one place.
  let keys = create(slotCount * numKvHeads * headDim);
  let values = create(slotCount * numKvHeads * valueDim);

  function gatherRows(rows: FloatArray, slots: ArrayLike<number>, dim: number): FloatArray {
    const gathered = create(slots.length * numKvHeads * dim);
    for (let head = 0; head < numKvHeads; head++) {
      for (let idx = 0; idx < slots.length; idx++) {
        const from = (slots[idx] * numKvHeads + head) * dim;
        gathered.set(rows.subarray(from, from + dim), (head * slots.length + idx) * dim);
      }
    }
    return gathered;
  }

  return {
    get slots() {
      return slotCount;
    },
    bytesPerToken: numKvHeads * (headDim + valueDim) * bytesPerElement,
    grow(slots) {
      const [oldKeys, oldValues] = [keys, values];
      keys = create(slots * numKvHeads * headDim);
      values = create(slots * numKvHeads * valueDim);
      keys.set(oldKeys);
      values.set(oldValues);
      slotCount = slots;
    },
    write(slot, k, v, tokenIdx, tokens) {
      for (let head = 0; head < numKvHeads; head++) {
        const row = slot * numKvHeads + head;
        const kStart = (head * tokens + tokenIdx) * headDim;
        const vStart = (head * tokens + tokenIdx) * valueDim;
        keys.set(k.subarray(kStart, kStart + headDim), row * headDim);
        values.set(v.subarray(vStart, vStart + valueDim), row * valueDim);
      }
    },
    copy(fromSlot, toSlot) {
      const kRow = numKvHeads * headDim;
      const vRow = numKvHeads * valueDim;
      keys.copyWithin(toSlot * kRow, fromSlot * kRow, (fromSlot + 1) * kRow);
      values.copyWithin(toSlot * vRow, fromSlot * vRow, (fromSlot + 1) * vRow);
    },
    gather: (slots, positions) => ({
      tokens: slots.length,
      k: gatherRows(keys, slots, headDim),
      v: gatherRows(values, slots, valueDim),
      positions,
    }),
  };
}
