import { shortMerger, SHORT_PIECE_BYTES } from '../tokens/merge/merge.ts';
import { longMerger } from '../tokens/merge/mergeLong.ts';
import { TokenLookup } from '../tokens/vocabulary/tokenLookup.ts';
import type { Vocabulary } from '../tokens/vocabulary/vocabulary.ts';

/** Tokens whose own bytes do not merge to them when the list of merges is followed, in time linear in their bytes. */
export function neverWholeIds(vocabulary: Vocabulary): ReadonlySet<number> {
  const { tokenStarts, tokenBytes, numIds, table } = vocabulary;
  const lookup = new TokenLookup(vocabulary);
  const short = shortMerger(lookup);
  const long = longMerger(lookup);
  const view = new DataView(tokenBytes.buffer);
  const ids = new Set<number>();
  // Only those in the table: it has none of the tokens that stand for a byte of a character.
  for (let slot = 0; slot < table.length; slot += 4) {
    const id = table[slot + 3];
    if (table[slot + 2] <= 0 || id >= numIds) continue;
    const start = tokenStarts[id];
    const end = tokenStarts[id + 1];
    const merger = end - start <= SHORT_PIECE_BYTES ? short : long;
    const parts = merger.merge(view, start, end);
    if (parts !== 1 || merger.merged.ids[0] !== id) ids.add(id);
  }
  return ids;
}
