import { asciiAutomaton, exit, FIRST_EXIT, START } from './asciiAutomaton.ts';
import { cl100kScanner } from './scanCl100k.ts';
import { deepSeekScanner } from './scanDeepSeek.ts';
import { o200kScanner } from './scanO200k.ts';
import { contractionEnd } from './scanParts.ts';
import type { PieceScanner, SplitRule } from './splitRule.ts';

/** The scanner of a split rule, for every text. */
export function scannerOf(rule: SplitRule): PieceScanner {
  switch (rule.kind) {
    case 'o200k':
      return o200kScanner(rule);
    case 'cl100k':
      return cl100kScanner(rule);
    case 'deepseek':
      return deepSeekScanner();
  }
}

/** Splits as the rule's scanner does, by the rule's automaton where that can tell. Any byte may follow the text. */
export function createSplitter(rule: SplitRule): PieceScanner {
  const scan = scannerOf(rule);
  const automaton = asciiAutomaton(rule);

  return (utf8, start, end) => {
    let idx = start;
    let state = START;
    do state = automaton[state + utf8[idx++]];
    while (state < FIRST_EXIT);
    // The byte that ended the piece is not in it.
    idx--;
    if (idx >= end) return scan(utf8, start, end);
    if (state === exit.end) return idx;
    if (state === exit.beforeLast) return idx - 1;
    if (state === exit.afterLineEnd) {
      do idx--;
      while (utf8[idx - 1] !== 0x0a && utf8[idx - 1] !== 0x0d);
      return idx;
    }
    return state === exit.contraction ? contractionEnd(utf8, idx, end) : scan(utf8, start, end);
  };
}
