import type { FileToCount } from './scanMessages.ts';

const maxBatchFiles = 128;
const maxBatchBytes = 512 * 1024;

/**
 * Files in portions for a thread: enough of them that messages cost little, few enough that no thread is still busy
 * when the others are done. To be taken from the end: large files stand there, as they take longest.
 */
export function batchesOf(files: readonly FileToCount[]): FileToCount[][] {
  const large = files.filter((file) => file.bytes > maxBatchBytes);
  large.sort((a, b) => a.bytes - b.bytes);
  const batches: FileToCount[][] = [];
  let batch: FileToCount[] = [];
  let bytes = 0;
  for (const file of files) {
    if (file.bytes > maxBatchBytes) continue;
    if (batch.length === maxBatchFiles || bytes + file.bytes > maxBatchBytes) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.bytes;
  }
  if (batch.length > 0) batches.push(batch);
  return [...batches, ...large.map((file) => [file])];
}
