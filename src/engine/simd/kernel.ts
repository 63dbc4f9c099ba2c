import { attentionKernelBase64 } from './attentionKernel.generated.ts';

/** What the compiled kernel exports; see attentionKernel.as.ts for each parameter. Pointers are byte offsets. */
export interface AttentionKernel {
  readonly memory: WasmMemory;
  packKeys(keys: number, packed: number, numKeys: number, headDim: number): void;
  attend(
    queries: number,
    packedKeys: number,
    values: number,
    output: number,
    maxima: number,
    sums: number,
    scratch: number,
    numQueries: number,
    numKeys: number,
    headDim: number,
    firstQueryIdx: number,
    causal: number,
    window: number,
  ): number;
  scratchBytes(): number;
}

// The part of WebAssembly's JavaScript interface used here: the engine is compiled without the DOM's types, which hold it.
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WasmApi {
  readonly Memory: new (descriptor: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
}

let loaded: AttentionKernel | null | undefined;

/** The kernel, instantiated once per thread; undefined where WebAssembly or its SIMD is missing or forbidden (a strict CSP). */
export function attentionKernel(): AttentionKernel | undefined {
  if (loaded === undefined) loaded = instantiate() ?? null;
  return loaded ?? undefined;
}

function instantiate(): AttentionKernel | undefined {
  const wasm = (globalThis as { readonly WebAssembly?: WasmApi }).WebAssembly;
  if (wasm === undefined) return undefined;
  const bytes = decodeBase64(attentionKernelBase64);
  if (!wasm.validate(bytes)) return undefined;
  try {
    const memory = new wasm.Memory({ initial: 1 });
    const { exports } = new wasm.Instance(new wasm.Module(bytes), { env: { memory } });
    return { memory, ...(exports as Omit<AttentionKernel, 'memory'>) };
  } catch {
    // A content security policy without 'wasm-unsafe-eval' refuses to compile: the TypeScript kernel serves.
    return undefined;
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(text: string): Uint8Array {
  const length = text.replace(/=+$/, '').length;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let numBits = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    bits = (bits << 6) | alphabet.indexOf(text[i]);
    numBits += 6;
    if (numBits >= 8) {
      numBits -= 8;
      bytes[at++] = (bits >> numBits) & 0xff;
    }
  }
  return bytes;
}
