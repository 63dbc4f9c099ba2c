import type { TokenEncoder } from '../core/tokens/tokenCounter.ts';

/** Decodes UTF-8, or gives undefined for bytes that are none. */
export type DecodeUtf8 = (bytes: Uint8Array) => string | undefined;

export interface TokenTexts {
  readonly tokens: readonly string[];
  /**
   * Where each token ends in the text, in UTF-16 units; a character that tokens share is the first one's. Undefined where the encoding
   * rewrites the text before it splits it.
   */
  readonly unitEnds?: readonly number[];
  readonly cut: boolean;
}

/**
 * The first tokens of a UTF-8 text, each as text. A token that ends inside a character shows its bytes: <F0 9F>.
 */
export function tokenTexts(
  encoder: TokenEncoder,
  utf8: Uint8Array,
  maxTokens: number,
  decode: DecodeUtf8,
): TokenTexts {
  const { byteEnds } = encoder.encodeBytes(utf8);
  const tokens = Array.from(byteEnds.subarray(0, maxTokens), (end, idx) => {
    const bytes = utf8.subarray(idx === 0 ? 0 : byteEnds[idx - 1], end);
    return decode(bytes) ?? `<${Array.from(bytes, hexByte).join(' ')}>`;
  });
  const cut = byteEnds.length > maxTokens;
  if ((byteEnds.at(-1) ?? 0) !== utf8.length) return { tokens, cut };
  return { tokens, unitEnds: unitEndsOf(utf8, byteEnds.subarray(0, maxTokens)), cut };
}

function unitEndsOf(utf8: Uint8Array, byteEnds: Uint32Array): readonly number[] {
  let byte = 0;
  let units = 0;
  return Array.from(byteEnds, (end) => {
    for (; byte < end; byte++) {
      const isContinuation = (utf8[byte] & 0xc0) === 0x80;
      if (!isContinuation) units += utf8[byte] >= 0xf0 ? 2 : 1;
    }
    return units;
  });
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
