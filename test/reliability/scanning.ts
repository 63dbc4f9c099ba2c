import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ScanReport } from '../../src/core/files/scanReport.ts';
import { Scanner, type ScannerOptions, type ScanRequest } from '../../src/node/scanner.ts';
import { builtWorker } from '../node/builtWorker.ts';
import { tempTree } from '../node/tempTree.ts';
import { often, recorder } from './attack.ts';

const scanners: Scanner[] = [];

type WorkerName = 'countWorker' | 'plansWorker';

/** A worker as it is built, or with `before` run in it first; its connections are recorded. */
export function recordedWorker(
  before = '',
  name = 'recorded',
  worker: WorkerName = 'countWorker',
): Promise<string> {
  const recording = `import ${JSON.stringify(new URL(recorder).pathname)};`;
  return builtWorker(`${recording}\n${before}`, name, worker);
}

/**
 * A worker that is built once and tampered with again and again: each of its threads runs the code that was given last, before
 * anything else. The code has `parentPort`, `workerData`, `fs` and `syncBuiltinESMExports`.
 */
export async function tamperedWorker(
  worker: WorkerName = 'countWorker',
): Promise<(code: string) => string> {
  const codeFile = path.join(tempTree(), 'before.js');
  const names = ['parentPort', 'workerData', 'fs', 'syncBuiltinESMExports'];
  const workerFile = await recordedWorker(
    `import { parentPort, workerData } from 'node:worker_threads';
     import fs from 'node:fs';
     import { syncBuiltinESMExports } from 'node:module';
     const code = fs.readFileSync(${JSON.stringify(codeFile)}, 'utf8');
     new Function(${names.map((name) => `'${name}'`).join()}, code)(${names.join()});`,
    `tampered-${worker}`,
    worker,
  );
  return (code) => {
    writeFileSync(codeFile, code);
    return workerFile;
  };
}

export function newScanner(options: ScannerOptions): Scanner {
  // Sampled, one thread each: it is the loading of vocabularies that takes most of the time.
  const scanner = new Scanner({ threads: often(1, 2), ...options });
  scanners.push(scanner);
  return scanner;
}

/** For afterAll. */
export async function disposeScanners(): Promise<void> {
  await Promise.all(scanners.splice(0).map((scanner) => scanner.dispose()));
}

export function requestFor(folder: string, more: Partial<ScanRequest> = {}): ScanRequest {
  return { folders: [{ path: path.resolve(folder), prefix: '' }], encoding: 'o200k_base', ...more };
}

export function totalTokens(report: ScanReport): number {
  return report.files.reduce((sum, file) => sum + file.tokens, 0);
}

/** Counts by path: what two reports of the same tree must agree on. */
export function countsOf(report: ScanReport): Record<string, number> {
  return Object.fromEntries(report.files.map(({ path, tokens }) => [path, tokens]));
}

/** Every path in one list once, or which stand in two. */
export function twiceListed({ files, leftOut, problems }: ScanReport): string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  // A notebook's outputs are left out beside the notebook itself.
  const others = leftOut.filter(({ reason }) => reason !== 'notebookOutput');
  for (const { path } of [...files, ...others, ...problems]) {
    if (seen.has(path)) twice.push(path);
    seen.add(path);
  }
  return twice;
}
