/**
 * The rule by which an encoding splits a text into pieces before any merging; no token crosses a piece's end.
 */
export type SplitRule = (WordRule | Gpt2Rule | JoinRule) & {
  /** Present where the text is brought into this Unicode form first; ends of tokens are then ends in that text. */
  readonly normalization?: 'NFC';
};

/**
 * - `o200k`: words by case with their contraction, as OpenAI's o200k_base (and Mistral's Tekken without contractions);
 * - `cl100k`: contractions first, words whatever their case, as OpenAI's cl100k_base (Llama 3, Qwen);
 * - `deepseek`: DeepSeek V3's three rules, one within the other.
 */
export interface WordRule {
  readonly kind: 'o200k' | 'cl100k' | 'deepseek';
  /** The most digits that stay together: `\p{N}{1,3}` or `\p{N}`. */
  readonly maxDigits: 1 | 3;
  /** Whether `'s 't 're 've 'm 'll 'd` are pieces (cl100k) or stay with the word before (o200k). */
  readonly contractions: boolean;
}

/** Words, numbers and the rest with the space before them, as GPT-2. */
export interface Gpt2Rule {
  readonly kind: 'gpt2';
  /** Whether every digit is split off before, as StarCoder does. */
  readonly digitsApart: boolean;
}

/**
 * No rule: merges go over the whole text, as SentencePiece's. The pieces end where no token of the vocabulary has the two
 * characters beside each other, so that no merge can join them. A space is U+2581 in such vocabularies, and a space here.
 */
export interface JoinRule {
  readonly kind: 'joins';
  /** A space that a text begins with beyond its own: on every text, or on one that begins with none. */
  readonly leadingSpace?: 'always' | 'unlessThere';
  /** Whether a piece ends before every space all the same. */
  readonly splitsAtSpaces: boolean;
}

/**
 * The end of the piece that starts at `start`: `start < end`, all bytes up to `end` valid UTF-8, `start` a piece's start.
 * The look-ahead of a rule sees nothing beyond `end`.
 */
export type PieceScanner = (utf8: Uint8Array, start: number, end: number) => number;
