import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { contentKindOf } from '../../../src/core/files/contentKind.ts';
import type { ContentKind } from '../../../src/core/files/contentKind.ts';
import { letOthersRun } from './letOthersRun.ts';

export interface CorpusFile {
  readonly path: string;
  readonly kind: ContentKind;
  /** Reads the file: a corpus is larger than what one wants in memory. */
  readonly read: () => Uint8Array;
}

const textFile =
  /\.([cm]?[jt]sx?|md|markdown|json|css|scss|less|html?|txt|ya?ml|map|svg|py|c|h|cc|gyp|sh|wat)$/;
const maxFileBytes = 1 << 20;
const start = new Uint8Array(4096);

function* textFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* textFiles(file);
    else if (entry.isFile() && textFile.test(entry.name)) yield file;
  }
}

/**
 * Real files of all kinds from the installed packages: of each kind up to `perKind`, taken evenly. The kind is told
 * from the whole path and content, so a kind may have fewer.
 */
export async function corpusFiles(
  folders: readonly string[],
  perKind: number,
): Promise<CorpusFile[]> {
  const byKind = new Map<ContentKind, string[]>();
  for (const folder of folders) {
    for (const file of textFiles(folder)) {
      await letOthersRun();
      const { size } = statSync(file);
      if (size === 0 || size > maxFileBytes) continue;
      const kind = contentKindOf(file, startOf(file));
      const files = byKind.get(kind);
      if (files === undefined) byKind.set(kind, [file]);
      else files.push(file);
    }
  }
  return [...byKind].flatMap(([kind, files]) => {
    files.sort();
    const step = Math.max(1, files.length / perKind);
    const chosen: CorpusFile[] = [];
    for (let at = 0; at < files.length && chosen.length < perKind; at += step) {
      const file = files[Math.floor(at)];
      chosen.push({ path: file, kind, read: () => readFileSync(file) });
    }
    return chosen;
  });
}

function startOf(file: string): Uint8Array {
  const fd = openSync(file, 'r');
  try {
    return start.subarray(0, readSync(fd, start, 0, start.length, 0));
  } finally {
    closeSync(fd);
  }
}
