import type { TokenSpan } from './tokenSpans.ts';

/** What is needed of an encoding to find where its tokens stand. */
export interface OffsetCounter {
  countText(text: string): number;
  /** See `tokenSpans`. */
  spans(text: string): readonly TokenSpan[] | undefined;
  isSafeSplit(text: string, unit: number): boolean;
}

/** Parts are counted without their tokens' places until a wanted token lies in one; longer where no safe place is near. */
const partUnits = 1 << 14;

/**
 * Where in a text the first `wanted[i]` tokens end, as UTF-16 units; undefined for those beyond its end. Counts from the start,
 * part by part, only as far as the last one; yields after each part so that a caller can give way to others.
 * @param wanted ascending numbers of tokens, from 0
 */
export function* tokenOffsets(
  counter: OffsetCounter,
  text: string,
  wanted: readonly number[],
): Generator<undefined, readonly (number | undefined)[]> {
  const found: (number | undefined)[] = [];
  let start = 0;
  let tokensBefore = 0;
  while (start < text.length && found.length < wanted.length) {
    const end = partEnd(counter, text, start);
    const part = text.slice(start, end);
    const tokens = counter.countText(part);
    // A place at the part's very end is found here, not at the start of the next.
    while (found.length < wanted.length && wanted[found.length] <= tokensBefore + tokens) {
      found.push(start + unitOf(counter, part, wanted[found.length] - tokensBefore));
    }
    tokensBefore += tokens;
    start = end;
    yield undefined;
  }
  return wanted.map((tokens, idx) => found.at(idx) ?? (tokens === 0 ? 0 : undefined));
}

function partEnd(counter: OffsetCounter, text: string, start: number): number {
  for (let idx = start + partUnits; idx < text.length; idx++) {
    if (counter.isSafeSplit(text, idx)) return idx;
  }
  return text.length;
}

/** Where the first `tokens` tokens of a part end; where tokens share a character, after it. */
function unitOf(counter: OffsetCounter, part: string, tokens: number): number {
  if (tokens === 0) return 0;
  let seen = 0;
  for (const { endUnit, ids } of counter.spans(part) ?? []) {
    seen += ids.length;
    if (seen >= tokens) return endUnit;
  }
  return part.length;
}
