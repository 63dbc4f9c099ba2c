import { answers, placeContent } from './placeOutcome.ts';
import { CountCache } from './countCache.ts';
import type { FileCount } from '../core/files/scanReport.ts';
import { append } from '../core/lists/append.ts';
import { BatchBuilder } from './batches.ts';
import { toColumns } from './fileCountColumns.ts';
import {
  controlIndex,
  isCancelled,
  type FileBatch,
  type NewCount,
  type ScanFolder,
  type WalkReply,
  type WalkRequest,
} from './scanMessages.ts';
import { walk, type FoundFile, type WalkResult } from './walk.ts';

/** Caches of the folders walked last, each by what is counted with what. */
const caches = new Map<string, CountCache>();

/** Walks folders and splits what it finds: remembered and unchanged, or to be counted, which is sent on at once. */
export function walkFolders(request: WalkRequest, send: (batch: FileBatch) => void): WalkReply {
  const reply = {
    files: [] as FileCount[],
    leftOut: [] as WalkResult['leftOut'],
    leftOutFolders: [] as WalkResult['leftOutFolders'],
    problems: [] as WalkResult['problems'],
  };
  const otherRoots = request.folders.map((folder) => folder.path);
  for (const folder of request.folders) {
    const cache = cacheOf(request, folder);
    const batches = new BatchBuilder(cacheKeyOf(request, folder), send);
    const onFile = (file: FoundFile) => {
      Atomics.add(request.control, controlIndex.filesFound, 1);
      sort(file, cache, reply, batches);
    };
    for (const from of startsIn(folder, request.only)) {
      const found = walk(
        {
          root: folder.path,
          prefix: folder.prefix,
          exclude: [...request.exclude, ...(folder.exclude ?? [])],
          userRules: request.userRules,
          otherRoots,
          maxFileBytes: request.maxFileBytes,
          shouldStop: () => isCancelled(request.control),
          needsStamp: (path) => cache?.has(path) === true,
          onFile,
        },
        from,
      );
      append(reply.leftOut, found.leftOut);
      append(reply.leftOutFolders, found.leftOutFolders);
      append(reply.problems, found.problems);
    }
    batches.flush();
  }
  return { ...reply, files: toColumns(reply.files) };
}

/** Remembers new counts and writes the caches. @returns why that failed, if so */
export function rememberCounts(counts: readonly NewCount[]): string | undefined {
  const usedMs = Date.now();
  for (const { cacheKey, path, stamp, hash, readMs, result } of counts) {
    caches.get(cacheKey)?.remember(path, { stamp, hash, readMs, usedMs, result });
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
  cache: CountCache | undefined,
  reply: { readonly files: FileCount[]; readonly leftOut: WalkResult['leftOut'] },
  batches: BatchBuilder,
): void {
  const { path, systemPath, stamp, keep } = file;
  const result = stamp && cache?.trusted(path, stamp);
  if (stamp !== undefined && result !== undefined && answers(result, keep)) {
    cache?.use(path, Date.now());
    placeContent(file, result, stamp.bytes, reply);
  } else batches.add(path, systemPath, keep, cache?.get(path));
}

function cacheKeyOf({ encoding }: WalkRequest, { path, prefix }: ScanFolder): string {
  return JSON.stringify([encoding, prefix, path]);
}

function cacheOf(request: WalkRequest, folder: ScanFolder): CountCache | undefined {
  if (request.cacheFolder === undefined) return undefined;
  const key = cacheKeyOf(request, folder);
  const known = caches.get(key);
  // A scan of everything reads the cache anew: another window may have written it.
  if (known !== undefined && request.only !== undefined) return known;
  const cache = new CountCache(
    request.cacheFolder,
    folder.path,
    `${request.encoding} ${folder.prefix}`,
  );
  caches.set(key, cache);
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
