// A folder for what the tests of one run build from the sources, so that each thing is built once.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    buildFolder?: string;
  }
}

/** Vitest's global set-up; what it returns is the tear-down. */
export function setup(project: TestProject): () => void {
  const out = path.join(project.config.root, 'out');
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(path.join(out, 'test-build-'));
  project.provide('buildFolder', folder);
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
