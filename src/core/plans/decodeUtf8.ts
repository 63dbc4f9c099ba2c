// TextDecoder stands in Node, workers and webviews alike; only the DOM's types name it, and the core does without those.
interface Utf8Decoder {
  decode(utf8: Uint8Array): string;
}
const { TextDecoder } = globalThis as unknown as { readonly TextDecoder: new () => Utf8Decoder };
const decoder = new TextDecoder();

/** The text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export function decodeUtf8(utf8: Uint8Array): string {
  return decoder.decode(utf8);
}
