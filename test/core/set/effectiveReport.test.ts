import { describe, expect, it } from 'vitest';
import type { FileCount, ScanReport } from '../../../src/core/files/scanReport.ts';
import {
  effectiveReport,
  outermostPaths,
  withRecounted,
} from '../../../src/core/set/effectiveReport.ts';
import { fileTree } from '../../../src/core/set/fileTree.ts';

function file(path: string, tokens: number): FileCount {
  return { path, tokens, bytes: tokens * 4, lines: 1, kind: 'code' };
}

const scan: ScanReport = {
  encoding: 'o200k_base',
  files: [file('a.ts', 10), file('src/b.ts', 20), file('src/c.ts', 30)],
  leftOut: [{ path: 'package-lock.json', bytes: 9, fileCount: 1, reason: 'lockFile' }],
  problems: [{ path: 'src/d.ts', message: 'no permission' }],
};

describe('effective report', () => {
  it('is the scan itself when nothing lies over it', () => {
    expect(effectiveReport(scan, { unsaved: new Map(), excluded: [] })).toBe(scan);
  });

  it('counts an unsaved editor as it stands, and only files that the scan counts', () => {
    const unsaved = new Map([
      ['a.ts', file('a.ts', 99)],
      ['new.ts', file('new.ts', 5)],
    ]);
    const { files } = effectiveReport(scan, { unsaved, excluded: [] });
    expect(files.map(({ path, tokens }) => [path, tokens])).toEqual([
      ['a.ts', 99],
      ['src/b.ts', 20],
      ['src/c.ts', 30],
    ]);
  });

  it('moves an excluded folder to what is left out, with its sizes', () => {
    const report = effectiveReport(scan, { unsaved: new Map(), excluded: ['src'] });
    expect(report.files.map(({ path }) => path)).toEqual(['a.ts']);
    expect(report.leftOut.slice(1)).toEqual([
      { path: 'src/b.ts', bytes: 80, fileCount: 1, reason: 'excludedByUser' },
      { path: 'src/c.ts', bytes: 120, fileCount: 1, reason: 'excludedByUser' },
    ]);
  });

  it('takes a recount for everything at its paths, in all three lists', () => {
    const recounted: ScanReport = {
      ...scan,
      files: [file('src/d.ts', 7)],
      leftOut: [],
      problems: [],
    };
    const report = withRecounted(scan, ['src/b.ts', 'src/d.ts'], recounted);
    expect(report.files.map(({ path }) => path)).toEqual(['a.ts', 'src/c.ts', 'src/d.ts']);
    expect(report.problems).toEqual([]);
    expect(report.leftOut).toEqual(scan.leftOut);
  });

  it('does not tell a problem of another place twice', () => {
    const problems = [
      { path: '.gitignore', message: 'its rules are not applied' },
      { path: 'a.ts', message: 'no permission' },
    ];
    const recounted = { ...scan, files: [], leftOut: [], problems };
    const once = withRecounted({ ...scan, problems: [problems[0]] }, ['a.ts'], recounted);
    expect(once.problems).toEqual(problems);
    expect(withRecounted(once, ['a.ts'], recounted).problems).toEqual(problems);
  });
});

describe('file tree', () => {
  it('sums folders and puts the heaviest first', () => {
    const root = fileTree(scan.files);
    expect([root.tokens, root.fileCount, root.bytes]).toEqual([60, 3, 240]);
    expect(root.children.map(({ name, tokens }) => [name, tokens])).toEqual([
      ['src', 50],
      ['a.ts', 10],
    ]);
    const src = root.children[0];
    expect(src.type === 'folder' && src.children.map(({ path }) => path)).toEqual([
      'src/c.ts',
      'src/b.ts',
    ]);
  });

  it('orders equals by name, survives names like __proto__ and no files at all', () => {
    const root = fileTree([file('b', 1), file('__proto__/x', 1), file('a', 1)]);
    expect(root.children.map(({ name }) => name)).toEqual(['__proto__', 'a', 'b']);
    expect(fileTree([])).toMatchObject({ tokens: 0, fileCount: 0, children: [] });
  });
});

describe('the outermost of paths', () => {
  it('leave out what lies below another, and keep names that only begin alike', () => {
    const paths = ['src', 'src/a.ts', 'src/deep/b.ts', 'src2/c.ts', 'a.ts', 'a.ts'];
    expect(outermostPaths(paths)).toEqual(['src', 'src2/c.ts', 'a.ts']);
    expect(outermostPaths([])).toEqual([]);
  });
});
