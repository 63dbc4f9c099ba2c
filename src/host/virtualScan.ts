import picomatch from 'picomatch';
import * as vscode from 'vscode';
import { contentKindOf } from '../core/files/contentKind.ts';
import { decodeText } from './decodeText.ts';
import {
  defaultMaxFileBytes,
  leftOutFileReason,
  leftOutFolderReason,
} from '../core/files/leftOutRules.ts';
import { isNotebookPath, parseNotebook } from '../core/files/notebook.ts';
import type {
  FileCount,
  FileProblem,
  LeftOutFile,
  LeftOutReason,
  ScanReport,
} from '../core/files/scanReport.ts';
import { lineCount } from '../core/files/textFormat.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import {
  ignoreFileNames,
  ignoreVerdict,
  isBearableGlob,
  refusedRule,
  withRules,
  type RuleChain,
} from '../node/ignoreRules.ts';

export interface VirtualFolder {
  readonly folder: vscode.WorkspaceFolder;
  readonly prefix: string;
  readonly encoding: EncodingName;
  readonly exclude: readonly string[];
  /** Report paths: only what is at or below them. */
  readonly only?: readonly string[];
}

export interface VirtualScanHandlers {
  readonly count: (text: string) => Promise<number>;
  readonly report: (progress: { readonly filesDone: number; readonly filesFound: number }) => void;
  readonly signal: AbortSignal;
}

/** Files that are read at the same time: each may be a request over a network. */
const parallelReads = 8;

interface Found {
  readonly path: string;
  readonly uri: vscode.Uri;
}

interface Walk {
  readonly scanned: VirtualFolder;
  readonly isExcluded: (relativePath: string) => boolean;
  readonly signal: AbortSignal;
  readonly files: Found[];
  readonly leftOut: LeftOutFile[];
  readonly problems: FileProblem[];
}

/** A folder that is not on disk, by the same rules as one that is, through `workspace.fs`. */
export async function scanVirtualFolder(
  scanned: VirtualFolder,
  { count, report, signal }: VirtualScanHandlers,
): Promise<ScanReport> {
  const { exclude, encoding } = scanned;
  const bearable = exclude.filter(isBearableGlob);
  const isExcluded = bearable.length === 0 ? () => false : picomatch(bearable, { dot: true });
  const walk: Walk = { scanned, isExcluded, signal, files: [], leftOut: [], problems: [] };
  for (const glob of exclude.filter((one) => !isBearableGlob(one))) {
    walk.problems.push({ path: reportPath(walk, '') || '.', message: refusedRule(glob) });
  }
  await walkFolder(walk, scanned.folder.uri, '', {});
  const files: FileCount[] = [];
  let next = 0;
  let filesDone = 0;
  const work = async (): Promise<void> => {
    for (let found = walk.files[next++]; found !== undefined; found = walk.files[next++]) {
      signal.throwIfAborted();
      await countFile(walk, found, files, count);
      report({ filesDone: ++filesDone, filesFound: walk.files.length });
    }
  };
  await Promise.all(Array.from({ length: parallelReads }, work));
  const byPath = (a: { readonly path: string }, b: { readonly path: string }) =>
    a.path < b.path ? -1 : 1;
  return {
    encoding,
    files: files.sort(byPath),
    leftOut: walk.leftOut.sort(byPath),
    problems: walk.problems.sort(byPath),
  };
}

async function walkFolder(
  walk: Walk,
  uri: vscode.Uri,
  base: string,
  chain: RuleChain,
): Promise<void> {
  walk.signal.throwIfAborted();
  let entries: [string, vscode.FileType][];
  try {
    entries = await vscode.workspace.fs.readDirectory(uri);
  } catch (error) {
    walk.problems.push({ path: reportPath(walk, base) || '.', message: messageOf(error) });
    return;
  }
  let rules = chain;
  for (const name of ignoreFileNames) {
    if (!entries.some(([entry]) => entry === name)) continue;
    const path = reportPath(walk, base + name);
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(uri, name));
      rules = withRules(rules, name, base, decodeText(bytes) ?? '', (rule) => {
        walk.problems.push({ path, message: refusedRule(rule) });
      });
    } catch (error) {
      walk.problems.push({ path, message: messageOf(error) });
    }
  }
  for (const [name, type] of entries) {
    await consider(walk, rules, base, name, type, vscode.Uri.joinPath(uri, name));
  }
}

async function consider(
  walk: Walk,
  rules: RuleChain,
  base: string,
  name: string,
  type: vscode.FileType,
  uri: vscode.Uri,
): Promise<void> {
  const isFolder = type === vscode.FileType.Directory;
  const path = reportPath(walk, base + name);
  if (!isWanted(walk, path)) return;
  const reason = reasonOf(walk, rules, base + name, name, type);
  if (isFolder && reason === undefined) {
    await walkFolder(walk, uri, `${base}${name}/`, rules);
    return;
  }
  if (isFolder && reason !== undefined) {
    const size = await folderSize(walk, uri);
    walk.leftOut.push({ path: `${path}/`, reason, ...size });
    return;
  }
  let bytes: number;
  try {
    bytes = (await vscode.workspace.fs.stat(uri)).size;
  } catch (error) {
    walk.problems.push({ path, message: messageOf(error) });
    return;
  }
  const tooLarge = bytes > defaultMaxFileBytes ? 'tooLarge' : undefined;
  const why = reason ?? tooLarge;
  if (why !== undefined) walk.leftOut.push({ path, bytes, fileCount: 1, reason: why });
  else walk.files.push({ path, uri });
}

function reasonOf(
  walk: Walk,
  rules: RuleChain,
  relativePath: string,
  name: string,
  type: vscode.FileType,
): LeftOutReason | undefined {
  const isFolder = type === vscode.FileType.Directory;
  const tested = isFolder ? `${relativePath}/` : relativePath;
  const own = ignoreVerdict(rules, '.contextbudgetignore', tested);
  if (own.type === 'ignored') return 'excludedByUser';
  if ((type & vscode.FileType.SymbolicLink) !== 0) return 'symbolicLink';
  if (type === vscode.FileType.Unknown) return 'notAFile';
  if (own.type === 'kept') return undefined;
  if (walk.isExcluded(relativePath)) return 'excludedBySetting';
  const folderReason = isFolder ? leftOutFolderReason(name) : undefined;
  if (folderReason !== undefined) return folderReason;
  for (const file of ['.ignore', '.gitignore'] as const) {
    const verdict = ignoreVerdict(rules, file, tested);
    if (verdict.type === 'ignored') return 'ignored';
    if (verdict.type === 'kept') break;
  }
  return isFolder ? undefined : leftOutFileReason(name);
}

/** Size and number of what is below a folder that is left out as a whole; what can't be read counts as nothing. */
async function folderSize(
  walk: Walk,
  uri: vscode.Uri,
): Promise<{ readonly bytes: number; readonly fileCount: number }> {
  walk.signal.throwIfAborted();
  let bytes = 0;
  let fileCount = 0;
  const entries = await vscode.workspace.fs.readDirectory(uri).then(
    (found) => found,
    () => [],
  );
  for (const [name, type] of entries) {
    const child = vscode.Uri.joinPath(uri, name);
    if (type === vscode.FileType.Directory) {
      const below = await folderSize(walk, child);
      bytes += below.bytes;
      fileCount += below.fileCount;
    } else {
      fileCount++;
      bytes += await vscode.workspace.fs.stat(child).then(
        (stat) => stat.size,
        () => 0,
      );
    }
  }
  return { bytes, fileCount };
}

async function countFile(
  walk: Walk,
  { path, uri }: Found,
  files: FileCount[],
  count: (text: string) => Promise<number>,
): Promise<void> {
  try {
    const read = await vscode.workspace.fs.readFile(uri);
    const text = decodeText(read);
    if (text === undefined) {
      walk.leftOut.push({ path, bytes: read.length, fileCount: 1, reason: 'binary' });
      return;
    }
    const notebook = isNotebookPath(path) ? parseNotebook(text) : undefined;
    const counted = notebook?.text ?? text;
    if (notebook !== undefined && notebook.outputBytes > 0) {
      const bytes = notebook.outputBytes;
      walk.leftOut.push({ path, bytes, fileCount: 0, reason: 'notebookOutput' });
    }
    const utf8 = Buffer.from(counted);
    const kind = contentKindOf(path, utf8);
    if (kind === 'minified') {
      walk.leftOut.push({ path, bytes: read.length, fileCount: 1, reason: 'minified' });
      return;
    }
    const lines = lineCount(counted.split('\n').length - 1, utf8.length);
    files.push({ path, bytes: read.length, lines, kind, tokens: await count(counted) });
  } catch (error) {
    if (walk.signal.aborted) throw error;
    walk.problems.push({ path, message: messageOf(error) });
  }
}

/** Whether a path is asked for, or leads to one that is. */
function isWanted({ scanned }: Walk, path: string): boolean {
  if (scanned.only === undefined) return true;
  return scanned.only.some(
    (only) => only === path || path.startsWith(`${only}/`) || only.startsWith(`${path}/`),
  );
}

function reportPath({ scanned }: Walk, relativePath: string): string {
  const trimmed = relativePath.replace(/\/$/, '');
  if (scanned.prefix === '') return trimmed;
  return trimmed === '' ? scanned.prefix : `${scanned.prefix}/${trimmed}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
