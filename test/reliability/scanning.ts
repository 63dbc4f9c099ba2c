import path from 'node:path';
import type { ScanReport } from '../../src/core/files/scanReport.ts';
import { Scanner, type ScannerOptions, type ScanRequest } from '../../src/node/scanner.ts';
import { builtWorker } from '../node/builtWorker.ts';
import { recorder } from './attack.ts';

const scanners: Scanner[] = [];

/** The counting worker as it is built, or with `before` run in it first; its connections are recorded. */
export function recordedWorker(before = '', name = 'recorded'): Promise<string> {
  return builtWorker(`import ${JSON.stringify(new URL(recorder).pathname)};\n${before}`, name);
}

export function newScanner(options: ScannerOptions): Scanner {
  const scanner = new Scanner({ threads: 2, ...options });
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
