import { leftOutReasons, type LeftOutReason, type ScanReport } from '../core/files/scanReport.ts';
import { heaviestFiles, heaviestFolders } from './heaviest.ts';
import { formatBytes, formatCount, formatPercent } from '../core/format/numbers.ts';
import type { Column, Section } from './section.ts';

const shownFolders = 10;
const shownFiles = 15;
const shownProblems = 20;

const reasonWords: Readonly<Record<LeftOutReason, string>> = {
  ignored: 'ignored by .gitignore or .ignore',
  excludedBySetting: 'excluded by --exclude',
  excludedByUser: 'excluded by .contextbudgetignore',
  dependencies: 'installed dependencies',
  versionControl: 'version control',
  lockFile: 'lock files',
  minified: 'minified',
  sourceMap: 'source maps',
  image: 'images',
  binary: 'other binary files',
  tooLarge: 'too large',
  notebookOutput: 'outputs of notebooks',
  symbolicLink: 'links (their targets count where they stand)',
  notAFile: 'pipes, sockets and devices',
};

const number = (name: string): Column => ({ name, align: 'right' });
const path: Column = { name: 'path', align: 'left', flexible: true };

export function scanSections(scan: ScanReport): Section[] {
  const totalTokens = scan.files.reduce((sum, file) => sum + file.tokens, 0);
  const sections = [foldersSection(scan, totalTokens), filesSection(scan, totalTokens)];
  return sections.filter((section) => section.rows.length > 0);
}

function foldersSection(scan: ScanReport, totalTokens: number): Section {
  return {
    title: 'Heaviest folders',
    columns: [number('tokens'), number('share'), number('files'), path],
    rows: heaviestFolders(scan.files, shownFolders).map((folder) => [
      formatCount(folder.tokens),
      share(folder.tokens, totalTokens),
      formatCount(folder.fileCount),
      `${folder.path}/`,
    ]),
  };
}

function filesSection(scan: ScanReport, totalTokens: number): Section {
  return {
    title: 'Heaviest files',
    columns: [number('tokens'), number('share'), number('lines'), number('size'), path],
    rows: heaviestFiles(scan.files, shownFiles).map((file) => [
      formatCount(file.tokens),
      share(file.tokens, totalTokens),
      formatCount(file.lines),
      formatBytes(file.bytes),
      file.path,
    ]),
  };
}

/** What is not in the totals, so that nothing disappears silently. */
export function restSections(scan: ScanReport): Section[] {
  const sections: Section[] = [];
  if (scan.leftOut.length > 0) sections.push(leftOutSection(scan));
  if (scan.problems.length > 0) sections.push(problemsSection(scan));
  return sections;
}

function leftOutSection(scan: ScanReport): Section {
  const rows = leftOutReasons.flatMap((reason) => {
    const entries = scan.leftOut.filter((entry) => entry.reason === reason);
    if (entries.length === 0) return [];
    const files = entries.reduce((sum, entry) => sum + entry.fileCount, 0);
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    return [[formatCount(files), formatBytes(bytes), reasonWords[reason]]];
  });
  return {
    title: 'Left out',
    columns: [number('files'), number('size'), { name: 'why', align: 'left' }],
    rows,
    note: 'Each of them is listed by --json.',
  };
}

function problemsSection(scan: ScanReport): Section {
  const rest = scan.problems.length - shownProblems;
  return {
    title: counted(scan.problems.length, 'problem'),
    columns: [path, { name: 'what', align: 'left' }],
    rows: scan.problems.slice(0, shownProblems).map(({ path, message }) => [path, message]),
    note: rest > 0 ? `${counted(rest, 'more problem')}: all are listed by --json.` : undefined,
  };
}

function share(tokens: number, total: number): string {
  return total === 0 ? '' : formatPercent((100 * tokens) / total);
}

function counted(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`;
}
