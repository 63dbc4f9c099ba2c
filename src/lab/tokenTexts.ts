import type { TokenEncoder } from '../core/tokens/tokenCounter.ts';

/** Decodes UTF-8, or gives undefined for bytes that are none. */
export type DecodeUtf8 = (bytes: Uint8Array) => string | undefined;

/**
 * The first tokens of a UTF-8 text, each as text. A token that ends inside a character shows its bytes: <F0 9F>.
 */
export function tokenTexts(
  encoder: TokenEncoder,
  utf8: Uint8Array,
  maxTokens: number,
  decode: DecodeUtf8,
): { readonly tokens: readonly string[]; readonly cut: boolean } {
  const { byteEnds } = encoder.encodeBytes(utf8);
  const tokens = Array.from(byteEnds.subarray(0, maxTokens), (end, idx) => {
    const bytes = utf8.subarray(idx === 0 ? 0 : byteEnds[idx - 1], end);
    return decode(bytes) ?? `<${Array.from(bytes, hexByte).join(' ')}>`;
  });
  return { tokens, cut: byteEnds.length > maxTokens };
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
