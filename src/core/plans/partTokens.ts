import type { IndexedChunk } from './codeIndex.ts';
import { decodeUtf8, encodeUtf8 } from '../text/utf8Text.ts';
import type { PlanInput } from './plan.ts';
import { codeText, linesOf, type Part } from './prompt.ts';
import { fileFrame, promptFrame } from './promptFrame.ts';
import { JoinedTokens, maxReachBytes } from './seams.ts';

/** A part with the chunks that it is made of. */
export interface ChunkedPart extends Part {
  readonly firstChunk: number;
  readonly lastChunk: number;
}

interface CountedText {
  readonly utf8: Uint8Array;
  readonly tokens: number;
}

/**
 * Counts requests exactly without writing them out: the chunks were counted when the index was made, the few bytes around each
 * seam are counted here. What can't be added up so is counted as text.
 */
export class PartTokens {
  readonly #input: PlanInput;
  readonly #texts = new Map<string, CountedText>();

  constructor(input: PlanInput) {
    this.#input = input;
  }

  /** Tokens of the request with these parts, and of each part's code; the first undefined: it must be written out and counted. */
  of(
    parts: readonly ChunkedPart[],
    instruction: string,
  ): { readonly tokens: number | undefined; readonly partTokens: readonly number[] } {
    const partTokens: number[] = [];
    const { index, counter, prompt } = this.#input;
    const joined = new JoinedTokens(counter);
    const paths = parts.map((part) => index.files[part.fileIdx].path);
    const frame = promptFrame(parts.length > 0, paths, instruction, [], prompt);
    this.#add(joined, frame.before);
    parts.forEach((part, i) => {
      const { before, after, body } = this.#framed(part);
      this.#add(joined, before);
      joined.add(body.head, body.tail, body.tokens);
      partTokens.push(body.tokens);
      this.#add(joined, i + 1 < parts.length ? `${after}\n` : after);
    });
    this.#add(joined, frame.after);
    return { tokens: joined.tokens, partTokens };
  }

  #framed(part: ChunkedPart) {
    const { index, textOf, prompt } = this.#input;
    const { path, bytes } = index.files[part.fileIdx];
    let backticks = 0;
    for (let i = part.firstChunk; i <= part.lastChunk; i++)
      backticks = Math.max(backticks, index.chunks[i].backticks);
    const { before, after } = fileFrame({ path, lines: linesOf(part, bytes), backticks }, prompt);
    const utf8 = textOf(part.fileIdx).subarray(part.startByte, part.endByte);
    if (prompt.lineNumbers) {
      const text = codeText(decodeUtf8(utf8), part.startLine, prompt);
      return { before, after, body: this.#counted(encodeUtf8(text)) };
    }
    // The line end that is added to a last line without one.
    const isEnded = utf8[utf8.length - 1] === 10;
    const body = this.#chunks(part, utf8);
    return { before, after: isEnded ? after : `\n${after}`, body };
  }

  #chunks(part: ChunkedPart, utf8: Uint8Array) {
    const { chunks } = this.#input.index;
    let tokens = chunks[part.firstChunk].tokens;
    for (let i = part.firstChunk + 1; i <= part.lastChunk; i++) {
      const { tokens: own, joinTokens }: IndexedChunk = chunks[i];
      if (joinTokens === undefined) return this.#counted(utf8);
      tokens += own + joinTokens;
    }
    return { ...ends(utf8), tokens };
  }

  #counted(utf8: Uint8Array) {
    return { ...ends(utf8), tokens: this.#input.counter.countBytes(utf8) };
  }

  #add(joined: JoinedTokens, text: string): void {
    if (text === '') return;
    let counted = this.#texts.get(text);
    if (counted === undefined) {
      const utf8 = encodeUtf8(text);
      counted = { utf8, tokens: this.#input.counter.countBytes(utf8) };
      this.#texts.set(text, counted);
    }
    joined.add(counted.utf8, counted.utf8, counted.tokens);
  }
}

function ends(utf8: Uint8Array): { readonly head: Uint8Array; readonly tail: Uint8Array } {
  if (utf8.length <= 2 * maxReachBytes) return { head: utf8, tail: utf8 };
  return { head: utf8.subarray(0, 2 * maxReachBytes), tail: utf8.subarray(-2 * maxReachBytes) };
}
