import { decodeUtf8 } from '../text/utf8Text.ts';
import { isUtf8, repairUtf8, writeUtf8 } from './utf8.ts';

/** Zero bytes after the text, so that reading whole words at its end stays inside the buffer. */
const PADDING_BYTES = 16;
const INITIAL_BYTES = 1 << 16;
/** A buffer that grew beyond this for one huge text is given back after it. */
const KEPT_BYTES = 1 << 22;

/** The text being counted as valid UTF-8, readable by bytes and by unaligned 32-bit words. */
export class TextBuffer {
  bytes: Uint8Array;
  view: DataView;
  /** Bytes of text. */
  length = 0;
  readonly #home: Uint8Array | undefined;
  readonly #normalization: 'NFC' | undefined;
  readonly #isUtf8: (bytes: Uint8Array) => boolean;

  /**
   * @param isUtf8Natively the platform's own check, many times faster than one written here
   * @param home where a text is put unless it is too long for that
   */
  constructor(normalization?: 'NFC', isUtf8Natively = isUtf8, home?: Uint8Array) {
    this.#normalization = normalization;
    this.#isUtf8 = isUtf8Natively;
    this.#home = home;
    this.bytes = home ?? new Uint8Array(INITIAL_BYTES);
    this.view = viewOf(this.bytes);
  }

  /** Takes a copy of the bytes, with U+FFFD in place of what is no UTF-8. */
  setBytes(utf8: Uint8Array): void {
    this.#copy(utf8);
    this.bytes[this.length] = 0;
  }

  #copy(utf8: Uint8Array): void {
    this.#reserve(utf8.length);
    this.bytes.set(utf8);
    this.length = utf8.length;
    if (!this.#isUtf8(utf8)) {
      this.#reserve(utf8.length * 3);
      this.length = repairUtf8(utf8, this.bytes);
    }
    this.#normalize();
  }

  /** Takes a text, with U+FFFD in place of lone surrogates. */
  setText(text: string): void {
    this.#reserve(text.length * 3);
    this.length = writeUtf8(text, this.bytes);
    this.#normalize();
    this.bytes[this.length] = 0;
  }

  /** Puts a space before the text. */
  insertSpace(): void {
    const { bytes, length } = this;
    this.#reserve(length + 1);
    // Where there was no room these are other bytes.
    if (this.bytes === bytes) bytes.copyWithin(1, 0, length);
    else this.bytes.set(bytes.subarray(0, length), 1);
    this.bytes[0] = 0x20;
    this.length = length + 1;
    this.bytes[this.length] = 0;
  }

  /** Gives back the memory of a huge text. */
  release(): void {
    this.length = 0;
    if (this.#home === undefined && this.bytes.length <= KEPT_BYTES) return;
    if (this.bytes === this.#home) return;
    this.bytes = this.#home ?? new Uint8Array(INITIAL_BYTES);
    this.view = viewOf(this.bytes);
  }

  #normalize(): void {
    if (this.#normalization === undefined) return;
    // No character below U+0300 (cc 80) is changed by NFC when none from there on follows it.
    let idx = 0;
    while (idx < this.length && this.bytes[idx] < 0xcc) idx++;
    if (idx === this.length) return;
    // A copy: a browser's decoder takes no shared memory.
    const text = decodeUtf8(this.bytes.slice(0, this.length));
    const normalized = text.normalize(this.#normalization);
    if (normalized === text) return;
    this.#reserve(normalized.length * 3);
    this.length = writeUtf8(normalized, this.bytes);
  }

  #reserve(textBytes: number): void {
    if (this.bytes.length >= textBytes + PADDING_BYTES) return;
    const doubled = Math.min(this.bytes.length * 2, KEPT_BYTES);
    this.bytes = new Uint8Array(Math.max(textBytes + PADDING_BYTES, doubled));
    this.view = viewOf(this.bytes);
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
