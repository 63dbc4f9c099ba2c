// TextDecoder stands in Node, workers and webviews alike; only the DOM's types name it, and the core does without those.
interface Utf8Decoder {
  decode(utf8: Uint8Array): string;
}
const { TextDecoder } = globalThis as unknown as {
  readonly TextDecoder: new (
    label: string,
    options: { readonly ignoreBOM: boolean },
  ) => Utf8Decoder;
};
// A stretch of a file may begin with U+FEFF, which is then a character like others.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export function decodeUtf8(utf8: Uint8Array): string {
  return decoder.decode(utf8);
}
