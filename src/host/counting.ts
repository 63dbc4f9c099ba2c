import path from 'node:path';
import type * as vscode from 'vscode';
import type { ScanReport } from '../core/files/scanReport.ts';
import { fileOfEncoding } from '../core/tokenizerFiles/tokenizerFileName.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { identifyTokenizerFile } from '../node/tokenizerFiles.ts';
import { openLocalCounter, type LocalCounter } from '../node/localCounter.ts';
import { Scanner, type ScanRequest } from '../node/scanner.ts';
import { scanVirtualFolder } from './virtualScan.ts';
import type { ReportFolder } from './workspacePaths.ts';

export interface CountingRequest {
  readonly folders: readonly ReportFolder[];
  readonly encoding: EncodingName;
  /** Globs for the folder at this address, its `files.exclude` and `search.exclude` included. */
  readonly exclude: (folder: vscode.WorkspaceFolder) => readonly string[];
}

/** Scans and counts: folders on disk in worker threads, virtual ones through `workspace.fs`. */
export interface Counting {
  scan(
    request: CountingRequest,
    onProgress: (filesDone: number, filesFound: number) => void,
    signal: AbortSignal,
  ): Promise<ScanReport>;
  /** These report paths anew, and nothing else. */
  recount(request: CountingRequest, paths: readonly string[]): Promise<ScanReport>;
  countText(text: string, encoding: EncodingName): Promise<number>;
  /** The encoding that a tokenizer's file is now (`identifyTokenizerFile`). */
  identifyTokenizer(path: string, split?: string): Promise<EncodingName>;
  /** Counts on this thread: for windows and edits of a text, not for texts of megabytes at once. */
  local(encoding: EncodingName): Promise<LocalCounter>;
  dispose(): Promise<void>;
}

export function openCounting(distFolder: string, storageFolder: string | undefined): Counting {
  const scanner = new Scanner({
    workerFile: path.join(distFolder, 'countWorker.js'),
    cacheFolder: storageFolder === undefined ? undefined : path.join(storageFolder, 'counts'),
  });
  const countText = (text: string, encoding: EncodingName) => scanner.countText(text, encoding);

  const scanParts = async (
    request: CountingRequest,
    only: readonly string[] | undefined,
    onProgress: (filesDone: number, filesFound: number) => void,
    signal: AbortSignal,
  ): Promise<ScanReport> => {
    const progress = request.folders.map(() => ({ filesDone: 0, filesFound: 0 }));
    const parts = request.folders.map(async (entry, index) => {
      const report = (part: { readonly filesDone: number; readonly filesFound: number }) => {
        progress[index] = { ...part };
        const sum = (key: 'filesDone' | 'filesFound') =>
          progress.reduce((total, each) => total + each[key], 0);
        onProgress(sum('filesDone'), sum('filesFound'));
      };
      const paths = only?.filter((each) => isIn(entry, each));
      if (paths?.length === 0) return undefined;
      if (entry.folder.uri.scheme !== 'file') {
        const exclude = request.exclude(entry.folder);
        const { encoding } = request;
        const count = (text: string) => countText(text, encoding);
        return scanVirtualFolder(
          { ...entry, exclude, encoding, only: paths },
          { count, report, signal },
        );
      }
      const onDisk: ScanRequest = {
        folders: [{ path: entry.folder.uri.fsPath, prefix: entry.prefix }],
        encoding: request.encoding,
        exclude: request.exclude(entry.folder),
      };
      const handlers = { onProgress: report, signal };
      return paths === undefined
        ? scanner.scan(onDisk, handlers)
        : scanner.recount(onDisk, paths, handlers);
    });
    return merged(request.encoding, await Promise.all(parts));
  };

  const localCounters = new Map<EncodingName, Promise<LocalCounter>>();

  return {
    scan: (request, onProgress, signal) => scanParts(request, undefined, onProgress, signal),
    recount: (request, paths) => scanParts(request, paths, () => {}, new AbortController().signal),
    countText,
    identifyTokenizer: identifyTokenizerFile,
    local: (encoding) => {
      const known = localCounters.get(encoding);
      if (known !== undefined) return known;
      // Reading a tokenizer's file takes seconds, which another thread has time for.
      const isFile = fileOfEncoding(encoding) !== undefined;
      const opening = isFile
        ? scanner.vocabulary(encoding).then((vocabulary) => openLocalCounter(encoding, vocabulary))
        : openLocalCounter(encoding);
      localCounters.set(encoding, opening);
      // A failure is not kept: the vocabulary may be there the next time.
      opening.catch(() => localCounters.delete(encoding));
      return opening;
    },
    dispose: () => scanner.dispose(),
  };
}

function isIn({ prefix }: ReportFolder, reportPath: string): boolean {
  return prefix === '' || reportPath === prefix || reportPath.startsWith(`${prefix}/`);
}

function merged(encoding: EncodingName, reports: readonly (ScanReport | undefined)[]): ScanReport {
  const found = reports.filter((report) => report !== undefined);
  return {
    encoding,
    files: found.flatMap((report) => report.files),
    leftOut: found.flatMap((report) => report.leftOut),
    problems: found.flatMap((report) => report.problems),
  };
}
