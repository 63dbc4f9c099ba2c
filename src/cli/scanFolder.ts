import type { ScanReport } from '../core/files/scanReport.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { Scanner } from '../node/scanner.ts';
import { progressLine } from './progressLine.ts';
import { cacheFolder, workerFile } from './surroundings.ts';

export interface ScanFolderOptions {
  readonly exclude?: readonly string[];
  /** Whether counts are taken from the cache and kept in it; they are unless it is false. */
  readonly cache?: boolean;
}

/** Scans the folder once with each encoding, and says how far it is where somebody can see that. */
export async function scanFolder(
  folder: string,
  encodings: readonly EncodingName[],
  { exclude, cache = true }: ScanFolderOptions = {},
): Promise<Map<EncodingName, ScanReport>> {
  const scanner = new Scanner({
    workerFile: workerFile('countWorker.js'),
    cacheFolder: cache ? cacheFolder : undefined,
  });
  const progress = progressLine(process.stderr);
  try {
    const scans = new Map<EncodingName, ScanReport>();
    for (const encoding of encodings) {
      const request = { folders: [{ path: folder, prefix: '' }], encoding, exclude };
      scans.set(encoding, await scanner.scan(request, { onProgress: progress.show }));
    }
    return scans;
  } finally {
    progress.clear();
    // While the result is made and printed.
    void scanner.dispose();
  }
}
