import { mostNamed, type FileTable, type LeftOutGroup } from '../../core/dashboard/snapshot.ts';
import { contentKinds } from '../../core/files/contentKind.ts';
import type { ScanReport } from '../../core/files/scanReport.ts';
import { groupBy } from '../../core/set/groupBy.ts';

/** The report as columns, as the page gets it. */
export function fileTable({ encoding, files, leftOut, problems }: ScanReport): FileTable {
  const kindIdx = new Map(contentKinds.map((kind, idx) => [kind, idx]));
  return {
    encoding,
    paths: files.map(({ path }) => path),
    tokens: files.map(({ tokens }) => tokens),
    bytes: files.map(({ bytes }) => bytes),
    lines: files.map(({ lines }) => lines),
    kinds: files.map(({ kind }) => kindIdx.get(kind) ?? 0),
    leftOut: leftOutGroups(leftOut),
    problems: problems.slice(0, mostNamed),
    numProblems: problems.length,
  };
}

function leftOutGroups(leftOut: ScanReport['leftOut']): LeftOutGroup[] {
  return [...groupBy(leftOut, ({ reason }) => reason)]
    .map(([reason, files]) => ({
      reason,
      fileCount: files.reduce((sum, { fileCount }) => sum + fileCount, 0),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      largest: [...files].sort((a, b) => b.bytes - a.bytes).slice(0, mostNamed),
    }))
    .sort((a, b) => b.bytes - a.bytes);
}
