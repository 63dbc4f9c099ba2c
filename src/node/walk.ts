import { lstatSync, type Stats } from 'node:fs';
import picomatch from 'picomatch';
import { leftOutFileReason, leftOutFolderReason } from '../core/files/leftOutRules.ts';
import type { FileProblem, LeftOutFile, LeftOutReason } from '../core/files/scanReport.ts';
import type { FileStamp } from './countCache.ts';
import { entryNamed, readFolderEntries, type FolderEntry } from './folderEntries.ts';
import {
  ignoreFileNames,
  ignoreVerdict,
  isBearableGlob,
  refusedRule,
  withRuleFile,
  withRules,
  type IgnoreFileName,
  type RuleChain,
} from './ignoreRules.ts';
import { forFs, problemMessage, type SystemPath } from './systemPath.ts';

export interface WalkOptions {
  /** Absolute. Never ignored itself, whatever its name. */
  readonly root: string;
  /** What report paths start with, `''` or a folder's name without a slash. */
  readonly prefix: string;
  /** Globs from the root, as in VS Code's `files.exclude`; what they match is left out by setting. */
  readonly exclude: readonly string[];
  /** Rules in the syntax of `.gitignore`, as if they stood in the root's `.contextbudgetignore`. */
  readonly userRules: readonly string[];
  /** Folders that are analysed by themselves: skipped here, so that no file counts twice. */
  readonly otherRoots: readonly string[];
  readonly maxFileBytes: number;
  /** Asked at every folder; true ends the walk early. */
  readonly shouldStop: () => boolean;
  /**
   * Whether a file's size and times are wanted. Whoever opens it can have them for less, and finds out then whether it
   * is too large.
   */
  readonly needsStamp: (path: string) => boolean;
  /** Takes each file that is to be counted, in no order. */
  readonly onFile: (file: FoundFile) => void;
}

export interface FoundFile {
  /** Path in the report. */
  readonly path: string;
  readonly systemPath: SystemPath;
  /** Present where it was asked for (`needsStamp`). */
  readonly stamp?: FileStamp;
  /** Asked for by a `!` rule of the user: counted even if it is minified. */
  readonly keep: boolean;
}

/** A folder left out as a whole; its size is not known yet (`folderSize`). */
export interface LeftOutFolder {
  readonly path: string;
  readonly systemPath: SystemPath;
  readonly reason: LeftOutReason;
}

/** Everything but the files, which are handed on as they are found. */
export interface WalkResult {
  readonly leftOut: LeftOutFile[];
  readonly leftOutFolders: LeftOutFolder[];
  readonly problems: FileProblem[];
}

interface Folder {
  readonly systemPath: SystemPath;
  /** From the root, `''` or ending in a slash. */
  readonly base: string;
  readonly rules: RuleChain;
}

interface Walk {
  readonly options: WalkOptions;
  readonly isExcluded: (relativePath: string) => boolean;
  readonly otherRoots: ReadonlySet<SystemPath>;
  readonly result: WalkResult;
  readonly pending: Folder[];
}

/**
 * Everything below the root, or below one path of it: handed to `onFile` or in one of three lists. Synchronous, as that is several times
 * faster than promises: call it from a worker. Links are not followed, so no loop can be entered; nothing is opened
 * but ignore files.
 *
 * @param from where to start, from the root with forward slashes; a path that does not exist gives empty lists
 */
export function walk(options: WalkOptions, from = ''): WalkResult {
  const nocase = process.platform === 'win32' || process.platform === 'darwin';
  const exclude = options.exclude.filter(isBearableGlob);
  const walking: Walk = {
    options,
    isExcluded: exclude.length === 0 ? () => false : picomatch(exclude, { dot: true, nocase }),
    otherRoots: new Set(options.otherRoots.filter((root) => root !== options.root)),
    result: emptyResult(),
    pending: [],
  };
  const refuse = (rule: string) => {
    const path = reportPath(walking, '') || '.';
    walking.result.problems.push({ path, message: refusedRule(rule) });
  };
  options.exclude.filter((glob) => !isBearableGlob(glob)).forEach(refuse);
  const ownRules = options.userRules.join('\n');
  const rules = withRules({}, '.contextbudgetignore', '', ownRules, refuse);
  descend(walking, { systemPath: options.root, base: '', rules }, from);
  for (let folder = walking.pending.pop(); folder !== undefined; folder = walking.pending.pop()) {
    if (options.shouldStop()) break;
    readFolder(walking, folder);
  }
  return walking.result;
}

/** Goes down to `from`, minding the ignore files on the way, and leaves there what is to be walked. */
function descend(walking: Walk, root: Folder, from: string): void {
  const parts = from.split('/').filter((part) => part !== '');
  if (parts.length === 0) {
    walking.pending.push(root);
    return;
  }
  // A name that a folder can have; the others lead elsewhere.
  if (parts.some((name) => name === '.' || name === '..')) return;
  let folder = root;
  for (const [depth, name] of parts.entries()) {
    let entry: FolderEntry | undefined;
    try {
      entry = entryNamed(folder.systemPath, name);
    } catch (error) {
      const path = reportPath(walking, parts.slice(0, depth + 1).join('/'));
      walking.result.problems.push({ path, message: problemMessage(error) });
      return;
    }
    if (entry === undefined) return;
    const ruled = { ...folder, rules: rulesOf(walking, folder, existingRuleFiles(folder)) };
    const isLast = depth === parts.length - 1;
    const before = walking.pending.length;
    consider(isLast ? walking : withoutLists(walking), ruled, entry);
    if (isLast) return;
    // A folder that is left out as a whole, a link, or no folder at all: nothing below is ours.
    const next = walking.pending[before] as Folder | undefined;
    if (next === undefined) return;
    walking.pending.length = before;
    folder = next;
  }
}

/** Only folders to walk are noted. */
function withoutLists(walking: Walk): Walk {
  const options = { ...walking.options, needsStamp: () => false, onFile: () => {} };
  return { ...walking, options, result: emptyResult() };
}

function emptyResult(): WalkResult {
  return { leftOut: [], leftOutFolders: [], problems: [] };
}

function existingRuleFiles(folder: Folder): IgnoreFileName[] {
  return ignoreFileNames.filter((name) => entryNamed(folder.systemPath, name)?.type === 'file');
}

function rulesOf(walking: Walk, folder: Folder, names: readonly IgnoreFileName[]): RuleChain {
  let rules = folder.rules;
  for (const name of names) {
    const path = reportPath(walking, folder.base + name);
    try {
      rules = withRuleFile(rules, folder.systemPath, folder.base, name, (rule) => {
        walking.result.problems.push({ path, message: refusedRule(rule) });
      });
    } catch (error) {
      const message = `Its rules are not applied: ${problemMessage(error)}`;
      walking.result.problems.push({ path, message });
    }
  }
  return rules;
}

function readFolder(walking: Walk, folder: Folder): void {
  let entries: FolderEntry[];
  try {
    entries = readFolderEntries(folder.systemPath);
  } catch (error) {
    const path = reportPath(walking, folder.base) || '.';
    walking.result.problems.push({ path, message: problemMessage(error) });
    return;
  }
  const names = ignoreFileNames.filter((name) =>
    entries.some((entry) => entry.name === name && entry.type === 'file'),
  );
  const ruled = { ...folder, rules: rulesOf(walking, folder, names) };
  for (const entry of entries) consider(walking, ruled, entry);
}

/** Puts one entry where it belongs: on the list of files, of what is left out, or of folders to walk. */
function consider(walking: Walk, folder: Folder, entry: FolderEntry): void {
  const relativePath = folder.base + entry.name;
  const { result, options } = walking;
  if (entry.type === 'folder') {
    if (walking.otherRoots.has(entry.systemPath)) return;
    const { reason } = reasonOf(walking, folder.rules, relativePath, entry);
    if (reason === undefined) {
      const { systemPath } = entry;
      walking.pending.push({ systemPath, base: `${relativePath}/`, rules: folder.rules });
    } else {
      const path = `${reportPath(walking, relativePath)}/`;
      result.leftOutFolders.push({ path, systemPath: entry.systemPath, reason });
    }
    return;
  }
  const path = reportPath(walking, relativePath);
  const { systemPath, type } = entry;
  const { reason, keep } = reasonOf(walking, folder.rules, relativePath, entry);
  if (reason === undefined && !options.needsStamp(path)) {
    options.onFile({ path, systemPath, keep });
    return;
  }
  let stats: Stats;
  try {
    stats = lstatSync(forFs(systemPath));
  } catch (error) {
    result.problems.push({ path, message: problemMessage(error) });
    return;
  }
  const { size, mtimeMs, ctimeMs } = stats;
  if (reason !== undefined) {
    result.leftOut.push({ path, bytes: type === 'other' ? 0 : size, fileCount: 1, reason });
  } else if (size > options.maxFileBytes) {
    result.leftOut.push({ path, bytes: size, fileCount: 1, reason: 'tooLarge' });
  } else {
    options.onFile({ path, systemPath, stamp: { bytes: size, mtimeMs, ctimeMs }, keep });
  }
}

/** The user's own rules come first and can take back everything that follows but what is no file at all. */
function reasonOf(
  walking: Walk,
  rules: RuleChain,
  relativePath: string,
  entry: FolderEntry,
): { readonly reason: LeftOutReason | undefined; readonly keep: boolean } {
  const isFolder = entry.type === 'folder';
  const tested = isFolder ? `${relativePath}/` : relativePath;
  const leave = (reason: LeftOutReason) => ({ reason, keep: false });
  const own = ignoreVerdict(rules, '.contextbudgetignore', tested);
  if (own.type === 'ignored') return leave('excludedByUser');
  if (entry.type === 'link') return leave('symbolicLink');
  if (entry.type === 'other') return leave('notAFile');
  if (own.type === 'kept') return { reason: undefined, keep: true };
  if (walking.isExcluded(relativePath)) return leave('excludedBySetting');
  const folderReason = isFolder ? leftOutFolderReason(entry.name) : undefined;
  if (folderReason !== undefined) return leave(folderReason);
  for (const name of ['.ignore', '.gitignore'] as const) {
    const verdict = ignoreVerdict(rules, name, tested);
    if (verdict.type === 'ignored') return leave('ignored');
    if (verdict.type === 'kept') break;
  }
  return { reason: isFolder ? undefined : leftOutFileReason(entry.name), keep: false };
}

function reportPath(walking: Walk, relativePath: string): string {
  const { prefix } = walking.options;
  if (prefix === '') return relativePath;
  return relativePath === '' ? prefix : `${prefix}/${relativePath}`;
}
