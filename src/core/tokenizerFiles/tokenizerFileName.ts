import type { EncodingName } from '../tokens/tokenCounter.ts';

/** A tokenizer's file as an encoding is named after it: its content, not only its place, is what a count is made with. */
export interface TokenizerFileRef {
  /** Absolute. */
  readonly path: string;
  /** Of the content, hexadecimal. */
  readonly sha256: string;
  /** Name of the rule that a rank file is split by. */
  readonly split?: string;
}

/** The encoding's name for a tokenizer's file; counts are remembered under it. */
export function fileEncoding({ path, sha256, split }: TokenizerFileRef): EncodingName {
  return `file:${path}?sha256=${sha256}${split === undefined ? '' : `&split=${split}`}`;
}

/** What `fileEncoding` named; undefined for the encodings that are named otherwise. */
export function fileOfEncoding(encoding: EncodingName): TokenizerFileRef | undefined {
  const match = /^file:(.+)\?sha256=([0-9a-f]{64})(?:&split=(\w+))?$/s.exec(encoding);
  if (match === null) return undefined;
  const [, path, sha256, split] = match;
  return { path, sha256, ...(split !== undefined && { split }) };
}

/** An encoding for people: the file's last two names and the beginning of its hash. */
export function encodingLabel(encoding: EncodingName): string {
  const file = fileOfEncoding(encoding);
  if (file === undefined) return encoding;
  const name = file.path.split(/[\\/]/).slice(-2).join('/');
  return `${name} (sha256 ${file.sha256.slice(0, 8)})`;
}
