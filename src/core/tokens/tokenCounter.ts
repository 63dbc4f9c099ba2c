/** A vocabulary with its split rule. What a model is counted with is named by its tokenizer link. */
export type EncodingName = 'o200k_base' | 'cl100k_base' | (string & Record<never, never>);

/** Whether a text may be cut between these two neighbouring code points, whatever stands around them. */
export type SafeSplit = (before: number, after: number) => boolean;

/** Counts tokens exactly as the encoding's own tokenizer would, special-token text being ordinary text. */
export interface TokenCounter {
  readonly encoding: EncodingName;
  /** Whether a text may be cut between two characters with the same tokens; `isSafeSplit` where absent. */
  readonly isSafeSplit?: SafeSplit;
  /** Whether a text that goes on none (`continues`) is counted with a space before it, as Llama 2's. */
  readonly putsSpaceFirst?: boolean;
  /**
   * Tokens of UTF-8 bytes; bytes that are no UTF-8 count as U+FFFD each, as TextDecoder replaces them.
   *
   * @param continues they go on a text cut at a safe place: some tokenizers put a space before a text's beginning
   */
  countBytes(utf8: Uint8Array, continues?: boolean): number;
  /** Tokens of a text; a lone surrogate counts as U+FFFD. */
  countText(text: string, continues?: boolean): number;
}

/** Tokens of a text one by one. */
export interface Encoded {
  /** Token ids, in order. */
  readonly ids: Uint32Array;
  /** Byte offset in the UTF-8 text at which each token ends; same length as `ids`. */
  readonly byteEnds: Uint32Array;
}

export interface TokenEncoder extends TokenCounter {
  encodeBytes(utf8: Uint8Array): Encoded;
  /** The bytes of one token. Throws a RangeError naming the id when the vocabulary has no such token. */
  tokenBytes(id: number): Uint8Array;
}

/** A number of tokens and how sure it is: exact counts have low = tokens = high. */
export interface TokenCount {
  readonly tokens: number;
  readonly lowTokens: number;
  readonly highTokens: number;
  readonly exact: boolean;
  /** How it was come by, in words: "counted with o200k_base", "o200k_base x 1.12-1.57 for code (source)". */
  readonly basis: string;
}
