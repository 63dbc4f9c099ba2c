/**
 * The rule by which an encoding splits a text into pieces before any merging; no token crosses a piece's end.
 * - `o200k`: words by case with their contraction, as OpenAI's o200k_base (and Mistral's Tekken without contractions);
 * - `cl100k`: contractions first, words whatever their case, as OpenAI's cl100k_base (Llama 3, Qwen);
 * - `deepseek`: DeepSeek V3's three rules, one within the other.
 */
export interface SplitRule {
  readonly kind: 'o200k' | 'cl100k' | 'deepseek';
  /** The most digits that stay together: `\p{N}{1,3}` or `\p{N}`. */
  readonly maxDigits: 1 | 3;
  /** Whether `'s 't 're 've 'm 'll 'd` are pieces (cl100k) or stay with the word before (o200k). */
  readonly contractions: boolean;
  /** Present where the text is brought into this Unicode form first; ends of tokens are then ends in that text. */
  readonly normalization?: 'NFC';
}

/**
 * The end of the piece that starts at `start`: `start < end`, all bytes up to `end` valid UTF-8, `start` a piece's start.
 * The look-ahead of a rule sees nothing beyond `end`.
 */
export type PieceScanner = (utf8: Uint8Array, start: number, end: number) => number;
