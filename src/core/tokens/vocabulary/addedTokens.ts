import type { TableMemory } from './tableMemory.ts';

/** Tokens beside the vocabulary's own that are found in a text before it is split: the longest at the leftmost place. */
export interface AddedToken {
  readonly id: number;
  readonly utf8: Uint8Array;
}

/** Added tokens on shared memory: ids, and the bytes of all, one after the other. */
export interface AddedTokens {
  readonly ids: Int32Array;
  /** Where each token's bytes end. */
  readonly ends: Int32Array;
  readonly utf8: Uint8Array;
}

export function packAddedTokens(tokens: readonly AddedToken[], memory: TableMemory): AddedTokens {
  const ids = memory.int32(tokens.length);
  const ends = memory.int32(tokens.length);
  const utf8 = memory.uint8(tokens.reduce((sum, each) => sum + each.utf8.length, 0));
  let end = 0;
  for (const [idx, token] of tokens.entries()) {
    utf8.set(token.utf8, end);
    end += token.utf8.length;
    ids[idx] = token.id;
    ends[idx] = end;
  }
  return { ids, ends, utf8 };
}

/** A longer one is refused, so that a search takes linear time. */
export const MAX_ADDED_TOKEN_BYTES = 256;

export interface AddedTokenMatch {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Finds the next added token in bytes `start` to `end`. */
export type AddedTokenFinder = (
  utf8: Uint8Array,
  start: number,
  end: number,
) => AddedTokenMatch | undefined;

/** A tree by bytes; from each byte that begins a token it is followed as far as it goes. */
export function addedTokenFinder({ ids, ends, utf8: tokens }: AddedTokens): AddedTokenFinder {
  const isFirst = new Uint8Array(256);
  /** Number of the next node by `node * 256 + byte`; node 0 is the root. */
  const next = new Map<number, number>();
  /** Id of the token that ends at a node. */
  const ending = new Map<number, number>();
  let numNodes = 1;
  let at = 0;
  for (let idx = 0; idx < ids.length; idx++) {
    let node = 0;
    isFirst[tokens[at]] = 1;
    for (; at < ends[idx]; at++) {
      const edge = node * 256 + tokens[at];
      node = next.get(edge) ?? numNodes;
      if (node === numNodes) {
        next.set(edge, node);
        numNodes++;
      }
    }
    ending.set(node, ids[idx]);
  }

  return (utf8, start, end) => {
    for (let from = start; from < end; from++) {
      if (isFirst[utf8[from]] === 0) continue;
      let found: AddedTokenMatch | undefined;
      let node: number | undefined = 0;
      for (let idx = from; idx < end; idx++) {
        node = next.get(node * 256 + utf8[idx]);
        if (node === undefined) break;
        const id = ending.get(node);
        if (id !== undefined) found = { id, start: from, end: idx + 1 };
      }
      if (found !== undefined) return found;
    }
    return undefined;
  };
}
