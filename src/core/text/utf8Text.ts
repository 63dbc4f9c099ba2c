// TextEncoder and TextDecoder stand in Node, workers and webviews alike; only the DOM's types name them, and the core does
// without those.
interface Encoder {
  encode(text: string): Uint8Array;
}
interface Decoder {
  decode(utf8: Uint8Array): string;
}
const { TextEncoder, TextDecoder } = globalThis as unknown as {
  readonly TextEncoder: new () => Encoder;
  readonly TextDecoder: new (label: string, options: { readonly ignoreBOM: boolean }) => Decoder;
};
const encoder = new TextEncoder();
// A stretch of a file may begin with U+FEFF, which is then a character like others.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export function decodeUtf8(utf8: Uint8Array): string {
  return decoder.decode(utf8);
}
