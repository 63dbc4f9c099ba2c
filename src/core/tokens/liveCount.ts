import { isSafeTextSplit } from './safeSplit.ts';
import type { TokenCounter } from './tokenCounter.ts';

/** Counting a block of so many UTF-16 units takes a fraction of a millisecond. */
const DEFAULT_BLOCK_UNITS = 8192;

/** The count of a text that is being edited. */
export interface LiveCount {
  /** Tokens of the text as it now is, equal to a full count. */
  readonly tokens: number;
  /** UTF-16 units of the text as it now is. */
  readonly length: number;
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
  let blocks = countBlocks(counter, text, blockUnits);
  let tokens = sumOfTokens(blocks);
  let length = text.length;

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
    const changed = countBlocks(counter, newText, blockUnits);
    tokens += sumOfTokens(changed) - sumOfTokens(blocks.slice(first, afterLast));
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
    edit,
  };
}

function sumOfTokens(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + block.tokens, 0);
}

function countBlocks(counter: TokenCounter, text: string, blockUnits: number): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < text.length;) {
    const end = blockEnd(text, start, blockUnits);
    const block = text.slice(start, end);
    blocks.push({ text: block, tokens: counter.countText(block) });
    start = end;
  }
  return blocks;
}

function blockEnd(text: string, start: number, blockUnits: number): number {
  const limit = start + blockUnits;
  if (limit >= text.length) return text.length;
  for (let idx = limit; idx > start; idx--) if (isSafeTextSplit(text, idx)) return idx;
  for (let idx = limit + 1; idx < text.length; idx++) if (isSafeTextSplit(text, idx)) return idx;
  return text.length;
}
