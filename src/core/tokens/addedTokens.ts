/** Tokens beside the vocabulary's own that are found in a text before it is split: the longest at the leftmost place. */
export interface AddedToken {
  readonly id: number;
  readonly utf8: Uint8Array;
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
export function addedTokenFinder(tokens: readonly AddedToken[]): AddedTokenFinder {
  const isFirst = new Uint8Array(256);
  /** Number of the next node by `node * 256 + byte`; node 0 is the root. */
  const next = new Map<number, number>();
  /** Id of the token that ends at a node. */
  const ending = new Map<number, number>();
  let numNodes = 1;
  for (const { id, utf8 } of tokens) {
    let node = 0;
    isFirst[utf8[0]] = 1;
    for (const byte of utf8) {
      const edge = node * 256 + byte;
      node = next.get(edge) ?? numNodes;
      if (node === numNodes) {
        next.set(edge, node);
        numNodes++;
      }
    }
    ending.set(node, id);
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
