import { isSafeTextSplit } from './split/safeSplit.ts';

/** A text to have counted at once, made of whole texts and parts of texts. */
export interface CountPart {
  readonly text: string;
  /** Places at which tokens may merge or part: texts that were joined here, and the end at which a text was cut. */
  readonly seams: number;
}

/**
 * Brings texts into parts of about `maxUnits` UTF-16 units, so that many small files are one request and a huge one is
 * several. Texts are joined with a line feed; a long one is cut where no split rule that we know has a token across.
 * Empty texts have no tokens and are left out.
 */
export function countParts(texts: readonly string[], maxUnits: number): CountPart[] {
  if (!(maxUnits >= 2)) throw new RangeError(`maxUnits is ${maxUnits}, it must be at least 2`);
  const parts: CountPart[] = [];
  let pending: string[] = [];
  let pendingUnits = 0;
  const flush = () => {
    if (pending.length === 0) return;
    parts.push({ text: pending.join('\n'), seams: pending.length - 1 });
    pending = [];
    pendingUnits = 0;
  };
  for (const text of texts) {
    if (text === '') continue;
    if (pendingUnits + text.length + 1 > maxUnits) flush();
    if (text.length <= maxUnits) {
      pending.push(text);
      pendingUnits += text.length + 1;
    } else parts.push(...cut(text, maxUnits));
  }
  flush();
  return parts;
}

function cut(text: string, maxUnits: number): CountPart[] {
  const parts: CountPart[] = [];
  for (let start = 0; start < text.length;) {
    const end = cutPlace(text, start, maxUnits);
    parts.push({ text: text.slice(start, end), seams: end < text.length ? 1 : 0 });
    start = end;
  }
  return parts;
}

/** After a line end if there is one in the second half, else any safe place, else between two characters. */
function cutPlace(text: string, start: number, maxUnits: number): number {
  const limit = start + maxUnits;
  if (limit >= text.length) return text.length;
  const least = start + Math.ceil(maxUnits / 2);
  for (let idx = limit; idx >= least; idx--) {
    if (text.charCodeAt(idx - 1) === 0x0a && isSafeTextSplit(text, idx)) return idx;
  }
  for (let idx = limit; idx > start; idx--) if (isSafeTextSplit(text, idx)) return idx;
  const splitsPair = (text.codePointAt(limit - 1) ?? 0) > 0xffff;
  return splitsPair ? limit - 1 : limit;
}
