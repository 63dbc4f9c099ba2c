import { writeUtf8 } from './utf8.ts';
import type { TokenEncoder } from './tokenCounter.ts';

/** A stretch of text that one token covers; several tokens where they share a character that none holds whole. */
export interface TokenSpan {
  /** UTF-16 units from the text's start. */
  readonly startUnit: number;
  readonly endUnit: number;
  /** Ids, in order; at least one. */
  readonly ids: readonly number[];
}

/**
 * The tokens of a text by where they stand in it, without gaps. Ends inside a character are moved to its end, so that
 * an editor can show them. `undefined`: the encoding rewrites this text before it splits it (Unicode normalization),
 * and its tokens can't be laid over the original.
 */
export function tokenSpans(encoder: TokenEncoder, text: string): TokenSpan[] | undefined {
  const buffer = new Uint8Array(text.length * 3);
  const utf8 = buffer.subarray(0, writeUtf8(text, buffer));
  const { ids, byteEnds } = encoder.encodeBytes(utf8);
  const encodedBytes = byteEnds.length === 0 ? 0 : byteEnds[byteEnds.length - 1];
  let steps: Iterable<Step> = characterSteps(text);
  if (encodedBytes !== utf8.length) {
    const normalized = [...normalizedSteps(text)];
    if (normalized.reduce((sum, step) => sum + step.bytes, 0) !== encodedBytes) return undefined;
    steps = normalized;
  }
  const spans: TokenSpan[] = [];
  let startUnit = 0;
  let endUnit = 0;
  let bytes = 0;
  let token = 0;
  let pending: number[] = [];
  for (const step of steps) {
    bytes += step.bytes;
    endUnit += step.units;
    while (token < ids.length && byteEnds[token] <= bytes) {
      pending.push(ids[token]);
      if (byteEnds[token++] === bytes) {
        spans.push({ startUnit, endUnit, ids: pending });
        startUnit = endUnit;
        pending = [];
      }
    }
  }
  return spans;
}

/** The span that holds a UTF-16 unit, by bisection. */
export function spanAt(spans: readonly TokenSpan[], unit: number): TokenSpan | undefined {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (unit < span.startUnit) high = middle - 1;
    else if (unit >= span.endUnit) low = middle + 1;
    else return span;
  }
  return undefined;
}

/** One step through a text: so many UTF-16 units are so many bytes for the encoder. */
interface Step {
  readonly units: number;
  readonly bytes: number;
}

const oneUnit: readonly Step[] = [0, 1, 2, 3].map((bytes) => ({ units: 1, bytes }));
const pair: Step = { units: 2, bytes: 4 };

function* characterSteps(text: string): Generator<Step> {
  for (let idx = 0; idx < text.length;) {
    const codePoint = text.codePointAt(idx) ?? 0;
    const step =
      codePoint > 0xffff ? pair : oneUnit[codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : 3];
    yield step;
    idx += step.units;
  }
}

/** By grapheme, since nothing is composed across their borders. */
function* normalizedSteps(text: string): Generator<Step> {
  const buffer = new Uint8Array(text.length * 9);
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    yield { units: segment.length, bytes: writeUtf8(segment.normalize('NFC'), buffer) };
  }
}
