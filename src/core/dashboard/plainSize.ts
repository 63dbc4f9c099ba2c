import type { Subject } from './subject.ts';

/** A number of tokens in things that people know the size of; rough where no text was counted. */
export interface PlainSize {
  readonly words: number;
  readonly pages: number;
  /** The subject's own lines, or about so many of code. */
  readonly lines: number;
  readonly isLinesCounted: boolean;
}

/** English prose by OpenAI's rule of thumb, 100 tokens to 75 words (help.openai.com, "What are tokens"). */
export const wordsPerToken = 0.75;
/** A single-spaced page of a manuscript. */
export const wordsPerPage = 500;
/** Code by o200k_base: 9 to 11 tokens a line in the corpus that the counts are tested with. */
export const tokensPerCodeLine = 10;
export const pagesBasis =
  '0.75 words a token (OpenAI’s rule of thumb for English), 500 words a page';

export function plainSize(tokens: number, subject: Pick<Subject, 'lines'>): PlainSize {
  const words = tokens * wordsPerToken;
  return {
    words,
    pages: words / wordsPerPage,
    lines: subject.lines ?? Math.round(tokens / tokensPerCodeLine),
    isLinesCounted: subject.lines !== undefined,
  };
}
