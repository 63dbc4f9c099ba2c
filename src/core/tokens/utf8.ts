/** The bytes without a leading UTF-8 byte order mark: an editor does not send it, so neither do we count it. */
export function withoutByteOrderMark(utf8: Uint8Array): Uint8Array {
  const marked = utf8.length >= 3 && utf8[0] === 0xef && utf8[1] === 0xbb && utf8[2] === 0xbf;
  return marked ? utf8.subarray(3) : utf8;
}

/** Bytes of the character that a lead byte of valid UTF-8 begins. */
export function utf8LengthOf(leadByte: number): number {
  return leadByte < 0x80 ? 1 : leadByte < 0xe0 ? 2 : leadByte < 0xf0 ? 3 : 4;
}

/** The code point at a character's first byte; the bytes must be valid UTF-8. */
export function codePointAt(utf8: Uint8Array, idx: number): number {
  const lead = utf8[idx];
  if (lead < 0x80) return lead;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | (utf8[idx + 1] & 0x3f);
  if (lead < 0xf0)
    return ((lead & 0x0f) << 12) | ((utf8[idx + 1] & 0x3f) << 6) | (utf8[idx + 2] & 0x3f);
  return (
    ((lead & 0x07) << 18) |
    ((utf8[idx + 1] & 0x3f) << 12) |
    ((utf8[idx + 2] & 0x3f) << 6) |
    (utf8[idx + 3] & 0x3f)
  );
}

/**
 * Bytes of the well-formed character at `idx`, or minus the bytes that one U+FFFD stands for: the longest
 * beginning of a character, as the WHATWG Encoding Standard decodes (https://encoding.spec.whatwg.org/#utf-8-decoder).
 */
export function wellFormedLength(utf8: Uint8Array, idx: number, end: number): number {
  const lead = utf8[idx];
  if (lead < 0x80) return 1;
  let needed: number;
  let lowest = 0x80;
  let highest = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) needed = 1;
  else if (lead >= 0xe0 && lead <= 0xef) {
    needed = 2;
    if (lead === 0xe0) lowest = 0xa0;
    if (lead === 0xed) highest = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    needed = 3;
    if (lead === 0xf0) lowest = 0x90;
    if (lead === 0xf4) highest = 0x8f;
  } else return -1;
  for (let seen = 1; seen <= needed; seen++) {
    const byte = idx + seen < end ? utf8[idx + seen] : -1;
    if (byte < lowest || byte > highest) return -seen;
    lowest = 0x80;
    highest = 0xbf;
  }
  return needed + 1;
}

/** The first byte that is no UTF-8, or `end` when all of `start` to `end` is valid. */
function firstInvalidByte(utf8: Uint8Array, start: number, end: number): number {
  let idx = start;
  while (idx < end) {
    if (utf8[idx] < 0x80) {
      idx++;
      continue;
    }
    const length = wellFormedLength(utf8, idx, end);
    if (length < 0) return idx;
    idx += length;
  }
  return end;
}

/** Whether all of the bytes are UTF-8; four at a time while they are ASCII. */
export function isUtf8(bytes: Uint8Array): boolean {
  const { buffer, byteOffset, length } = bytes;
  const view = new DataView(buffer, byteOffset, length);
  let idx = 0;
  while (idx + 4 <= length && (view.getInt32(idx, true) & 0x80808080) === 0) idx += 4;
  return firstInvalidByte(bytes, idx, length) === length;
}

/**
 * Copies bytes, writing U+FFFD for what is no UTF-8 as TextDecoder does, and gives the bytes written.
 * `target` must have room for three times the source.
 */
export function repairUtf8(source: Uint8Array, target: Uint8Array): number {
  let written = 0;
  let idx = 0;
  while (idx < source.length) {
    const length = wellFormedLength(source, idx, source.length);
    if (length > 0) {
      for (let k = 0; k < length; k++) target[written++] = source[idx + k];
      idx += length;
    } else {
      target[written++] = 0xef;
      target[written++] = 0xbf;
      target[written++] = 0xbd;
      idx -= length;
    }
  }
  return written;
}

/** Bytes of a text as UTF-8, a lone surrogate as U+FFFD. */
export function utf8LengthOfText(text: string): number {
  let bytes = text.length;
  for (let idx = 0; idx < text.length; idx++) {
    const unit = text.charCodeAt(idx);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else {
      const isPair =
        unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(idx + 1) & 0xfc00) === 0xdc00;
      // Two units of a pair are four bytes, any other unit from here on is three.
      bytes += 2;
      if (isPair) idx++;
    }
  }
  return bytes;
}

/** Writes a text as UTF-8, a lone surrogate as U+FFFD; `target` must have room for three bytes a unit. */
export function writeUtf8(text: string, target: Uint8Array): number {
  let written = 0;
  for (let idx = 0; idx < text.length; idx++) {
    let unit = text.charCodeAt(idx);
    if (unit < 0x80) {
      target[written++] = unit;
      continue;
    }
    if (unit < 0x800) {
      target[written++] = 0xc0 | (unit >> 6);
      target[written++] = 0x80 | (unit & 0x3f);
      continue;
    }
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const low = unit < 0xdc00 && idx + 1 < text.length ? text.charCodeAt(idx + 1) : 0;
      if (low >= 0xdc00 && low <= 0xdfff) {
        const codePoint = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        target[written++] = 0xf0 | (codePoint >> 18);
        target[written++] = 0x80 | ((codePoint >> 12) & 0x3f);
        target[written++] = 0x80 | ((codePoint >> 6) & 0x3f);
        target[written++] = 0x80 | (codePoint & 0x3f);
        idx++;
        continue;
      }
      unit = 0xfffd;
    }
    target[written++] = 0xe0 | (unit >> 12);
    target[written++] = 0x80 | ((unit >> 6) & 0x3f);
    target[written++] = 0x80 | (unit & 0x3f);
  }
  return written;
}
