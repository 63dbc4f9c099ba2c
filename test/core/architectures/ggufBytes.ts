/** A GGUF version 3 header with these entries: texts, unsigned 32-bit numbers and lists of texts. */
export function ggufBytes(entries: Readonly<Record<string, string | number | readonly string[]>>) {
  const parts: Uint8Array[] = [];
  const uint32 = (value: number) => parts.push(new Uint8Array(new Uint32Array([value]).buffer));
  const uint64 = (value: number) =>
    parts.push(new Uint8Array(new BigUint64Array([BigInt(value)]).buffer));
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    uint64(bytes.length);
    parts.push(bytes);
  };
  uint32(0x46554747);
  uint32(3);
  uint64(0);
  uint64(Object.keys(entries).length);
  for (const [key, value] of Object.entries(entries)) {
    text(key);
    if (typeof value === 'string') {
      uint32(8);
      text(value);
    } else if (typeof value === 'number') {
      uint32(4);
      uint32(value);
    } else {
      uint32(9);
      uint32(8);
      uint64(value.length);
      for (const one of value) text(one);
    }
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
