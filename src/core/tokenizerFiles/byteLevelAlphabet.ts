/**
 * GPT-2's printable alphabet (`bytes_to_unicode` in openai/gpt-2 src/encoder.py), in which Hugging Face writes byte-level
 * tokens: printable bytes of Latin-1 stand for themselves, the other 68 for U+0100 and on.
 */
const byteOfCharacter: ReadonlyMap<string, number> = (() => {
  const bytes = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    bytes.set(String.fromCharCode(isPrintable ? byte : next++), byte);
  }
  return bytes;
})();

/** The bytes that a byte-level token stands for; undefined: it has a character that stands for none. */
export function byteLevelBytes(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let idx = 0; idx < token.length; idx++) {
    const byte = byteOfCharacter.get(token[idx]);
    if (byte === undefined) return undefined;
    bytes[idx] = byte;
  }
  return bytes;
}
