import { placeContent } from './placeOutcome.ts';
import { CountCache } from './countCache.ts';
import type { FileCount } from '../core/files/scanReport.ts';
import {
  controlIndex,
  isCancelled,
  type FileToCount,
  type NewCount,
  type ScanFolder,
  type WalkReply,
  type WalkRequest,
} from './scanMessages.ts';
import { walk, type FoundFile, type WalkResult } from './walk.ts';

/** Caches of the folders walked last, by root. */
const caches = new Map<string, CountCache>();

/** Walks folders and splits what it finds: remembered and unchanged, or to be counted. */
export function walkFolders(request: WalkRequest): WalkReply {
  const reply = {
    toCount: [] as FileToCount[],
    files: [] as FileCount[],
    leftOut: [] as WalkResult['leftOut'],
    leftOutFolders: [] as WalkResult['leftOutFolders'],
    problems: [] as WalkResult['problems'],
  };
  // Every scan of everything reads the cache anew: another window may have written it.
  if (request.only === undefined) caches.clear();
  const otherRoots = request.folders.map((folder) => folder.path);
  for (const folder of request.folders) {
    const cache = cacheOf(request, folder);
    // Then there will be something to count, and who is to count it can get ready.
    if (cache === undefined || cache.size === 0) {
      Atomics.store(request.control, controlIndex.nothingRemembered, 1);
    }
    for (const from of startsIn(folder, request.only)) {
      const found = walk(
        {
          root: folder.path,
          prefix: folder.prefix,
          exclude: request.exclude,
          userRules: request.userRules,
          otherRoots,
          maxFileBytes: request.maxFileBytes,
          shouldStop: () => isCancelled(request.control),
        },
        from,
      );
      append(reply.leftOut, found.leftOut);
      append(reply.leftOutFolders, found.leftOutFolders);
      append(reply.problems, found.problems);
      for (const file of found.files) sort(file, folder, cache, reply);
      Atomics.add(request.control, controlIndex.filesFound, found.files.length);
    }
  }
  return reply;
}

/** Remembers new counts and writes the caches. @returns why that failed, if so */
export function rememberCounts(counts: readonly NewCount[]): string | undefined {
  const usedMs = Date.now();
  for (const { root, path, bytes, mtimeMs, ctimeMs, hash, readMs, result } of counts) {
    const stamp = { bytes, mtimeMs, ctimeMs };
    caches.get(root)?.remember(path, { stamp, hash, readMs, usedMs, result });
  }
  try {
    for (const cache of caches.values()) cache.save();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function sort(
  file: FoundFile,
  folder: ScanFolder,
  cache: CountCache | undefined,
  reply: {
    readonly toCount: FileToCount[];
    readonly files: FileCount[];
    readonly leftOut: WalkResult['leftOut'];
  },
): void {
  const cached = cache?.find(file.path, file);
  if (cached?.trusted === true) {
    cache?.use(file.path, Date.now());
    placeContent(file, cached.entry.result, file.bytes, reply);
    return;
  }
  const known =
    cached === undefined ? undefined : { hash: cached.entry.hash, result: cached.entry.result };
  reply.toCount.push({ ...file, root: folder.path, known });
}

function cacheOf(request: WalkRequest, folder: ScanFolder): CountCache | undefined {
  if (request.cacheFolder === undefined) return undefined;
  let cache = caches.get(folder.path);
  if (cache === undefined) {
    const counted = `${request.encoding} ${folder.prefix}`;
    cache = new CountCache(request.cacheFolder, folder.path, counted);
    caches.set(folder.path, cache);
  }
  return cache;
}

/** Where to start in this folder, from its root; nowhere if no wanted path is in it. */
function startsIn(folder: ScanFolder, only: readonly string[] | undefined): readonly string[] {
  if (only === undefined) return [''];
  if (folder.prefix === '') return only;
  return only.flatMap((path) => {
    if (path === folder.prefix) return [''];
    return path.startsWith(`${folder.prefix}/`) ? [path.slice(folder.prefix.length + 1)] : [];
  });
}

/** `push(...items)` overflows the stack from some 100,000 items on. */
function append<T>(list: T[], items: readonly T[]): void {
  for (const item of items) list.push(item);
}
