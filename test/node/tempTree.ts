import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files, deleted after the tests of the file; keys are paths with forward slashes. */
export function tempTree(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'context-budget-test-')));
  made.push(root);
  writeTree(root, files);
  return root;
}

export function writeTree(
  root: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Runs it as a user to whom permissions apply: root, as in a container, may read everything. */
export function withoutPrivilege<T>(root: string, run: () => T): T {
  if (process.getuid?.() !== 0 || process.seteuid === undefined) return run();
  const nobody = 65534;
  chownSync(root, nobody, nobody);
  process.seteuid(nobody);
  try {
    return run();
  } finally {
    process.seteuid(0);
  }
}
