import { bytesIn, type ByteRange } from './ranges.ts';

/** A file, and what each request that holds some of it holds. */
export interface SentFile {
  readonly bytes: number;
  /** By request, ascending. */
  readonly held: readonly HeldRanges[];
}

export interface HeldRanges {
  readonly requestIdx: number;
  readonly ranges: readonly ByteRange[];
}

/**
 * How far two files are seen together, 0 to 1: of all pairs of a byte of one and a byte of the other, the share that some request
 * holds both of. Two whole files in one request are 1. It is the chance that a request shows both ends of a
 * dependency when they may stand anywhere in their files, so a few lines of each count for little.
 */
export function shareSeenTogether(a: SentFile, b: SentFile): number {
  const common = inBoth(a.held, b.held);
  if (common.length === 0) return 0;
  if (a.bytes === 0 || b.bytes === 0) return 1;
  if (common.some(([ofA, ofB]) => bytesIn(ofA) === a.bytes && bytesIn(ofB) === b.bytes)) return 1;

  // Between two neighbouring cuts every byte of `a` is held by the same requests.
  const cuts = new Set(common.flatMap(([ofA]) => ofA.flat()));
  const ordered = [...cuts].sort((x, y) => x - y);
  let pairs = 0;
  for (let i = 0; i + 1 < ordered.length; i++) {
    const seenBeside = common.filter(([ofA]) => holds(ofA, ordered[i])).flatMap(([, ofB]) => ofB);
    pairs += (ordered[i + 1] - ordered[i]) * bytesIn(seenBeside);
  }
  return pairs / (a.bytes * b.bytes);
}

type Both = readonly [ofA: readonly ByteRange[], ofB: readonly ByteRange[]];

/** The ranges of each request that holds some of both. */
function inBoth(a: readonly HeldRanges[], b: readonly HeldRanges[]): Both[] {
  const result: Both[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i].requestIdx === b[j].requestIdx) result.push([a[i++].ranges, b[j++].ranges]);
    else if (a[i].requestIdx < b[j].requestIdx) i++;
    else j++;
  }
  return result;
}

function holds(ranges: readonly ByteRange[], byte: number): boolean {
  return ranges.some(([start, end]) => start <= byte && byte < end);
}
