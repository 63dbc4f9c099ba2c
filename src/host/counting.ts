import path from 'node:path';
import type * as vscode from 'vscode';
import type { ScanReport } from '../core/files/scanReport.ts';
import { fileOfEncoding } from '../core/tokenizerFiles/tokenizerFileName.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { forgetOlderContents, identifyTokenizerFile } from '../node/tokenizerFiles.ts';
import { openLocalCounter, type LocalCounter } from '../node/localCounter.ts';
import { Scanner, type ScanProgress } from '../node/scanner.ts';
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
    const { encoding } = request;
    const progress: ScanProgress[] = [];
    const reporter = () => {
      const idx = progress.push({ filesDone: 0, filesFound: 0 }) - 1;
      return (part: ScanProgress) => {
        progress[idx] = part;
        const sum = (key: keyof ScanProgress) =>
          progress.reduce((total, each) => total + each[key], 0);
        onProgress(sum('filesDone'), sum('filesFound'));
      };
    };
    const pathsIn = (entry: ReportFolder) => only?.filter((each) => isIn(entry, each));
    const isAsked = (entry: ReportFolder) => pathsIn(entry)?.length !== 0;
    const isOnDisk = ({ folder }: ReportFolder) => folder.uri.scheme === 'file';

    const virtual = request.folders.filter((entry) => !isOnDisk(entry) && isAsked(entry));
    const parts = virtual.map((entry) => {
      const exclude = request.exclude(entry.folder);
      const count = (text: string) => countText(text, encoding);
      return scanVirtualFolder(
        { ...entry, exclude, encoding, only: pathsIn(entry) },
        { count, report: reporter(), signal },
      );
    });
    const onDisk = request.folders.filter(isOnDisk);
    if (onDisk.some(isAsked)) {
      // All at once: a folder inside another is then counted as the folder it is, and not twice.
      const folders = onDisk.map(({ folder, prefix }) => ({
        path: folder.uri.fsPath,
        prefix,
        exclude: request.exclude(folder),
      }));
      const handlers = { onProgress: reporter(), signal };
      parts.push(
        only === undefined
          ? scanner.scan({ folders, encoding }, handlers)
          : scanner.recount({ folders, encoding }, only, handlers),
      );
    }
    return merged(encoding, await Promise.all(parts));
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
      forgetOlderContents(localCounters, encoding);
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

function merged(encoding: EncodingName, reports: readonly ScanReport[]): ScanReport {
  return {
    encoding,
    files: reports.flatMap((report) => report.files),
    leftOut: reports.flatMap((report) => report.leftOut),
    problems: reports.flatMap((report) => report.problems),
  };
}
