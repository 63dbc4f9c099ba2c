import { addedTokenFinder } from './vocabulary/addedTokens.ts';
import type { TextBuffer } from './textBuffer.ts';
import type { Vocabulary } from './vocabulary/vocabulary.ts';

/** What a text is made of before it is split: stretches of text, and added tokens between them. */
export interface SegmentHandlers {
  /** Bytes `start` to `end` of the buffer; `moved` bytes before them are not of the text, or (less than 0) are missing. */
  readonly text: (start: number, end: number, moved: number) => void;
  readonly added: (id: number, end: number, moved: number) => void;
}

/**
 * Takes a text in the buffer apart at its added tokens, brings the stretches into the form that the rule wants, and hands
 * them on in order. `continues`: the buffer goes on a text, so nothing is put before it.
 */
export type Segmenter = (buffer: TextBuffer, continues: boolean, handlers: SegmentHandlers) => void;

/** Undefined for vocabularies that split a text as it is, which needs none of this. */
export function segmenterOf(
  vocabulary: Pick<Vocabulary, 'split' | 'addedTokens'>,
): Segmenter | undefined {
  const { split, addedTokens } = vocabulary;
  if (split.kind !== 'joins' && addedTokens === undefined) return undefined;
  const isJoined = split.kind === 'joins';
  const leadingSpace = isJoined ? split.leadingSpace : undefined;
  const find = addedTokens === undefined ? undefined : addedTokenFinder(addedTokens);

  return (buffer, continues, { text, added }) => {
    let moved = 0;
    const isPrefixed =
      leadingSpace !== undefined &&
      !continues &&
      buffer.length > 0 &&
      (leadingSpace === 'always' || !beginsWithSpace(buffer));
    if (isPrefixed) {
      buffer.insertSpace();
      moved = 1;
    }
    const { bytes, length } = buffer;
    for (let at = 0; at < length;) {
      const match = find?.(bytes, at, length);
      const end = match?.start ?? length;
      const textEnd = isJoined ? signsToSpaces(bytes, at, end) : end;
      if (textEnd > at) text(at, textEnd, moved);
      moved -= end - textEnd;
      if (match === undefined) return;
      added(match.id, match.end, moved);
      at = match.end;
    }
  };
}

/** The sign of a space, U+2581, is e2 96 81. */
function isSign(bytes: Uint8Array, idx: number): boolean {
  return bytes[idx] === 0xe2 && bytes[idx + 1] === 0x96 && bytes[idx + 2] === 0x81;
}

function beginsWithSpace({ bytes, length }: TextBuffer): boolean {
  return bytes[0] === 0x20 || (length >= 3 && isSign(bytes, 0));
}

/** Writes a space for every sign of one and gives the new end. */
function signsToSpaces(bytes: Uint8Array, start: number, end: number): number {
  let idx = start;
  while (idx < end && !isSign(bytes, idx)) idx++;
  let written = idx;
  while (idx < end) {
    if (isSign(bytes, idx)) {
      bytes[written++] = 0x20;
      idx += 3;
    } else bytes[written++] = bytes[idx++];
  }
  return written;
}
