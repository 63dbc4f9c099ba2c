// TextEncoder stands in Node, workers and webviews alike; only the DOM's types name it, and the core does without those.
interface Utf8Encoder {
  encode(text: string): Uint8Array;
}
const { TextEncoder } = globalThis as unknown as { readonly TextEncoder: new () => Utf8Encoder };
const encoder = new TextEncoder();

/** The UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}
