import { packAddedTokens } from './addedTokens.ts';
import type { AddedToken, AddedTokens } from './addedTokens.ts';
import { addPairs, CHARACTER_PAIRS_BYTES } from '../split/characterPairs.ts';
import type { CharacterPairs } from '../split/characterPairs.ts';
import { NO_TOKEN } from '../merge/noToken.ts';
import { addPairMerge, pairRank } from '../merge/pairMerges.ts';
import type { MergeList, PairMerges } from '../merge/pairMerges.ts';
import type { WasmMemory } from '../kernel/sharedMemory.ts';
import type { SplitRule } from '../split/splitRule.ts';
import { TableMemory } from './tableMemory.ts';
import { TokenLookup } from './tokenLookup.ts';
import { FILTER_BITS, viewOf, writeTokens, writeTokensByKernel } from './tokenTable.ts';
import type { EncodingName } from '../tokenCounter.ts';

/** What a vocabulary file holds; a token's id is its place in the list. */
export interface VocabularyData {
  readonly encoding: EncodingName;
  readonly split: SplitRule;
  /** Bytes of all tokens, one after the other in the order of their ids, which is the order of merging too. */
  readonly tokenBytes: Uint8Array;
  /** Bytes of each token; 0 where an id is not an ordinary token. */
  readonly tokenLengths: Uint16Array;
  /** Present where merging follows a list of pairs; absent where any two neighbours that make a token may merge. */
  readonly merges?: MergeList;
  /** Tokens that their own bytes alone do not merge to, so that a piece of these bytes is not that token. */
  readonly neverWholeIds?: readonly number[];
  /** Tokens found in a text before it is split, whatever the merges. */
  readonly addedTokens?: readonly AddedToken[];
  /** Ids of the tokens of single bytes that stand in for characters without a token, where those are apart. */
  readonly byteFallbackIds?: Int32Array;
}

/**
 * A vocabulary ready for look-up. All arrays lie on shared memory where there is such, so that sending it to a
 * worker copies nothing.
 */
export interface Vocabulary {
  readonly encoding: EncodingName;
  readonly split: SplitRule;
  /** What all tables lie in, where the kernel can count with them. */
  readonly memory?: WasmMemory;
  /** Where in that memory the kernel works; absent: it takes a place for as long as the memory is there. */
  readonly region?: number;
  /** Ids run from 0 to below this; some may be no ordinary token. */
  readonly numIds: number;
  readonly maxTokenBytes: number;
  /** Bytes of all tokens, and some zero bytes after them. */
  readonly tokenBytes: Uint8Array;
  /** Where each token's bytes start; one more entry for the end of the last. */
  readonly tokenStarts: Int32Array;
  /** Open addressing; four words a slot, see `writeSlot`; a length of 0 is a free slot. */
  readonly table: Int32Array;
  /** Bits by hash: where one is not set there is no such token, which most questions find out. */
  readonly filter: Int32Array;
  /** Rank of the merge of two bytes, at `first | second << 8`; NO_TOKEN where there is none. */
  readonly bytePairRanks: Int32Array;
  /** Id of the token of each single byte. */
  readonly byteIds: Int32Array;
  readonly merges?: PairMerges;
  readonly addedTokens?: AddedTokens;
  /** What stands beside each other in an added token and, where the rule is `joins`, in any token. */
  readonly pairs?: CharacterPairs;
}

const PADDING_BYTES = 16;

/** Builds the look-up table. Throws a RangeError naming what is missing when a single byte has no token. */
export function buildVocabulary(data: VocabularyData): Vocabulary {
  const { tokenLengths } = data;
  const numIds = tokenLengths.length;
  const memory = new TableMemory(isForKernel(data));
  const tokenStarts = memory.int32(numIds + 1);
  let maxTokenBytes = 0;
  for (let id = 0; id < numIds; id++) {
    tokenStarts[id + 1] = tokenStarts[id] + tokenLengths[id];
    maxTokenBytes = Math.max(maxTokenBytes, tokenLengths[id]);
  }
  const numBytes = tokenStarts[numIds];
  if (numBytes !== data.tokenBytes.length) {
    throw new RangeError(
      `The vocabulary ${data.encoding} has ${data.tokenBytes.length} bytes of tokens where its lengths add up to ${numBytes}`,
    );
  }
  const tokenBytes = memory.uint8(numBytes + PADDING_BYTES);
  tokenBytes.set(data.tokenBytes);

  // Up to five sixths full: the filter answers most questions for what is not there.
  const slots = 2 ** Math.ceil(Math.log2(numIds * 1.2));
  const table = memory.int32(slots * 4);
  const filter = memory.int32(FILTER_BITS / 32);
  const bytePairRanks = memory.int32(65536).fill(NO_TOKEN);
  const byteIds = memory.int32(256).fill(NO_TOKEN);
  const parts = { tokenBytes, tokenStarts, table, filter, bytePairRanks, byteIds };
  if (!writeTokensByKernel(parts, memory.forKernel)) {
    writeTokens(parts, new Set(data.byteFallbackIds));
  }
  data.byteFallbackIds?.forEach((id, byte) => {
    if (byteIds[byte] === NO_TOKEN) byteIds[byte] = id;
  });
  const missing = byteIds.indexOf(NO_TOKEN);
  if (missing >= 0) {
    throw new RangeError(
      `The vocabulary ${data.encoding} has no token for the byte 0x${missing.toString(16)}, so it cannot write every text`,
    );
  }
  const { encoding, split, addedTokens } = data;
  const vocabulary: Vocabulary = {
    encoding,
    split,
    numIds,
    maxTokenBytes,
    ...parts,
    ...(addedTokens !== undefined &&
      addedTokens.length > 0 && { addedTokens: packAddedTokens(addedTokens, memory) }),
    ...buildPairs(data, tokenStarts, memory),
    ...(memory.forKernel !== undefined && { memory: memory.forKernel }),
  };
  if (data.merges === undefined) return vocabulary;
  const merges = buildMerges(vocabulary, data.merges, memory);
  for (let pair = 0; pair < 65536; pair++) {
    bytePairRanks[pair] = pairRank(merges, byteIds[pair & 0xff], byteIds[pair >> 8]);
  }
  hideTokens(vocabulary, new Set(data.neverWholeIds));
  return { ...vocabulary, merges };
}

function buildPairs(
  { split, tokenBytes, addedTokens = [], byteFallbackIds }: VocabularyData,
  tokenStarts: Int32Array,
  memory: TableMemory,
): { readonly pairs?: CharacterPairs } {
  if (split.kind !== 'joins' && addedTokens.length === 0) return {};
  const pairs = memory.int32(CHARACTER_PAIRS_BYTES / 4);
  for (const { utf8 } of addedTokens) addPairs(pairs, utf8, 0, utf8.length);
  if (split.kind !== 'joins') return { pairs };
  const fallbackIds = new Set(byteFallbackIds);
  for (let id = 0; id + 1 < tokenStarts.length; id++) {
    if (!fallbackIds.has(id)) addPairs(pairs, tokenBytes, tokenStarts[id], tokenStarts[id + 1]);
  }
  return { pairs };
}

function buildMerges(
  vocabulary: Vocabulary,
  { resultIds, leftLengths }: MergeList,
  memory: TableMemory,
): PairMerges {
  const { tokenBytes, tokenStarts, encoding } = vocabulary;
  const lookup = new TokenLookup(vocabulary);
  const view = viewOf(tokenBytes);
  const slots = 2 ** Math.ceil(Math.log2(resultIds.length * 1.5 + 1));
  const table = memory.int32(slots * 4);
  for (let rank = 0; rank < resultIds.length; rank++) {
    const start = tokenStarts[resultIds[rank]];
    const middle = start + leftLengths[rank];
    const left = lookup.idOf(view, start, middle);
    const right = lookup.idOf(view, middle, tokenStarts[resultIds[rank] + 1]);
    if (left === NO_TOKEN || right === NO_TOKEN) {
      throw new RangeError(
        `Merge ${rank} of the vocabulary ${encoding} is not of two of its tokens`,
      );
    }
    addPairMerge(table, left, right, rank);
  }
  const shared = memory.int32(resultIds.length);
  shared.set(resultIds);
  return { table, resultIds: shared };
}

/** Makes the slots of tokens ones that no piece is equal to. */
export function hideTokens({ table }: Pick<Vocabulary, 'table'>, ids: ReadonlySet<number>): void {
  if (ids.size === 0) return;
  for (let slot = 0; slot < table.length; slot += 4) {
    if (table[slot + 2] > 0 && ids.has(table[slot + 3])) table[slot + 2] = -1;
  }
}

/** The kernel knows the rules that have an automaton, and ranks that are ids. */
function isForKernel({ split, merges }: VocabularyData): boolean {
  return (split.kind === 'o200k' || split.kind === 'cl100k') && merges === undefined;
}
