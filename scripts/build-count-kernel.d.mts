/** The bytes that AssemblyScript makes of countKernel.as.ts. */
export function compileCountKernel(): Promise<Uint8Array>;
/** The generated module that holds these bytes. */
export function countKernelModule(wasm: Uint8Array): string;
export const generatedCountKernel: string;
