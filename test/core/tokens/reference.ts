import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';

/*
 * Counting by the book, slow and plain: the split rule as a regular expression, then merging the lowest pair until
 * there is none. What the fast counter is held equal to where OpenAI's own cannot be asked.
 */

const contraction = "(?:'(?:[sS\\u017ftTmMdD]|[rRvV][eE]|[lL][lL]))";
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const prefix = '[^\\r\\n\\p{L}\\p{N}]?';
/** Rust's white space, which is Unicode's: JavaScript's `\s` differs. */
const space = '\\p{White_Space}';
const spaces = `${space}*[\\r\\n]+|${space}+(?!\\P{White_Space})|${space}+`;

const patterns = {
  o200k_base: [
    `${prefix}${upper}*${lower}+${contraction}?`,
    `${prefix}${upper}+${lower}*${contraction}?`,
    '\\p{N}{1,3}',
    ` ?[^${space}\\p{L}\\p{N}]+[\\r\\n/]*`,
    spaces,
  ].join('|'),
  cl100k_base: [
    contraction,
    `${prefix}\\p{L}+`,
    '\\p{N}{1,3}',
    ` ?[^${space}\\p{L}\\p{N}]+[\\r\\n]*`,
    spaces,
  ].join('|'),
};

export type ReferenceEncoding = keyof typeof patterns;

function ranksOf(bpeRanks: string): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const line of bpeRanks.split('\n').filter(Boolean)) {
    const [, offset, ...tokens] = line.split(' ');
    for (const [idx, token] of tokens.entries()) {
      ranks.set(Buffer.from(token, 'base64').toString('latin1'), Number(offset) + idx);
    }
  }
  return ranks;
}

function mergePiece(piece: string, ranks: ReadonlyMap<string, number>): number[] {
  let parts = [...piece];
  while (parts.length > 1) {
    const pairs = parts.slice(1).map((part, idx) => ranks.get(parts[idx] + part) ?? Infinity);
    const lowest = Math.min(...pairs);
    if (lowest === Infinity) break;
    const idx = pairs.indexOf(lowest);
    parts = [...parts.slice(0, idx), parts[idx] + parts[idx + 1], ...parts.slice(idx + 2)];
  }
  return parts.map((part) => ranks.get(part) ?? NaN);
}

/** Token ids of a text, by the book. */
export function referenceEncoder(encoding: ReferenceEncoding): (text: string) => number[] {
  const ranks = ranksOf((encoding === 'o200k_base' ? o200k : cl100k).bpe_ranks);
  const pattern = new RegExp(patterns[encoding], 'gu');
  return (text) =>
    [...text.matchAll(pattern)].flatMap(([piece]) => {
      const bytes = Buffer.from(piece).toString('latin1');
      const whole = ranks.get(bytes);
      return whole === undefined ? mergePiece(bytes, ranks) : [whole];
    });
}
