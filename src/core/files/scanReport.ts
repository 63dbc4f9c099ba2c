import type { EncodingName } from '../tokens/tokenCounter.ts';
import type { ContentKind } from './contentKind.ts';

/** Version of the JSON that `analyze --json` prints and that other programs read. */
export const scanSchemaVersion = 1;

export interface FileCount {
  /** Path from the analysed folder, with forward slashes; with several workspace folders, the folder's name first. */
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
  readonly kind: ContentKind;
  /** Tokens by the report's encoding. */
  readonly tokens: number;
}

/** Why a file is not counted; each reason has its words in the view and can be listed. */
export const leftOutReasons = [
  /** By a `.gitignore` or `.ignore`. */
  'ignored',
  /** By `files.exclude` or `search.exclude`. */
  'excludedBySetting',
  /** By `.contextbudgetignore` or "Exclude" in the view. */
  'excludedByUser',
  'dependencies',
  'versionControl',
  'lockFile',
  'minified',
  'sourceMap',
  'image',
  'binary',
  'tooLarge',
  /** Outputs of a notebook whose cells are counted; its path is the notebook's. */
  'notebookOutput',
  /** A link is not followed: what it points to is counted where it stands. */
  'symbolicLink',
  /** A pipe, socket or device; never opened. */
  'notAFile',
] as const;

export type LeftOutReason = (typeof leftOutReasons)[number];

/** A file, or a folder that is left out as a whole (then `path` ends in a slash). */
export interface LeftOutFile {
  readonly path: string;
  readonly bytes: number;
  /** 1 for a file, the files below for a folder, 0 for a notebook's outputs. */
  readonly fileCount: number;
  readonly reason: LeftOutReason;
}

/** Something that could not be read or counted: the scan goes on, the person is told. */
export interface FileProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * The result of one scan: everything below the folders is in exactly one of the three lists
 * (a notebook's outputs, left out of its count, are listed beside it).
 */
export interface ScanReport {
  readonly encoding: EncodingName;
  readonly files: readonly FileCount[];
  readonly leftOut: readonly LeftOutFile[];
  readonly problems: readonly FileProblem[];
}
