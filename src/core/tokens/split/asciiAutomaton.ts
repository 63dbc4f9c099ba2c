import type { SplitRule, WordRule } from './splitRule.ts';

/*
 * A split rule as a finite automaton over ASCII bytes: one look-up a byte and no decision to be made, which is why it
 * is several times faster than asking what each character is. What it cannot say it leaves to the rule's scanner.
 */

/**
 * How a piece ends, given the byte that is no longer in it. All exits are above all states.
 * - `end`: before that byte;
 * - `beforeLast`: white space, whose last character goes with the word that follows: one byte earlier;
 * - `afterLineEnd`: white space up to its last line end;
 * - `contraction`: a word before an apostrophe: there may be more of it;
 * - `ask`: a byte beyond ASCII, or the zero byte behind the text: the scanner knows.
 */
export const exit = { end: 0xff00, beforeLast: 0xff01, afterLineEnd: 0xff02, contraction: 0xff03, ask: 0xff04 }; // prettier-ignore

/** From here on a value is an exit. */
export const FIRST_EXIT = exit.end;

/** States are multiples of 256, so that state and byte together are the index of what comes next. */
const states = ['start', 'upper', 'lower', 'quote', 'sign', 'signs', 'signsTail', 'digit', 'digits2', 'digits3', 'space', 'blank', 'blanks', 'lineEnd', 'indent'] as const; // prettier-ignore
type State = (typeof states)[number];
type Next = State | keyof typeof exit;

const classes = {
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  digit: '0123456789',
  space: ' ',
  blank: '\t\v\f',
  lineEnd: '\r\n',
  slash: '/',
  quote: "'",
};
/** `sign` is every other byte of ASCII: punctuation, symbols and control characters. */
type ByteClass = keyof typeof classes | 'sign';

type Row = Readonly<Partial<Record<ByteClass, Next>>> & { readonly otherwise: Next };

/** What follows on each class of byte, by state. */
function rowsOf({ kind, maxDigits, contractions }: WordRule): Record<State, Row> {
  const byCase = kind === 'o200k';
  const lower: Next = byCase ? 'lower' : 'upper';
  const words = { upper: 'upper', lower } as const;
  const afterWord: Next = byCase && contractions ? 'contraction' : 'end';
  const moreSigns = {
    sign: 'signs',
    slash: 'signs',
    quote: 'signs',
    lineEnd: 'signsTail',
  } as const;
  const moreBlanks = { space: 'blanks', blank: 'blanks', lineEnd: 'lineEnd' } as const;
  return {
    start: {
      ...words,
      digit: 'digit',
      space: 'space',
      blank: 'blank',
      lineEnd: 'lineEnd',
      quote: 'quote',
      otherwise: 'sign',
    },
    // `[U]*[L]+` and `[U]+[L]*`; without cases all letters are "upper".
    upper: { ...words, quote: afterWord, otherwise: 'end' },
    lower: { lower: 'lower', quote: afterWord, otherwise: 'end' },
    // Of cl100k's contractions there are too few to be worth states of their own.
    quote:
      contractions && !byCase
        ? { ...moreSigns, upper: 'ask', lower: 'ask', otherwise: 'end' }
        : { ...moreSigns, ...words, otherwise: 'end' },
    // One sign may belong to the word after it.
    sign: { ...moreSigns, ...words, otherwise: 'end' },
    signs: { ...moreSigns, otherwise: 'end' },
    signsTail: byCase
      ? { lineEnd: 'signsTail', slash: 'signsTail', otherwise: 'end' }
      : { lineEnd: 'signsTail', otherwise: 'end' },
    digit: maxDigits === 1 ? { otherwise: 'end' } : { digit: 'digits2', otherwise: 'end' },
    digits2: { digit: 'digits3', otherwise: 'end' },
    digits3: { otherwise: 'end' },
    space: { ...moreSigns, ...moreBlanks, ...words, otherwise: 'end' },
    blank: { ...moreBlanks, ...words, otherwise: 'end' },
    blanks: { ...moreBlanks, otherwise: 'beforeLast' },
    lineEnd: { lineEnd: 'lineEnd', space: 'indent', blank: 'indent', otherwise: 'end' },
    indent: { lineEnd: 'lineEnd', space: 'indent', blank: 'indent', otherwise: 'afterLineEnd' },
  };
}

/** The state that every piece begins in. */
export const START = 0;

/**
 * The automaton of a split rule: the state or exit that follows, at state + byte. A rule that has none leaves
 * everything to its scanner.
 */
export function asciiAutomaton(rule: SplitRule): Uint16Array {
  const table = new Uint16Array(states.length * 256).fill(exit.ask);
  if (rule.kind !== 'o200k' && rule.kind !== 'cl100k') return table;
  const rows = rowsOf(rule);
  const byteClasses = Array.from({ length: 0x80 }, (_, byte) => classOf(byte));
  for (const [index, state] of states.entries()) {
    const row = rows[state];
    for (let byte = 1; byte < 0x80; byte++) {
      table[index * 256 + byte] = valueOf(row[byteClasses[byte]] ?? row.otherwise);
    }
  }
  return table;
}

function classOf(byte: number): ByteClass {
  const character = String.fromCharCode(byte);
  const names = Object.keys(classes) as (keyof typeof classes)[];
  return names.find((name) => classes[name].includes(character)) ?? 'sign';
}

function valueOf(next: Next): number {
  return next in exit ? exit[next as keyof typeof exit] : states.indexOf(next as State) * 256;
}
