import type { FileCount, FileProblem, LeftOutFile } from '../core/files/scanReport.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { ContentResult, FileStamp } from './countCache.ts';
import type { SharedVocabulary } from './vocabularies.ts';
import type { SystemPath } from './systemPath.ts';
import type { LeftOutFolder } from './walk.ts';

/** A folder to analyse and what its files' paths start with in the report: nothing while it is the only one. */
export interface ScanFolder {
  /** Absolute. */
  readonly path: string;
  readonly prefix: string;
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

export interface FileToCount extends FileStamp {
  readonly path: string;
  readonly systemPath: SystemPath;
  /** Root whose cache remembers it. */
  readonly root: string;
  readonly keep: boolean;
  /** What it came to while its content had this hash. */
  readonly known?: { readonly hash: string; readonly result: ContentResult };
}

export interface WalkReply {
  readonly toCount: readonly FileToCount[];
  /** Remembered and unchanged. */
  readonly files: readonly FileCount[];
  readonly leftOut: readonly LeftOutFile[];
  readonly leftOutFolders: readonly LeftOutFolder[];
  readonly problems: readonly FileProblem[];
}

export type CountOutcome =
  | {
      readonly type: 'read';
      readonly bytes: number;
      /** Empty where there is nothing to remember. */
      readonly hash: string;
      readonly readMs: number;
      readonly result: ContentResult;
    }
  | { readonly type: 'notAFile' }
  | { readonly type: 'tooLarge'; readonly bytes: number }
  | { readonly type: 'problem'; readonly message: string }
  | { readonly type: 'cancelled' };

export interface NewCount extends FileStamp {
  readonly root: string;
  readonly path: string;
  readonly hash: string;
  readonly readMs: number;
  readonly result: ContentResult;
}

interface Counting {
  readonly encoding: EncodingName;
  readonly vocabulary: SharedVocabulary;
}

/** Each request by its type, and what it is answered with. */
export interface WorkerCalls {
  walk: { request: WalkRequest; reply: WalkReply };
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
      readonly files: readonly FileToCount[];
      readonly maxFileBytes: number;
      /** Whether the counts are remembered, by the content's hash. */
      readonly withHash: boolean;
      readonly control: Int32Array;
      /** Where the worker notes the index of the file it is at, so that a crash costs that file alone. */
      readonly position: Int32Array;
    };
    reply: readonly CountOutcome[];
  };
  countText: {
    request: Counting & { readonly type: 'countText'; readonly text: string };
    reply: number;
  };
}

export type WorkerRequest = WorkerCalls[keyof WorkerCalls]['request'];

export type WorkerReply =
  { readonly id: number; readonly ok: unknown } | { readonly id: number; readonly error: string };

/** Places in the shared `control` of one scan. */
export const controlIndex = { cancelled: 0, filesFound: 1, nothingRemembered: 2 } as const;

export function newControl(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
}

export function isCancelled(control: Int32Array): boolean {
  return Atomics.load(control, controlIndex.cancelled) === 1;
}
