import { longMerger } from '../merge/mergeLong.ts';
import { asciiAutomaton } from '../split/asciiAutomaton.ts';
import { scannerOf } from '../split/pieceSplitter.ts';
import { TokenLookup } from '../vocabulary/tokenLookup.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { instantiateKernel } from './compiledKernel.ts';
import { takeBytes, type WasmMemory } from './sharedMemory.ts';

/** Counts pieces as `createPieceCounter` does, in WebAssembly; see countKernel.as.ts. */
export interface CountKernel {
  /** Where a text must stand to be counted, with a zero byte behind it. */
  readonly text: Uint8Array;
  /** Tokens of the bytes `start` to `end` of `text`, valid UTF-8 that begins with a piece. */
  countPieces(start: number, end: number): number;
}

/** One for each vocabulary in a thread: nobody counts two texts at once. */
const kernels = new WeakMap<WasmMemory, CountKernel>();

/** Undefined where the vocabulary's rule is none of the kernel's, or WebAssembly is missing, forbidden or out of memory. */
export function countKernelOf(vocabulary: Vocabulary): CountKernel | undefined {
  const { memory } = vocabulary;
  if (memory === undefined) return undefined;
  const known = kernels.get(memory);
  if (known !== undefined) return known;
  const kernel = openKernel(vocabulary, memory);
  if (kernel !== undefined) kernels.set(memory, kernel);
  return kernel;
}

function openKernel(vocabulary: Vocabulary, memory: WasmMemory): CountKernel | undefined {
  const scan = scannerOf(vocabulary);
  const long = longMerger(new TokenLookup(vocabulary));
  const toTypeScript = {
    scan: (start: number, end: number) => scan(text, start - textAt, end - textAt) + textAt,
    mergeLong: (start: number, end: number) => long.merge(view, start - textAt, end - textAt),
  };
  const exports = instantiateKernel({ memory, ...toTypeScript });
  const region = exports && takeBytes(memory, exports.regionBytes());
  if (exports === undefined || region === undefined) return undefined;

  const { buffer } = memory;
  const textAt = region + exports.textOffset();
  const text = new Uint8Array(buffer, textAt, exports.regionBytes() - exports.textOffset());
  const view = new DataView(buffer, textAt, text.length);
  const automaton = asciiAutomaton(vocabulary.split);
  new Uint16Array(buffer, region + exports.automatonOffset(), automaton.length).set(automaton);
  const { table, filter, tokenStarts, tokenBytes, bytePairRanks, maxTokenBytes } = vocabulary;
  exports.open(
    table.byteOffset,
    table.byteLength,
    filter.byteOffset,
    filter.byteLength,
    tokenStarts.byteOffset,
    tokenBytes.byteOffset,
    bytePairRanks.byteOffset,
    maxTokenBytes,
    region,
  );
  return {
    text,
    countPieces: (start, end) => exports.countPieces(textAt + start, textAt + end),
  };
}
