import { InputError } from '../estimates/inputError.ts';

export type GgufValue = number | string | boolean | readonly number[];

export interface GgufHeader {
  readonly version: number;
  readonly numTensors: number;
  /** Scalars and short lists of numbers; long lists (vocabularies) are skipped, only their length is kept. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly arrayLengths: ReadonlyMap<string, number>;
}

/** Thrown when the bytes end inside the header: read more and call again. */
export class GgufNeedsMoreBytes extends Error {
  readonly neededBytes: number;

  constructor(neededBytes: number) {
    super(`the GGUF header goes on beyond byte ${neededBytes}`);
    this.name = 'GgufNeedsMoreBytes';
    this.neededBytes = neededBytes;
  }
}

/** Vocabularies make headers of several megabytes; no real one comes near this. */
export const mostHeaderBytes = 256 * 2 ** 20;
const mostEntries = 100_000;
const mostTextBytes = 2 ** 20;
const mostListed = 4096;

const scalarSizes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/**
 * The key-value part of a GGUF file's header (ggml docs/gguf.md, versions 2 and 3).
 * @throws GgufNeedsMoreBytes when `bytes` end too early; InputError for what is not GGUF or claims absurd sizes
 */
export function parseGgufHeader(bytes: Uint8Array): GgufHeader {
  const reader = new Reader(bytes);
  const magic = reader.uint32();
  if (magic !== 0x46554747) {
    throw new InputError('GGUF file', `0x${magic.toString(16)}`, 'a file that begins with "GGUF"');
  }
  const version = reader.uint32();
  if (version !== 2 && version !== 3) throw new InputError('GGUF version', version, '2 or 3');
  const numTensors = reader.uint64('GGUF tensor count');
  const numEntries = reader.uint64('GGUF key-value count');
  if (numEntries > mostEntries) {
    throw new InputError('GGUF key-value count', numEntries, `at most ${mostEntries}`);
  }
  const metadata = new Map<string, GgufValue>();
  const arrayLengths = new Map<string, number>();
  for (let entry = 0; entry < numEntries; entry++) {
    const key = reader.text('GGUF key', 65_535);
    const type = reader.uint32();
    if (type === 9) {
      const elementType = reader.uint32();
      const length = reader.uint64(`GGUF ${key} length`);
      arrayLengths.set(key, length);
      const list = reader.list(key, elementType, length);
      if (list !== undefined) metadata.set(key, list);
    } else {
      metadata.set(key, reader.scalar(key, type));
    }
  }
  return { version, numTensors, metadata, arrayLengths };
}

class Reader {
  private at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The position of the next `count` bytes, which are then consumed. */
  private take(count: number): number {
    const start = this.at;
    if (start + count > mostHeaderBytes) {
      throw new InputError('GGUF header', `${start + count} bytes`, `at most ${mostHeaderBytes}`);
    }
    if (start + count > this.bytes.byteLength) throw new GgufNeedsMoreBytes(start + count);
    this.at += count;
    return start;
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  uint64(field: string): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new InputError(field, value.toString(), 'below 2^53');
    }
    return Number(value);
  }

  text(field: string, most = mostTextBytes): string {
    const length = this.uint64(`${field} length`);
    if (length > most) throw new InputError(`${field} length`, length, `at most ${most} bytes`);
    const start = this.take(length);
    return decodeUtf8(this.bytes.subarray(start, start + length));
  }

  scalar(key: string, type: number): GgufValue {
    if (type === 8) return this.text(`GGUF ${key}`);
    const size = scalarSizes[type];
    if (size === undefined) throw new InputError(`GGUF ${key} type`, type, 'a type from 0 to 12');
    const at = this.take(size);
    switch (type) {
      case 0:
        return this.view.getUint8(at);
      case 1:
        return this.view.getInt8(at);
      case 2:
        return this.view.getUint16(at, true);
      case 3:
        return this.view.getInt16(at, true);
      case 4:
        return this.view.getUint32(at, true);
      case 5:
        return this.view.getInt32(at, true);
      case 6:
        return this.view.getFloat32(at, true);
      case 7:
        return this.view.getUint8(at) !== 0;
      case 10:
        return Number(this.view.getBigUint64(at, true));
      case 11:
        return Number(this.view.getBigInt64(at, true));
      default:
        return this.view.getFloat64(at, true);
    }
  }

  /** Short lists of numbers are read; long ones and texts are stepped over. */
  list(key: string, elementType: number, length: number): readonly number[] | undefined {
    if (elementType === 8) {
      for (let element = 0; element < length; element++) {
        const size = this.uint64(`GGUF ${key} text length`);
        if (size > mostTextBytes) {
          throw new InputError(`GGUF ${key} text length`, size, `at most ${mostTextBytes}`);
        }
        this.take(size);
      }
      return undefined;
    }
    const size = scalarSizes[elementType];
    if (size === undefined) {
      throw new InputError(`GGUF ${key} element type`, elementType, 'a number or text type');
    }
    if (length > mostListed) {
      this.take(size * length);
      return undefined;
    }
    return Array.from({ length }, () => Number(this.scalar(key, elementType)));
  }
}

/** UTF-8 by way of percent escapes, for want of a TextDecoder in plain ECMAScript; bad bytes become U+FFFD. */
function decodeUtf8(bytes: Uint8Array): string {
  let plain = '';
  let escaped = '';
  let isAscii = true;
  for (const byte of bytes) {
    isAscii &&= byte < 128;
    plain += byte < 128 ? String.fromCharCode(byte) : '\uFFFD';
    escaped += `%${byte.toString(16).padStart(2, '0')}`;
  }
  if (isAscii) return plain;
  try {
    return decodeURIComponent(escaped);
  } catch {
    return plain;
  }
}
