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
export type LeftOutReason =
  | 'ignored'
  | 'excludedBySetting'
  | 'excludedByUser'
  | 'lockFile'
  | 'minified'
  | 'sourceMap'
  | 'image'
  | 'binary'
  | 'tooLarge'
  | 'notAFile';

export interface LeftOutFile {
  readonly path: string;
  readonly bytes: number;
  readonly reason: LeftOutReason;
}

/** Something that could not be read or counted: the scan goes on, the person is told. */
export interface FileProblem {
  readonly path: string;
  readonly message: string;
}

/** The result of one scan: everything below the folders is in exactly one of the three lists. */
export interface ScanReport {
  readonly encoding: EncodingName;
  readonly files: readonly FileCount[];
  readonly leftOut: readonly LeftOutFile[];
  readonly problems: readonly FileProblem[];
}
