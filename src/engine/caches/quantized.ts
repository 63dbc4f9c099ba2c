import {
  EngineInputError,
  requireMultiple,
  requireNonNegativeInteger,
  requirePositiveInteger,
} from '../errors.ts';
import { transpose } from '../layerMath.ts';
import { positionsFrom } from '../positions/rope.ts';
import type { FloatArray } from '../tensor.ts';
import { decodeFp8Array, encodeFp8Array } from './fp8.ts';
import {
  newTokensOf,
  requireCacheShape,
  type KvCache,
  type KvCacheOptions,
  type KvCacheShape,
} from './kvCache.ts';
import {
  dequantizeGroups,
  quantizedBytes,
  quantizeGroups,
  type QuantizedGroups,
} from './quantize.ts';

/**
 * Which numbers share a scale and a zero: a head's whole vector of one token; `groupSize` neighbours within it; or one
 * channel of a head over the `blockTokens` tokens that are quantised together (KIVI's choice for keys, whose outliers sit
 * in few channels).
 */
export type QuantizationAxis = 'token' | 'group' | 'channel';

export interface QuantizedCacheOptions extends Omit<KvCacheOptions, 'precision'> {
  readonly format: 'int8' | 'int4' | 'fp8';
  /** int8 and int4 only; 'token' when left out. */
  readonly keyAxis?: QuantizationAxis;
  readonly valueAxis?: QuantizationAxis;
  /** For the axis 'group'; divides headDim and valueDim. */
  readonly groupSize?: number;
  /** Tokens quantised together; 1 when left out. The axis 'channel' wants more (32 in KIVI). */
  readonly blockTokens?: number;
  /** At least so many of the latest tokens stay as they are; 0 when left out, 128 in HF. */
  readonly residualTokens?: number;
}

/** The stored form of one block's keys or values. */
type Packed = Uint8Array | QuantizedGroups;

/** Packs and unpacks (blockTokens, rowLength) numbers. */
interface BlockCodec {
  pack(rows: Float32Array): Packed;
  unpack(packed: Packed): FloatArray;
}

function createCodec(
  format: QuantizedCacheOptions['format'],
  axis: QuantizationAxis,
  blockTokens: number,
  rowLength: number,
  groupSize: number,
): BlockCodec {
  const unpackAny = (packed: Packed) =>
    packed instanceof Uint8Array ? decodeFp8Array(packed) : dequantizeGroups(packed);
  if (format === 'fp8') return { pack: encodeFp8Array, unpack: unpackAny };
  const bits = format === 'int8' ? 8 : 4;
  if (axis !== 'channel') {
    return { pack: (rows) => quantizeGroups(rows, bits, groupSize), unpack: unpackAny };
  }
  return {
    pack: (rows) => quantizeGroups(transpose(rows, blockTokens, rowLength), bits, blockTokens),
    unpack: (packed) => transpose(unpackAny(packed), rowLength, blockTokens),
  };
}

const packedBytes = (packed: Packed) =>
  packed instanceof Uint8Array ? packed.byteLength : quantizedBytes(packed);

/**
 * A KV cache that keeps all but its latest tokens in 8 or 4 bits a number; `read` gives the rounded numbers back. Scales
 * and zeros are counted as the 4 bytes each they take.
 */
export function createQuantizedCache(
  cacheShape: KvCacheShape,
  options: QuantizedCacheOptions,
): KvCache {
  const shape = requireCacheShape(cacheShape);
  const { numKvHeads, headDim, valueDim } = shape;
  const { keyAxis = 'token', valueAxis = 'token', observer } = options;
  const { blockTokens = 1, residualTokens = 0, bytesPerElement = 4 } = options;
  requireQuantization(shape, options);
  const kRow = numKvHeads * headDim;
  const vRow = numKvHeads * valueDim;
  const codec = (axis: QuantizationAxis, row: number, dim: number) =>
    createCodec(
      options.format,
      axis,
      blockTokens,
      row,
      axis === 'group' ? (options.groupSize ?? dim) : dim,
    );
  const keyCodec = codec(keyAxis, kRow, headDim);
  const valueCodec = codec(valueAxis, vRow, valueDim);

  const blocks: { readonly k: Packed; readonly v: Packed }[] = [];
  /** The latest tokens in full, a row of (numKvHeads, dim) each. */
  let residual: { readonly k: Float32Array; readonly v: Float32Array }[] = [];
  const tokens = () => blocks.length * blockTokens + residual.length;
  const usedBytes = () =>
    residual.length * (kRow + vRow) * bytesPerElement +
    blocks.reduce((bytes, { k, v }) => bytes + packedBytes(k) + packedBytes(v), 0);

  function rowsOf(rows: readonly Float32Array[], rowLength: number): Float32Array {
    const joined = new Float32Array(rows.length * rowLength);
    rows.forEach((row, idx) => joined.set(row, idx * rowLength));
    return joined;
  }

  return {
    shape,
    get tokens() {
      return tokens();
    },
    get nextPosition() {
      return tokens();
    },
    get usedBytes() {
      return usedBytes();
    },
    get allocatedBytes() {
      return usedBytes();
    },
    append(k, v) {
      const newTokens = newTokensOf(shape, k, v);
      const firstPosition = tokens();
      const bytesBefore = usedBytes();
      const rows = [...residual];
      for (let idx = 0; idx < newTokens; idx++) {
        rows.push({
          k: tokenRow(k, numKvHeads, newTokens, headDim, idx),
          v: tokenRow(v, numKvHeads, newTokens, valueDim, idx),
        });
      }
      // Packed before anything is stored: numbers without a code leave the cache as it was.
      const packed: typeof blocks = [];
      while (rows.length - packed.length * blockTokens >= residualTokens + blockTokens) {
        const start = packed.length * blockTokens;
        const block = rows.slice(start, start + blockTokens);
        packed.push({
          k: keyCodec.pack(
            rowsOf(
              block.map((row) => row.k),
              kRow,
            ),
          ),
          v: valueCodec.pack(
            rowsOf(
              block.map((row) => row.v),
              vRow,
            ),
          ),
        });
      }
      blocks.push(...packed);
      residual = rows.slice(packed.length * blockTokens);
      if (observer?.cacheWrite) {
        observer.cacheWrite({
          firstPosition,
          tokens: newTokens,
          slots: Array.from(positionsFrom(firstPosition, newTokens)),
          bytesWritten: usedBytes() - bytesBefore,
        });
      }
    },
    read() {
      const count = tokens();
      const k = new Float32Array(count * kRow);
      const v = new Float32Array(count * vRow);
      const write = (into: Float32Array, row: FloatArray, dim: number, token: number) => {
        for (let head = 0; head < numKvHeads; head++) {
          into.set(row.subarray(head * dim, (head + 1) * dim), (head * count + token) * dim);
        }
      };
      blocks.forEach((block, blockIdx) => {
        const blockK = keyCodec.unpack(block.k);
        const blockV = valueCodec.unpack(block.v);
        for (let idx = 0; idx < blockTokens; idx++) {
          const token = blockIdx * blockTokens + idx;
          write(k, blockK.subarray(idx * kRow, (idx + 1) * kRow), headDim, token);
          write(v, blockV.subarray(idx * vRow, (idx + 1) * vRow), valueDim, token);
        }
      });
      residual.forEach((row, idx) => {
        write(k, row.k, headDim, blocks.length * blockTokens + idx);
        write(v, row.v, valueDim, blocks.length * blockTokens + idx);
      });
      return { tokens: count, k, v, positions: positionsFrom(0, count) };
    },
  };
}

/** Token `idx` of (numKvHeads, tokens, dim) as one row (numKvHeads, dim). */
function tokenRow(
  x: FloatArray,
  numKvHeads: number,
  tokens: number,
  dim: number,
  idx: number,
): Float32Array {
  const row = new Float32Array(numKvHeads * dim);
  for (let head = 0; head < numKvHeads; head++) {
    const start = (head * tokens + idx) * dim;
    row.set(x.subarray(start, start + dim), head * dim);
  }
  return row;
}

function requireQuantization(shape: Required<KvCacheShape>, options: QuantizedCacheOptions): void {
  const { format, keyAxis, valueAxis, groupSize } = options;
  if (!['int8', 'int4', 'fp8'].includes(format)) {
    throw new EngineInputError(`format must be int8, int4 or fp8, got ${String(format)}`);
  }
  requirePositiveInteger('blockTokens', options.blockTokens ?? 1);
  requireNonNegativeInteger('residualTokens', options.residualTokens ?? 0);
  requirePositiveInteger('bytesPerElement', options.bytesPerElement ?? 4);
  if (keyAxis !== 'group' && valueAxis !== 'group') return;
  if (groupSize === undefined) {
    throw new EngineInputError("groupSize is needed for the axis 'group', got none");
  }
  requirePositiveInteger('groupSize', groupSize);
  if (keyAxis === 'group') requireMultiple('headDim', shape.headDim, 'groupSize', groupSize);
  if (valueAxis === 'group') requireMultiple('valueDim', shape.valueDim, 'groupSize', groupSize);
}
