import { decodeUtf8, encodeUtf8 } from '../../text/utf8Text.ts';
import type { SplitRule } from '../split/splitRule.ts';
import type { EncodingName } from '../tokenCounter.ts';
import type { VocabularyData } from './vocabulary.ts';

/*
 * The layout of vocabularies/*.bin, before Brotli: the length of a JSON header as 32 bits, the header, the length of
 * every token as 16 bits (all low bytes, then all high bytes), the bytes of all tokens in order of their ids.
 */

interface Header {
  readonly format: 1;
  readonly encoding: EncodingName;
  readonly split: SplitRule;
  readonly numIds: number;
  readonly numMerges?: number;
  readonly neverWholeIds?: readonly number[];
}

/** Writes the uncompressed form of a vocabulary file. */
export function writeVocabularyFile(data: VocabularyData): Uint8Array {
  const { encoding, split, tokenLengths, tokenBytes, merges, neverWholeIds } = data;
  const numMerges = merges?.resultIds.length ?? 0;
  const header: Header = {
    format: 1,
    encoding,
    split,
    numIds: tokenLengths.length,
    ...(merges === undefined ? {} : { numMerges, neverWholeIds }),
  };
  const headerBytes = encodeUtf8(JSON.stringify(header));
  const columns = tokenLengths.length * 2 + numMerges * 6;
  const file = new Uint8Array(4 + headerBytes.length + columns + tokenBytes.length);
  new DataView(file.buffer).setUint32(0, headerBytes.length, true);
  file.set(headerBytes, 4);
  let at = writePlanes(file, 4 + headerBytes.length, tokenLengths, 2);
  if (merges !== undefined) {
    const deltas = merges.resultIds.map((id, rank) => id - (merges.resultIds[rank - 1] ?? 0));
    at = writePlanes(file, at, deltas, 4);
    at = writePlanes(file, at, merges.leftLengths, 2);
  }
  file.set(tokenBytes, at);
  return file;
}

/** Writes all lowest bytes, then all second bytes and so on, which compresses best; gives the end. */
function writePlanes(
  file: Uint8Array,
  start: number,
  values: Int32Array | Uint16Array,
  planes: number,
): number {
  let at = start;
  for (let plane = 0; plane < planes; plane++) {
    for (const value of values) file[at++] = (value >> (plane * 8)) & 0xff;
  }
  return at;
}

function readPlanes(
  file: Uint8Array,
  start: number,
  values: Int32Array | Uint16Array,
  planes: number,
): number {
  const { length } = values;
  for (let plane = 0; plane < planes; plane++) {
    const bytes = file.subarray(start + plane * length, start + (plane + 1) * length);
    // Hardly any token has 256 bytes: most planes but the first are empty.
    if (plane === 0) values.set(bytes);
    else if (bytes.some((byte) => byte !== 0)) {
      for (let idx = 0; idx < length; idx++) values[idx] |= bytes[idx] << (plane * 8);
    }
  }
  return start + planes * length;
}

/** Reads the uncompressed form. Throws a RangeError when it is not of this layout. */
export function readVocabularyFile(file: Uint8Array): VocabularyData {
  if (file.length < 4) throw new RangeError(`A vocabulary file of ${file.length} bytes is cut off`);
  const headerLength = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  if (4 + headerLength > file.length) {
    throw new RangeError(
      `A vocabulary file of ${file.length} bytes claims a header of ${headerLength}`,
    );
  }
  const header = JSON.parse(decodeUtf8(file.subarray(4, 4 + headerLength))) as Header;
  if (header.format !== 1) {
    throw new RangeError(`Vocabulary file format ${String(header.format)} is not known, only 1`);
  }
  const { encoding, split, numIds, numMerges, neverWholeIds } = header;
  const columns = numIds * 2 + (numMerges ?? 0) * 6;
  if (4 + headerLength + columns > file.length) {
    throw new RangeError(`The vocabulary file of ${encoding} is cut off`);
  }
  const tokenLengths = new Uint16Array(numIds);
  let at = readPlanes(file, 4 + headerLength, tokenLengths, 2);
  if (numMerges === undefined) {
    return { encoding, split, tokenLengths, tokenBytes: file.subarray(at) };
  }
  const resultIds = new Int32Array(numMerges);
  at = readPlanes(file, at, resultIds, 4);
  for (let rank = 1; rank < numMerges; rank++) resultIds[rank] += resultIds[rank - 1];
  const leftLengths = new Uint16Array(numMerges);
  at = readPlanes(file, at, leftLengths, 2);
  const merges = { resultIds, leftLengths };
  return { encoding, split, tokenLengths, tokenBytes: file.subarray(at), merges, neverWholeIds };
}
