import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { regionBytes } from './countKernel.generated.ts';
import { takeBytes, type WasmMemory } from './sharedMemory.ts';

/** Regions of threads that ended, by the memory they lie in. */
const unused = new WeakMap<WasmMemory, number[]>();

/**
 * A vocabulary to send to one thread that ends before this one does. What the thread counts in goes to the next once it
 * is given back, which must not be before the thread has ended: the memory never becomes smaller.
 */
export function lendVocabulary(vocabulary: Vocabulary): {
  readonly vocabulary: Vocabulary;
  readonly giveBack: () => void;
} {
  const { memory } = vocabulary;
  if (memory === undefined) return { vocabulary, giveBack: () => {} };
  const ofMemory = unused.get(memory) ?? [];
  unused.set(memory, ofMemory);
  const region = ofMemory.pop() ?? takeBytes(memory, regionBytes);
  // Full: the thread finds no place either, and counts in TypeScript.
  if (region === undefined) return { vocabulary, giveBack: () => {} };
  return { vocabulary: { ...vocabulary, region }, giveBack: () => ofMemory.push(region) };
}
