import { NO_TOKEN } from './noToken.ts';
import { utf8LengthOf } from '../utf8.ts';
import type { TokenLookup } from '../vocabulary/tokenLookup.ts';

/** Writes the tokens that merging begins with, ids and ends, and gives their number. */
export type Seeds = (
  view: DataView,
  start: number,
  end: number,
  ids: Int32Array,
  ends: Int32Array,
) => number;

/**
 * Merging begins with characters where the vocabulary is SentencePiece's; of a character that is no token, with the
 * tokens of its bytes ("byte fallback").
 */
export function characterSeeds(lookup: TokenLookup): Seeds {
  const { byteIds } = lookup.vocabulary;
  return (view, start, end, ids, ends) => {
    let parts = 0;
    for (let idx = start; idx < end;) {
      const length = utf8LengthOf(view.getUint8(idx));
      const id = length === 1 ? NO_TOKEN : lookup.idOf(view, idx, idx + length);
      if (id !== NO_TOKEN) {
        ids[parts] = id;
        ends[parts++] = idx += length;
        continue;
      }
      for (const charEnd = idx + length; idx < charEnd;) {
        ids[parts] = byteIds[view.getUint8(idx)];
        ends[parts++] = ++idx;
      }
    }
    return parts;
  };
}
