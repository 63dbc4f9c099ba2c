import { maxPages } from './countKernel.generated.ts';

// The part of WebAssembly's JavaScript interface used here: the core is compiled without the DOM's types, which hold it.
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}
interface WasmApi {
  readonly Memory: new (descriptor: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** Undefined where there is none. */
export function webAssembly(): WasmApi | undefined {
  return (globalThis as { readonly WebAssembly?: WasmApi }).WebAssembly;
}

const PAGE_BYTES = 65_536;
/** What is taken begins on a line of the processor's cache, so that no two threads write to one. */
const LINE_BYTES = 64;

/** Memory for threads to share that WebAssembly can read. Undefined where there is none, or it is refused. */
export function newSharedMemory(): WasmMemory | undefined {
  const api = webAssembly();
  if (api === undefined || typeof SharedArrayBuffer === 'undefined') return undefined;
  try {
    const memory = new api.Memory({ initial: 1, maximum: maxPages, shared: true });
    Atomics.store(nextFree(memory), 0, LINE_BYTES);
    // What can't be sent is of no use: a vocabulary goes to other threads as it is.
    (globalThis as { structuredClone?: (value: unknown) => unknown }).structuredClone?.(memory);
    return memory;
  } catch {
    // No address space is left for it, a policy forbids it, or a platform does not share it.
    return undefined;
  }
}

/** Takes bytes of it for good and gives their address; undefined when it is full. Several threads may ask at once. */
export function takeBytes(memory: WasmMemory, numBytes: number): number | undefined {
  const taken = Math.ceil(numBytes / LINE_BYTES) * LINE_BYTES;
  for (;;) {
    const start = Atomics.load(nextFree(memory), 0);
    const missing = start + taken - memory.buffer.byteLength;
    try {
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch {
      return undefined;
    }
    if (Atomics.compareExchange(nextFree(memory), 0, start, start + taken) === start) return start;
  }
}

/** The address from which on nothing is taken, which stands in the first word. */
function nextFree(memory: WasmMemory): Int32Array {
  return new Int32Array(memory.buffer, 0, 1);
}
