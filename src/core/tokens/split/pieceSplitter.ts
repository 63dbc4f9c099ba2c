import { asciiAutomaton, exit, FIRST_EXIT, START } from './asciiAutomaton.ts';
import { cl100kScanner } from './scanCl100k.ts';
import { deepSeekScanner } from './scanDeepSeek.ts';
import { gpt2Scanner } from './scanGpt2.ts';
import { joinScanner } from './scanJoins.ts';
import { o200kScanner } from './scanO200k.ts';
import { contractionEnd } from './scanParts.ts';
import type { PieceScanner } from './splitRule.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';

type Splitting = Pick<Vocabulary, 'split' | 'pairs'>;

/** The scanner of a vocabulary's split rule, for every text. */
export function scannerOf({ split: rule, pairs }: Splitting): PieceScanner {
  switch (rule.kind) {
    case 'o200k':
      return o200kScanner(rule);
    case 'cl100k':
      return cl100kScanner(rule);
    case 'deepseek':
      return deepSeekScanner();
    case 'gpt2':
      return gpt2Scanner(rule);
    case 'joins':
      if (pairs === undefined) throw new Error('A vocabulary without a split rule needs its pairs');
      return joinScanner(rule, pairs);
  }
}

/** Splits as the rule's scanner does, by the rule's automaton where that can tell. Any byte may follow the text. */
export function createSplitter(splitting: Splitting): PieceScanner {
  const scan = scannerOf(splitting);
  const { kind } = splitting.split;
  if (kind !== 'o200k' && kind !== 'cl100k') return scan;
  const automaton = asciiAutomaton(splitting.split);

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
