const LINE_FEED = 0x0a;
const LINE_FEEDS = 0x0a0a0a0a;
/** A byte of the sum holds up to 255 words' worth. */
const WORDS_PER_SUM = 255;

/**
 * How many line feeds the bytes hold. Four bytes at a time: what differs from a line feed carries into its byte's
 * highest bit, and the bytes that did are summed beside each other in one word.
 */
export function lineFeedsIn(utf8: Uint8Array): number {
  const { buffer, byteOffset, length } = utf8;
  const wordsStart = (4 - (byteOffset & 3)) & 3;
  if (length < wordsStart) return countSingly(utf8, 0, length);
  const words = new Int32Array(buffer, byteOffset + wordsStart, (length - wordsStart) >> 2);
  const wordsEnd = wordsStart + words.length * 4;
  let others = 0;
  for (let start = 0; start < words.length; start += WORDS_PER_SUM) {
    const end = Math.min(words.length, start + WORDS_PER_SUM);
    let sum = 0;
    for (let idx = start; idx < end; idx++) {
      const differs = words[idx] ^ LINE_FEEDS;
      const isOther = ((((differs & 0x7f7f7f7f) + 0x7f7f7f7f) | differs) >>> 7) & 0x01010101;
      sum = (sum + isOther) | 0;
    }
    others += (sum & 0xff) + ((sum >>> 8) & 0xff) + ((sum >>> 16) & 0xff) + (sum >>> 24);
  }
  const around = countSingly(utf8, 0, wordsStart) + countSingly(utf8, wordsEnd, length);
  return words.length * 4 - others + around;
}

function countSingly(utf8: Uint8Array, start: number, end: number): number {
  let lineFeeds = 0;
  for (let idx = start; idx < end; idx++) if (utf8[idx] === LINE_FEED) lineFeeds++;
  return lineFeeds;
}
