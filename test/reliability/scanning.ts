import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ScanReport } from '../../src/core/files/scanReport.ts';
import { Scanner, type ScannerOptions, type ScanRequest } from '../../src/node/scanner.ts';
import { builtWorker } from '../node/builtWorker.ts';
import { tempTree } from '../node/tempTree.ts';
import { often, recorder } from './attack.ts';

const scanners: Scanner[] = [];

type WorkerName = 'countWorker' | 'plansWorker';

/** A worker as it is built; its connections are recorded. */
export async function recordedWorker(): Promise<string> {
  return (await tamperedWorker())('');
}

const codeVariable = 'CONTEXT_BUDGET_TEST_TAMPERING';

/**
 * A worker that is tampered with again and again: each of its threads, in this process and in those it starts, runs the code that was
 * given last, before anything else. The code has `parentPort`, `workerData`, `fs`, `execFileSync` and `syncBuiltinESMExports`.
 */
export async function tamperedWorker(
  worker: WorkerName = 'countWorker',
): Promise<(code: string) => string> {
  // By the environment, for the worker is built once for all who tamper with it.
  const codeFile = (process.env[codeVariable] ??= path.join(tempTree(), 'before.js'));
  const names = ['parentPort', 'workerData', 'fs', 'execFileSync', 'syncBuiltinESMExports'];
  const workerFile = await builtWorker(
    `import ${JSON.stringify(new URL(recorder).pathname)};
     import { parentPort, workerData } from 'node:worker_threads';
     import fs from 'node:fs';
     import { execFileSync } from 'node:child_process';
     import { syncBuiltinESMExports } from 'node:module';
     const code = fs.readFileSync(process.env.${codeVariable}, 'utf8');
     new Function(${names.map((name) => `'${name}'`).join()}, code)(${names.join()});`,
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
