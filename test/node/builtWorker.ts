import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll } from 'vitest';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
// Two folders below the root, where the worker finds the vocabularies.
mkdirSync(path.join(root, 'out'), { recursive: true });
const folder = mkdtempSync(path.join(root, 'out', 'test-worker-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/**
 * A worker, bundled from the sources as they stand.
 * @param before code that runs in it first
 * @param name of the built file
 */
export async function builtWorker(
  before = '',
  name = before === '' ? 'worker' : 'tampered',
  worker: 'countWorker' | 'plansWorker' = 'countWorker',
): Promise<string> {
  const outfile = path.join(folder, `${name}.mjs`);
  await build({
    stdin: {
      contents: `${before}\nawait import('./src/node/${worker}.ts');`,
      resolveDir: root,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
    alias: { 'jsonc-parser': path.join(root, 'node_modules/jsonc-parser/lib/esm/main.js') },
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  return outfile;
}
