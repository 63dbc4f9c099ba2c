import { isSafeTextSplit } from './split/safeSplit.ts';
import type { SafeSplit, TokenCounter } from './tokenCounter.ts';
import { utf8LengthOfText } from './utf8.ts';

/** Counting a block of so many UTF-16 units takes a fraction of a millisecond. */
const DEFAULT_BLOCK_UNITS = 8192;

/** The count of a text that is being edited. */
export interface LiveCount {
  /** Tokens of the text as it now is, equal to a full count. */
  readonly tokens: number;
  /** UTF-16 units of the text as it now is. */
  readonly length: number;
  /** Bytes of the text as UTF-8. */
  readonly bytes: number;
  /**
   * Tokens of a part as a text of its own. Only the ends are counted, blocks between them are known.
   * Throws a RangeError when the part is not inside the text.
   */
  countRange(startUnit: number, endUnit: number): number;
  /**
   * Replaces `removedUnits` from `startUnit` on by `inserted` and counts again around them. Offsets are UTF-16 units
   * of the text as it is before this edit; several edits of one change event are given in the event's order.
   * Throws a RangeError when the range is not inside the text.
   */
  edit(startUnit: number, removedUnits: number, inserted: string): void;
}

interface Block {
  readonly text: string;
  readonly tokens: number;
  readonly bytes: number;
}

/**
 * Counts a text and keeps the count through edits. The text is held as blocks cut at safe places. Whether a place is
 * safe depends on the two characters beside it alone, so an edit leaves all blocks as they are but those whose
 * characters it touches.
 */
export function createLiveCount(
  counter: TokenCounter,
  text: string,
  blockUnits = DEFAULT_BLOCK_UNITS,
): LiveCount {
  let blocks = countBlocks(counter, text, blockUnits, false);
  let tokens = sumOfTokens(blocks);
  let length = text.length;
  let bytes = sumOfBytes(blocks);

  function countRange(startUnit: number, endUnit: number): number {
    if (!(startUnit >= 0 && startUnit <= endUnit && endUnit <= length)) {
      throw new RangeError(
        `Units ${startUnit} to ${endUnit} are not a part of a text of ${length} units`,
      );
    }
    // Half a surrogate pair is another character, beside which what was a safe place need not be one.
    if (splitsPair(blocks, startUnit) || splitsPair(blocks, endUnit)) {
      return counter.countText(textOf(blocks).slice(startUnit, endUnit));
    }
    let sum = 0;
    let blockStart = 0;
    for (const block of blocks) {
      if (blockStart >= endUnit) break;
      const from = Math.max(0, startUnit - blockStart);
      const to = Math.min(block.text.length, endUnit - blockStart);
      const isWhole = from === 0 && to === block.text.length;
      // A range begins a text of its own, which some tokenizers put a space before.
      const begins = startUnit >= blockStart + from;
      if (isWhole && (!begins || blockStart === 0 || !counter.putsSpaceFirst)) sum += block.tokens;
      else if (from < to) sum += counter.countText(block.text.slice(from, to), !begins);
      blockStart += block.text.length;
    }
    return sum;
  }

  function edit(startUnit: number, removedUnits: number, inserted: string): void {
    const endUnit = startUnit + removedUnits;
    if (!(startUnit >= 0 && removedUnits >= 0 && endUnit <= length)) {
      throw new RangeError(
        `An edit of units ${startUnit} to ${endUnit} is outside of a text of ${length} units`,
      );
    }
    // The characters beside the edit count as touched, and a character is up to two units.
    const firstTouched = startUnit - 2;
    const lastTouched = endUnit + 2;
    let first = 0;
    let firstStart = 0;
    while (first + 1 < blocks.length && firstStart + blocks[first].text.length <= firstTouched) {
      firstStart += blocks[first++].text.length;
    }
    let afterLast = first;
    let oldText = '';
    while (
      afterLast < blocks.length &&
      (afterLast === first || firstStart + oldText.length < lastTouched)
    ) {
      oldText += blocks[afterLast++].text;
    }
    const newText =
      oldText.slice(0, startUnit - firstStart) + inserted + oldText.slice(endUnit - firstStart);
    const changed = countBlocks(counter, newText, blockUnits, first > 0);
    tokens += sumOfTokens(changed) - sumOfTokens(blocks.slice(first, afterLast));
    bytes += sumOfBytes(changed) - sumOfBytes(blocks.slice(first, afterLast));
    length += inserted.length - removedUnits;
    if (changed.length < 1000) blocks.splice(first, afterLast - first, ...changed);
    else blocks = [...blocks.slice(0, first), ...changed, ...blocks.slice(afterLast)];
  }

  return {
    get tokens() {
      return tokens;
    },
    get length() {
      return length;
    },
    get bytes() {
      return bytes;
    },
    countRange,
    edit,
  };
}

function textOf(blocks: readonly Block[]): string {
  return blocks.map(({ text }) => text).join('');
}

/** Whether a surrogate pair stands around the unit. Pairs are never split between blocks. */
function splitsPair(blocks: readonly Block[], unit: number): boolean {
  let start = 0;
  for (const { text } of blocks) {
    if (unit < start + text.length) return (text.codePointAt(unit - start - 1) ?? 0) > 0xffff;
    start += text.length;
  }
  return false;
}

function sumOfTokens(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + block.tokens, 0);
}

function sumOfBytes(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + block.bytes, 0);
}

function countBlocks(
  counter: TokenCounter,
  text: string,
  blockUnits: number,
  continues: boolean,
): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < text.length;) {
    const end = blockEnd(text, start, blockUnits, counter.isSafeSplit);
    const block = text.slice(start, end);
    const tokens = counter.countText(block, continues || start > 0);
    blocks.push({ text: block, tokens, bytes: utf8LengthOfText(block) });
    start = end;
  }
  return blocks;
}

function blockEnd(
  text: string,
  start: number,
  blockUnits: number,
  isSafe: SafeSplit | undefined,
): number {
  const limit = start + blockUnits;
  if (limit >= text.length) return text.length;
  for (let idx = limit; idx > start; idx--) if (isSafeTextSplit(text, idx, isSafe)) return idx;
  for (let idx = limit + 1; idx < text.length; idx++) {
    if (isSafeTextSplit(text, idx, isSafe)) return idx;
  }
  return text.length;
}
