import {
  EngineInputError,
  requireInRange,
  requireNonNegativeInteger,
  requirePositiveInteger,
} from '../errors.ts';
import { positionsFrom } from '../positions/rope.ts';
import {
  newTokensOf,
  requireCacheShape,
  type KvCache,
  type KvCacheOptions,
  type KvCacheShape,
} from './kvCache.ts';
import { createTokenSlots } from './tokenSlots.ts';

export interface PagedPoolOptions extends KvCacheOptions {
  readonly numBlocks: number;
  /** Tokens in a block; 16 in vLLM. */
  readonly blockTokens: number;
}

/** The memory that many sequences share, in blocks of equal size. */
export interface PagedPool {
  readonly blockTokens: number;
  readonly numBlocks: number;
  readonly freeBlocks: number;
  /** Bytes of the whole pool. */
  readonly allocatedBytes: number;
  readonly blockBytes: number;
  /** How many sequences use a block; 0 = free. */
  referencesOf(block: number): number;
  createSequence(): PagedSequence;
}

/** One sequence's cache: a table of blocks. */
export interface PagedSequence extends KvCache {
  /** The block that holds tokens i x blockTokens and following, for each i. */
  readonly blockTable: readonly number[];
  /** Slots of the last block that hold nothing: all that paging wastes. */
  readonly wastedSlots: number;
  /**
   * A new sequence that begins with the first `prefixTokens` tokens of this one (all when left out), in the same blocks.
   * A shared block is copied by the first that writes to it.
   */
  fork(prefixTokens?: number): PagedSequence;
  /** Gives the blocks back; the sequence is empty afterwards. */
  release(): void;
}

/**
 * A paged KV cache (Kwon et al. 2023, PagedAttention, section 4): fixed-size blocks, a block table per sequence, shared
 * prefixes by reference count, copy on write. No sequence has to reserve its greatest length.
 */
export function createPagedPool(cacheShape: KvCacheShape, options: PagedPoolOptions): PagedPool {
  const shape = requireCacheShape(cacheShape);
  const { numBlocks, blockTokens, observer } = options;
  requirePositiveInteger('numBlocks', numBlocks);
  requirePositiveInteger('blockTokens', blockTokens);
  const storage = createTokenSlots(shape, numBlocks * blockTokens, options);
  const references = new Int32Array(numBlocks);
  // Handed out from the end: the lowest number first.
  const free = Array.from({ length: numBlocks }, (_, idx) => numBlocks - 1 - idx);

  function takeBlock(): number {
    const block = free.pop();
    if (block === undefined) {
      throw new EngineInputError(`numBlocks must be more, all ${numBlocks} blocks are in use`);
    }
    references[block] = 1;
    return block;
  }

  function dropBlock(block: number): void {
    references[block]--;
    if (references[block] === 0) free.push(block);
  }

  function createSequence(sharedTable: readonly number[], sharedTokens: number): PagedSequence {
    let blockTable = [...sharedTable];
    let tokens = sharedTokens;
    const slotOf = (position: number) =>
      blockTable[Math.floor(position / blockTokens)] * blockTokens + (position % blockTokens);

    /** Makes the block of the next token writable: a new one at a block's start, a copy when others read it. */
    function prepareSlot(): void {
      const blockIdx = Math.floor(tokens / blockTokens);
      if (blockIdx === blockTable.length) {
        blockTable.push(takeBlock());
        return;
      }
      const shared = blockTable[blockIdx];
      if (references[shared] === 1) return;
      const own = takeBlock();
      for (let offset = 0; offset < tokens % blockTokens; offset++) {
        storage.copy(shared * blockTokens + offset, own * blockTokens + offset);
      }
      dropBlock(shared);
      blockTable[blockIdx] = own;
    }

    /** Blocks that appending would take, the copy of a shared one included. */
    function blocksNeeded(newTokens: number): number {
      if (newTokens === 0) return 0;
      const added = Math.ceil((tokens + newTokens) / blockTokens) - blockTable.length;
      const last = blockTable[Math.floor(tokens / blockTokens)];
      return added + (last !== undefined && references[last] > 1 ? 1 : 0);
    }

    return {
      shape,
      get tokens() {
        return tokens;
      },
      get nextPosition() {
        return tokens;
      },
      get usedBytes() {
        return tokens * storage.bytesPerToken;
      },
      get allocatedBytes() {
        return blockTable.length * blockTokens * storage.bytesPerToken;
      },
      get blockTable() {
        return [...blockTable];
      },
      get wastedSlots() {
        return blockTable.length * blockTokens - tokens;
      },
      append(k, v) {
        const newTokens = newTokensOf(shape, k, v);
        // Asked before the first write, so that a sequence is never left half written.
        if (blocksNeeded(newTokens) > free.length) {
          throw new EngineInputError(
            `numBlocks must be more, got ${numBlocks}: ${newTokens} tokens need ${blocksNeeded(newTokens)} blocks and ${free.length} are free`,
          );
        }
        const firstPosition = tokens;
        for (let idx = 0; idx < newTokens; idx++) {
          prepareSlot();
          storage.write(slotOf(tokens), k, v, idx, newTokens);
          tokens++;
        }
        if (observer?.cacheWrite) {
          observer.cacheWrite({
            firstPosition,
            tokens: newTokens,
            slots: Array.from(positionsFrom(firstPosition, newTokens), slotOf),
            bytesWritten: newTokens * storage.bytesPerToken,
          });
        }
      },
      read() {
        const positions = positionsFrom(0, tokens);
        return storage.gather(positions.map(slotOf), positions);
      },
      fork(prefixTokens = tokens) {
        requireNonNegativeInteger('prefixTokens', prefixTokens);
        requireInRange('prefixTokens', prefixTokens, 0, tokens);
        const table = blockTable.slice(0, Math.ceil(prefixTokens / blockTokens));
        for (const block of table) references[block]++;
        return createSequence(table, prefixTokens);
      },
      release() {
        blockTable.forEach(dropBlock);
        blockTable = [];
        tokens = 0;
      },
    };
  }

  const blockBytes = blockTokens * storage.bytesPerToken;
  return {
    blockTokens,
    numBlocks,
    blockBytes,
    allocatedBytes: numBlocks * blockBytes,
    get freeBlocks() {
      return free.length;
    },
    referencesOf: (block) => references[block],
    createSequence: () => createSequence([], 0),
  };
}
