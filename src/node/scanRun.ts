import path from 'node:path';
import { defaultMaxFileBytes } from '../core/files/leftOutRules.ts';
import type { FileCount, FileProblem, LeftOutFile, ScanReport } from '../core/files/scanReport.ts';
import { placeOutcome } from './placeOutcome.ts';
import type { CountOutcome, FileBatch, NewCount, ScanFolder } from './scanMessages.ts';
import type { ScanRequest } from './scanner.ts';

type Lists = { files: FileCount[]; leftOut: LeftOutFile[]; problems: FileProblem[] };

/** One scan on its way: what it found so far, and the memory it shares with the threads. */
export interface Run extends Lists {
  readonly request: ScanRequest;
  readonly maxFileBytes: number;
  readonly control: Int32Array;
  readonly counts: NewCount[];
  filesDone: number;
  /** Another attempt took its place: who still works for it may stop. */
  isAbandoned: boolean;
}

export function newRun(request: ScanRequest, control: Int32Array): Run {
  return {
    request: { ...request, folders: distinctFolders(request.folders) },
    maxFileBytes: request.maxFileBytes ?? defaultMaxFileBytes,
    control,
    files: [],
    leftOut: [],
    problems: [],
    counts: [],
    filesDone: 0,
    isAbandoned: false,
  };
}

export function place(run: Run, batch: FileBatch, outcomes: readonly CountOutcome[]): void {
  const { cacheKey, paths, keep } = batch;
  for (const [index, outcome] of outcomes.entries()) {
    const path = paths[index];
    placeOutcome({ path, keep: keep.has(index) }, outcome, run);
    if (outcome.type === 'read' && outcome.identity !== undefined) {
      run.counts.push({ cacheKey, path, ...outcome.identity, result: outcome.result });
    }
  }
  run.filesDone += outcomes.length;
}

/** A folder that is named twice is analysed once. */
function distinctFolders(folders: readonly ScanFolder[]): ScanFolder[] {
  const byPath = new Map<string, ScanFolder>();
  for (const folder of folders) {
    const absolute = path.resolve(folder.path);
    if (!byPath.has(absolute)) byPath.set(absolute, { ...folder, path: absolute });
  }
  return [...byPath.values()];
}

/** In the order of paths: the same folder gives the same report, whichever thread was first. */
export function finishedReport(run: Run): ScanReport {
  const byPath = (a: { readonly path: string }, b: { readonly path: string }) =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
  return {
    encoding: run.request.encoding,
    files: run.files.sort(byPath),
    leftOut: run.leftOut.sort(byPath),
    problems: run.problems.sort(byPath),
  };
}
