import { newSharedMemory, takeBytes, type WasmMemory } from '../kernel/sharedMemory.ts';

/**
 * Gives the tables of a vocabulary their memory: shared where there is such, so that sending them to a thread copies
 * nothing, and readable by the counting kernel where that can count with them.
 */
export class TableMemory {
  #forKernel: WasmMemory | undefined;

  constructor(isForKernel: boolean) {
    this.#forKernel = isForKernel ? newSharedMemory() : undefined;
  }

  /** What all of the tables lie in; undefined where the kernel cannot read them. */
  get forKernel(): WasmMemory | undefined {
    return this.#forKernel;
  }

  int32(length: number): Int32Array {
    const { buffer, start } = this.#take(length * 4);
    return new Int32Array(buffer, start, length);
  }

  uint8(length: number): Uint8Array {
    const { buffer, start } = this.#take(length);
    return new Uint8Array(buffer, start, length);
  }

  #take(numBytes: number): { readonly buffer: ArrayBufferLike; readonly start: number } {
    const memory = this.#forKernel;
    const start = memory && takeBytes(memory, numBytes);
    if (memory !== undefined && start !== undefined) return { buffer: memory.buffer, start };
    // Of a vocabulary too large for it, what was taken before may stay.
    this.#forKernel = undefined;
    const isShared = typeof SharedArrayBuffer !== 'undefined';
    return {
      buffer: isShared ? new SharedArrayBuffer(numBytes) : new ArrayBuffer(numBytes),
      start: 0,
    };
  }
}
