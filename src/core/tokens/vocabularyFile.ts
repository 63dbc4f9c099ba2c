import type { SplitRule } from './splitRule.ts';
import type { EncodingName } from './tokenCounter.ts';
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
}

/** Writes the uncompressed form of a vocabulary file. */
export function writeVocabularyFile(data: VocabularyData, utf8Header: Utf8): Uint8Array {
  const { encoding, split, tokenLengths, tokenBytes } = data;
  const header: Header = { format: 1, encoding, split, numIds: tokenLengths.length };
  const headerBytes = utf8Header.encode(JSON.stringify(header));
  const file = new Uint8Array(4 + headerBytes.length + tokenLengths.length * 2 + tokenBytes.length);
  new DataView(file.buffer).setUint32(0, headerBytes.length, true);
  file.set(headerBytes, 4);
  let idx = 4 + headerBytes.length;
  for (const length of tokenLengths) file[idx++] = length & 0xff;
  for (const length of tokenLengths) file[idx++] = length >> 8;
  file.set(tokenBytes, idx);
  return file;
}

/** Reads the uncompressed form. Throws a RangeError when it is not of this layout. */
export function readVocabularyFile(file: Uint8Array, utf8Header: Utf8): VocabularyData {
  if (file.length < 4) throw new RangeError(`A vocabulary file of ${file.length} bytes is cut off`);
  const headerLength = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  if (4 + headerLength > file.length) {
    throw new RangeError(
      `A vocabulary file of ${file.length} bytes claims a header of ${headerLength}`,
    );
  }
  const header = JSON.parse(utf8Header.decode(file.subarray(4, 4 + headerLength))) as Header;
  if (header.format !== 1) {
    throw new RangeError(`Vocabulary file format ${String(header.format)} is not known, only 1`);
  }
  const { encoding, split, numIds } = header;
  const lengthsStart = 4 + headerLength;
  const bytesStart = lengthsStart + numIds * 2;
  if (bytesStart > file.length) {
    throw new RangeError(`The vocabulary file of ${encoding} is cut off`);
  }
  const tokenLengths = new Uint16Array(numIds);
  for (let id = 0; id < numIds; id++) {
    tokenLengths[id] = file[lengthsStart + id] | (file[lengthsStart + numIds + id] << 8);
  }
  return { encoding, split, tokenLengths, tokenBytes: file.subarray(bytesStart) };
}

/** Text to bytes and back, which the core has no global for. */
export interface Utf8 {
  encode(text: string): Uint8Array;
  decode(utf8: Uint8Array): string;
}
