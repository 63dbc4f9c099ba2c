export function compileKernel(): Promise<Uint8Array>;
export function moduleOf(wasm: Uint8Array): string;
export const generatedFile: string;
