import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, inject } from 'vitest';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
let ownFolder: string | undefined;

/** Two folders below the root, where the worker finds the vocabularies; that of the whole run where it has one. */
function buildFolder(): string {
  const shared = inject('buildFolder');
  if (shared !== undefined) return shared;
  mkdirSync(path.join(root, 'out'), { recursive: true });
  return (ownFolder ??= mkdtempSync(path.join(root, 'out', 'test-worker-')));
}

afterAll(() => {
  if (ownFolder !== undefined) rmSync(ownFolder, { recursive: true, force: true });
});

/**
 * A worker, bundled from the sources as they stand: once in a run, whoever asks for the same.
 * @param before code that runs in it first
 */
export async function builtWorker(
  before = '',
  worker: 'countWorker' | 'plansWorker' = 'countWorker',
): Promise<string> {
  const contents = `${before}\nawait import('./src/node/${worker}.ts');`;
  const name = createHash('sha256').update(contents).digest('hex').slice(0, 16);
  const outfile = path.join(buildFolder(), `${worker}-${name}.mjs`);
  if (existsSync(outfile)) return outfile;
  // Two files of tests may build it at a time: it takes its name when it is whole.
  const building = `${outfile}.${process.pid}`;
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile: building,
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
  renameSync(building, outfile);
  return outfile;
}
