import { hasPair } from './characterPairs.ts';
import type { CharacterPairs } from './characterPairs.ts';
import type { JoinRule, PieceScanner } from './splitRule.ts';
import { codePointAt, utf8LengthOf } from '../utf8.ts';

/**
 * The scanner for vocabularies whose merges go over the whole text: a piece ends where no token has the two characters
 * beside each other. A merge over that place would make such a token, so both sides merge as if they stood alone.
 */
export function joinScanner(rule: JoinRule, pairs: CharacterPairs): PieceScanner {
  return (utf8, start, end) => {
    let before = codePointAt(utf8, start);
    let idx = start + utf8LengthOf(utf8[start]);
    while (idx < end) {
      const after = codePointAt(utf8, idx);
      if (!hasPair(pairs, before, after)) return idx;
      if (rule.splitsAtSpaces && after === 0x20) return idx;
      idx += utf8LengthOf(utf8[idx]);
      before = after;
    }
    return idx;
  };
}
