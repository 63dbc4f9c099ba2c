import type { FileProblem, LeftOutFile } from '../core/files/scanReport.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { ContentResult, FileStamp } from './countCache.ts';
import type { FileCountColumns } from './fileCountColumns.ts';
import type { SharedVocabulary } from './vocabularies.ts';
import type { SystemPath } from './systemPath.ts';
import type { LeftOutFolder } from './walk.ts';

/** A folder to analyse and what its files' paths start with in the report: nothing while it is the only one. */
export interface ScanFolder {
  /** Absolute. */
  readonly path: string;
  readonly prefix: string;
  /** Globs of this folder alone, besides those of the request. */
  readonly exclude?: readonly string[];
}

/** What a walk is to find, and with which memory. */
export interface WalkRequest {
  readonly type: 'walk';
  readonly folders: readonly ScanFolder[];
  readonly exclude: readonly string[];
  readonly userRules: readonly string[];
  readonly maxFileBytes: number;
  /** Only what is at or below these report paths; absent: everything. */
  readonly only?: readonly string[];
  /** Absent: nothing is remembered. */
  readonly cacheFolder?: string;
  readonly encoding: EncodingName;
  readonly control: Int32Array;
}

/** What a file came to while its content had this hash. */
export interface KnownContent {
  readonly hash: string;
  readonly result: ContentResult;
}

/**
 * Files of one folder for a thread to count. In columns, what few files have by index: as one object a file, sending
 * them would take longer than finding them.
 */
export interface FileBatch {
  /** Names the cache that remembers them. */
  readonly cacheKey: string;
  readonly paths: readonly string[];
  readonly systemPaths: readonly SystemPath[];
  readonly keep: ReadonlySet<number>;
  readonly known: ReadonlyMap<number, KnownContent>;
}

export interface WalkReply {
  /** Remembered and unchanged. */
  readonly files: FileCountColumns;
  readonly leftOut: readonly LeftOutFile[];
  readonly leftOutFolders: readonly LeftOutFolder[];
  readonly problems: readonly FileProblem[];
}

/** By what a count is known again: see `CachedCount`. */
export interface ContentIdentity {
  readonly stamp: FileStamp;
  readonly hash: string;
  readonly readMs: number;
}

export type CountOutcome =
  | {
      readonly type: 'read';
      readonly bytes: number;
      readonly result: ContentResult;
      /** Absent where there is nothing to remember. */
      readonly identity?: ContentIdentity;
    }
  | { readonly type: 'notAFile' | 'symbolicLink' }
  | { readonly type: 'tooLarge'; readonly bytes: number }
  | { readonly type: 'problem'; readonly message: string }
  | { readonly type: 'cancelled' };

export interface NewCount extends ContentIdentity {
  readonly result: ContentResult;
  readonly cacheKey: string;
  readonly path: string;
}

interface Counting {
  readonly encoding: EncodingName;
  /** Absent where the thread was sent it before: its many arrays take longer to send than a batch of files. */
  readonly vocabulary?: SharedVocabulary;
}

/** Each request by its type, what it is answered with, and what is sent before that (`part`). */
export interface WorkerCalls {
  walk: { request: WalkRequest; reply: WalkReply; part: FileBatch };
  sizeFolders: {
    request: {
      readonly type: 'sizeFolders';
      readonly folders: readonly LeftOutFolder[];
      readonly control: Int32Array;
    };
    reply: readonly LeftOutFile[];
  };
  remember: {
    request: { readonly type: 'remember'; readonly counts: readonly NewCount[] };
    /** Why it could not be written, if so. */
    reply: string | undefined;
  };
  loadVocabulary: {
    request: { readonly type: 'loadVocabulary'; readonly encoding: EncodingName };
    reply: SharedVocabulary;
  };
  countFiles: {
    request: Counting & {
      readonly type: 'countFiles';
      readonly batch: FileBatch;
      readonly maxFileBytes: number;
      /** Whether the counts are remembered, by the content's hash. */
      readonly withHash: boolean;
      readonly control: Int32Array;
      /** Where the worker notes the index of the file it is at, so that a crash costs that file alone. */
      readonly position: Int32Array;
    };
    /** Of the first files of the batch: a thread stops when that was much to read. */
    reply: readonly CountOutcome[];
  };
  countText: {
    request: Counting & { readonly type: 'countText'; readonly text: string };
    reply: number;
  };
}

export type WorkerRequest = WorkerCalls[keyof WorkerCalls]['request'];

export type WorkerReply =
  | { readonly id: number; readonly part: unknown }
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: string };

/** Places in the shared `control` of one scan. */
export const controlIndex = { cancelled: 0, filesFound: 1 } as const;

export function newControl(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

export function isCancelled(control: Int32Array): boolean {
  return Atomics.load(control, controlIndex.cancelled) === 1;
}
