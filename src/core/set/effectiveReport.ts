import type { FileCount, LeftOutFile, ScanReport } from '../files/scanReport.ts';

/** What lies over the scan of the disk: editors with unsaved changes, and files the person left out by hand. */
export interface Overlay {
  /** Counts of files as they stand in their editors, by path. */
  readonly unsaved: ReadonlyMap<string, FileCount>;
  /** Files and folders excluded from the menu. */
  readonly excluded: readonly string[];
}

/**
 * The report a person sees: the scan with unsaved editors as they stand and without what they excluded.
 * An unsaved editor of a file that the scan left out, or never saw, changes nothing.
 */
export function effectiveReport(scan: ScanReport, overlay: Overlay): ScanReport {
  if (overlay.unsaved.size === 0 && overlay.excluded.length === 0) return scan;
  const files: FileCount[] = [];
  const leftOut: LeftOutFile[] = [...scan.leftOut];
  const isExcluded = exclusionTest(overlay.excluded);
  for (const file of scan.files) {
    const current = overlay.unsaved.get(file.path) ?? file;
    if (isExcluded(file.path)) {
      leftOut.push({
        path: file.path,
        bytes: current.bytes,
        fileCount: 1,
        reason: 'excludedByUser',
      });
    } else {
      files.push(current);
    }
  }
  return { ...scan, files, leftOut };
}

function exclusionTest(excluded: readonly string[]): (path: string) => boolean {
  const paths = new Set(excluded);
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (paths.has(path.slice(0, end))) return true;
    }
    return false;
  };
}

/**
 * A report with some of its files counted anew: `recounted` replaces everything at `paths`, of whatever list. Problems of
 * other places, such as an ignore file above, stand in the report already.
 */
export function withRecounted(
  report: ScanReport,
  paths: readonly string[],
  recounted: ScanReport,
): ScanReport {
  const stale = exclusionTest(paths);
  const keep = (entry: { readonly path: string }) => !stale(entry.path);
  return {
    ...report,
    files: [...report.files.filter(keep), ...recounted.files],
    leftOut: [...report.leftOut.filter(keep), ...recounted.leftOut],
    problems: [
      ...report.problems.filter(keep),
      ...recounted.problems.filter(({ path }) => stale(path)),
    ],
  };
}

/** The paths that lie below none of the others: a folder's files come with it, and would otherwise come twice. */
export function outermostPaths(paths: readonly string[]): string[] {
  const all = new Set(paths);
  const isBelowAnother = (path: string): boolean => {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (all.has(path.slice(0, end))) return true;
    }
    return false;
  };
  return [...all].filter((path) => !isBelowAnother(path));
}
