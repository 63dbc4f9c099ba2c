import { longMerger } from '../merge/mergeLong.ts';
import { asciiAutomaton } from '../split/asciiAutomaton.ts';
import { scannerOf } from '../split/pieceSplitter.ts';
import { TokenLookup } from '../vocabulary/tokenLookup.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { instantiateKernel, tableAddresses } from './compiledKernel.ts';
import { regionBytes } from './countKernel.generated.ts';
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
  const region = vocabulary.region ?? takeBytes(memory, regionBytes);
  if (exports === undefined || region === undefined) return undefined;

  const { buffer } = memory;
  // What the thread before was just writing when it ended may be half written.
  if (vocabulary.region !== undefined) new Uint8Array(buffer, region, regionBytes).fill(0);
  const textAt = region + exports.textOffset();
  const text = new Uint8Array(buffer, textAt, regionBytes - exports.textOffset());
  const view = new DataView(buffer, textAt, text.length);
  const automaton = asciiAutomaton(vocabulary.split);
  new Uint16Array(buffer, region + exports.automatonOffset(), automaton.length).set(automaton);
  exports.open(...tableAddresses(vocabulary), vocabulary.maxTokenBytes, region);
  return {
    text,
    countPieces: (start, end) => exports.countPieces(textAt + start, textAt + end),
  };
}
