import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { writeFileAtomically } from './writeFileAtomically.ts';

export type Column = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** A column to be written, in pieces of one type that follow each other: joining them first would take its size once more. */
export type ColumnParts = readonly Column[];

const columnTypes = { Uint8Array, Uint16Array, Uint32Array, Float32Array, Float64Array } as const;
type ColumnType = keyof typeof columnTypes;

/** The first line of the file, as JSON. */
interface Header {
  readonly key: string;
  /** SHA-256 of `columns` and of all that follows the line. */
  readonly hash: string;
  readonly endianness: string;
  /** In the order in which they follow, each from a multiple of 8 bytes on. */
  readonly columns: readonly (readonly [name: string, type: ColumnType, length: number])[];
}

const alignment = 8;
const NEWLINE = 10;

/**
 * Named arrays of numbers in one file, as they lie in memory: reading them is reading the file.
 *
 * @throws Error what the system throws
 * @returns their bytes, and whether they were written: they are not when they are more than `maxBytes`
 */
export function writeColumns(
  file: string,
  key: string,
  columns: Readonly<Record<string, Column | ColumnParts>>,
  maxBytes: number,
): { readonly bytes: number; readonly isWritten: boolean } {
  const parts: Uint8Array[] = [];
  const described: Header['columns'][number][] = [];
  for (const [name, column] of Object.entries(columns)) {
    const pieces = Array.isArray(column) ? (column as ColumnParts) : [column as Column];
    let columnBytes = 0;
    let length = 0;
    for (const piece of pieces) {
      parts.push(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
      columnBytes += piece.byteLength;
      length += piece.length;
    }
    parts.push(new Uint8Array(padding(columnBytes)));
    described.push([name, pieces.length === 0 ? 'Uint8Array' : typeOf(pieces[0]), length]);
  }
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  if (bytes > maxBytes) return { bytes, isWritten: false };
  const hash = hashOf(described, parts);
  const header: Header = { key, hash, endianness: endianness(), columns: described };
  const line = Buffer.from(JSON.stringify(header));
  const filled = Buffer.alloc(padding(line.length + 1), ' ');
  writeFileAtomically(file, [line, filled, Buffer.from('\n'), ...parts]);
  return { bytes, isWritten: true };
}

/** The columns of a file, which share its memory; undefined when it is not there, of another key, or damaged. */
export function readColumns(file: string, key: string): ReadonlyMap<string, Column> | undefined {
  try {
    const content = readFileSync(file);
    const lineEnd = content.indexOf(NEWLINE);
    const header = JSON.parse(content.toString('utf8', 0, lineEnd)) as Header;
    const body = content.subarray(lineEnd + 1);
    if (header.key !== key || header.endianness !== endianness()) return undefined;
    if (hashOf(header.columns, [body]) !== header.hash) return undefined;
    const columns = new Map<string, Column>();
    let offset = body.byteOffset;
    for (const [name, type, length] of header.columns) {
      const column = new columnTypes[type](body.buffer, offset, length);
      columns.set(name, column);
      offset += column.byteLength + padding(column.byteLength);
    }
    return columns;
  } catch {
    return undefined;
  }
}

function hashOf(columns: Header['columns'], parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256').update(JSON.stringify(columns));
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function padding(bytes: number): number {
  return (alignment - (bytes % alignment)) % alignment;
}

function typeOf(column: Column): ColumnType {
  if (column instanceof Uint8Array) return 'Uint8Array';
  if (column instanceof Uint16Array) return 'Uint16Array';
  if (column instanceof Uint32Array) return 'Uint32Array';
  return column instanceof Float32Array ? 'Float32Array' : 'Float64Array';
}
