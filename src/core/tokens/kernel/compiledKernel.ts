import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { countKernelHex } from './countKernel.generated.ts';
import { webAssembly, type WasmMemory } from './sharedMemory.ts';

/** What the kernel calls; addresses are byte offsets in its memory. */
export interface KernelImports {
  readonly memory: WasmMemory;
  /** The end of the piece at `start`. */
  scan(start: number, end: number): number;
  /** Tokens of a piece too long for the kernel. */
  mergeLong(start: number, end: number): number;
}

/** What it exports; see countKernel.as.ts. */
export interface KernelExports {
  automatonOffset(): number;
  textOffset(): number;
  open(...tables: [...TableAddresses, maxTokenBytes: number, region: number]): void;
  countPieces(start: number, end: number): number;
  writeTokens(...tables: [numIds: number, ...TableAddresses, byteIds: number]): void;
}

type TableAddresses = readonly [
  table: number,
  tableBytes: number,
  filter: number,
  filterBytes: number,
  tokenStarts: number,
  tokenBytes: number,
  bytePairRanks: number,
];

/** Where the tables of a vocabulary lie, in the order in which the kernel takes them. */
export function tableAddresses(
  tables: Pick<Vocabulary, 'table' | 'filter' | 'tokenStarts' | 'tokenBytes' | 'bytePairRanks'>,
): TableAddresses {
  const { table, filter, tokenStarts, tokenBytes, bytePairRanks } = tables;
  return [
    table.byteOffset,
    table.byteLength,
    filter.byteOffset,
    filter.byteLength,
    tokenStarts.byteOffset,
    tokenBytes.byteOffset,
    bytePairRanks.byteOffset,
  ];
}

/** Undefined where WebAssembly is missing or forbidden. */
export function instantiateKernel(env: KernelImports): KernelExports | undefined {
  const api = webAssembly();
  if (api === undefined) return undefined;
  const bytes = countKernelHex.match(/../g)?.map((byte) => parseInt(byte, 16)) ?? [];
  try {
    // V8 compiles the same bytes once, however many threads ask.
    const module = new api.Module(Uint8Array.from(bytes));
    return new api.Instance(module, { env }).exports as KernelExports;
  } catch {
    // A content security policy without 'wasm-unsafe-eval' refuses to compile: TypeScript counts.
    return undefined;
  }
}
