import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultMaxFileBytes } from '../../src/core/files/leftOutRules.ts';
import { folderSize } from '../../src/node/folderSize.ts';
import { forFs } from '../../src/node/systemPath.ts';
import { walk, type FoundFile, type WalkOptions } from '../../src/node/walk.ts';
import { tempTree, withoutPrivilege, writeTree } from './tempTree.ts';

const isLinux = process.platform === 'linux';

function walked(root: string, options: Partial<WalkOptions> = {}, from = '') {
  const files: FoundFile[] = [];
  const result = walk(
    {
      root,
      prefix: '',
      exclude: [],
      userRules: [],
      otherRoots: [],
      maxFileBytes: defaultMaxFileBytes,
      shouldStop: () => false,
      needsStamp: () => true,
      onFile: (file) => files.push(file),
      ...options,
    },
    from,
  );
  const leftOut = [...result.leftOut, ...result.leftOutFolders].map(
    (entry) => [entry.path, entry.reason] as const,
  );
  return {
    ...result,
    files,
    paths: files.map((file) => file.path).sort(),
    reasons: Object.fromEntries(leftOut),
  };
}

describe('walk', () => {
  it('puts every entry in exactly one list', () => {
    const root = tempTree({
      'a.ts': 'a',
      'yarn.lock': 'l',
      'b/app.min.js': 'm',
      'b/app.js.map': '{}',
      'b/logo.PNG': 'p',
      'b/tool.exe': 'e',
      'node_modules/x/index.js': 'x',
      '.git/HEAD': 'ref',
    });
    const { paths, reasons } = walked(root);
    expect(paths).toEqual(['a.ts']);
    expect(reasons).toEqual({
      'yarn.lock': 'lockFile',
      'b/app.min.js': 'minified',
      'b/app.js.map': 'sourceMap',
      'b/logo.PNG': 'image',
      'b/tool.exe': 'binary',
      'node_modules/': 'dependencies',
      '.git/': 'versionControl',
    });
  });

  it('never ignores the folder that was named, whatever its name and its parents say', () => {
    const root = tempTree({ '.gitignore': 'node_modules', 'node_modules/pkg/index.js': '1' });
    expect(walked(path.join(root, 'node_modules')).paths).toEqual(['pkg/index.js']);
    expect(walked(path.join(root, 'node_modules', 'pkg')).paths).toEqual(['index.js']);
  });

  it('applies nested rules with the deepest one winning, and takes back by "!"', () => {
    const root = tempTree({
      '.gitignore': '*.log\n/build/\n!keep.log\n',
      'a.log': '',
      'keep.log': '',
      'build/x.ts': '',
      'src/build/y.ts': '',
      'src/.gitignore': '!a.log\n*.gen.ts\n',
      'src/a.log': '',
      'src/b.gen.ts': '',
      'lib/b.gen.ts': '',
    });
    const { paths, reasons } = walked(root);
    expect(paths).toEqual([
      '.gitignore',
      'keep.log',
      'lib/b.gen.ts',
      'src/.gitignore',
      'src/a.log',
      'src/build/y.ts',
    ]);
    expect(reasons).toEqual({
      'a.log': 'ignored',
      'build/': 'ignored',
      'src/b.gen.ts': 'ignored',
    });
  });

  it('agrees with git on what is ignored', () => {
    const root = tempTree({
      '.gitignore':
        '# comment\n\\#real\n*.o1\n!keep.o1\ndoc/*.txt\n**/tmp\nfoo/**/bar\ntrailing \\ \n/top\n',
      '#real': '',
      'a.o1': '',
      'keep.o1': '',
      'doc/a.txt': '',
      'doc/sub/a.txt': '',
      'x/tmp/file': '',
      'foo/bar': '',
      'foo/1/2/bar/z': '',
      'trailing  ': '',
      top: '',
      'sub/top': '',
      'sub/.gitignore': 'a?c\n[xy].js\n!/x.js\n',
      'sub/abc': '',
      'sub/x.js': '',
      'sub/y.js': '',
      'sub/z.js': '',
    });
    let listed: string;
    try {
      execFileSync('git', ['init', '-q', root]);
      listed = execFileSync('git', ['-C', root, 'ls-files', '-z', '-o', '--exclude-standard'], {
        encoding: 'utf8',
      });
    } catch {
      // Without git the list it gave (2.47) stands in.
      listed = gitsList.join('\0');
    }
    const ours = walked(root).paths;
    expect(ours).toEqual(listed.split('\0').filter(Boolean).sort());
    expect(ours).toEqual(gitsList);
  });

  it('lets .contextbudgetignore win over .ignore, and that over .gitignore', () => {
    const root = tempTree({
      '.gitignore': 'a\nb\nc\n',
      '.ignore': '!a\n!b\n',
      '.contextbudgetignore': 'b\n!yarn.lock\n!x.min.js\n',
      a: '',
      b: '',
      c: '',
      'yarn.lock': '',
      'x.min.js': '',
    });
    const { paths, reasons, files } = walked(root);
    expect(paths).toEqual([
      '.contextbudgetignore',
      '.gitignore',
      '.ignore',
      'a',
      'x.min.js',
      'yarn.lock',
    ]);
    expect(reasons).toEqual({ b: 'excludedByUser', c: 'ignored' });
    expect(files.find((file) => file.path === 'x.min.js')?.keep).toBe(true);
  });

  it('takes globs of the settings and rules of the user', () => {
    const root = tempTree({
      'out/a.js': '',
      'src/out/b.js': '',
      'src/.hidden': '',
      'x.tmp': '',
      'docs/y.md': '',
    });
    const options = { exclude: ['**/out', '**/.hidden', '*.tmp'], userRules: ['docs/'] };
    const { paths, reasons } = walked(root, options);
    expect(paths).toEqual([]);
    expect(reasons).toEqual({
      'out/': 'excludedBySetting',
      'src/out/': 'excludedBySetting',
      'src/.hidden': 'excludedBySetting',
      'x.tmp': 'excludedBySetting',
      'docs/': 'excludedByUser',
    });
  });

  it('does not ask about a glob that repeats stars, which would take for ever, and names it', () => {
    const root = tempTree({ [`${'a'.repeat(200)}.ts`]: '', 'b.md': '' });
    for (const glob of ['+(*)c', '*(x|*)c', '**/+(*b*)/c']) {
      const { paths, problems } = walked(root, { exclude: [glob, '*.md'] });
      expect(paths).toHaveLength(1);
      expect(problems).toEqual([
        {
          path: '.',
          message: expect.stringContaining(`The rule "${glob}" is not applied`) as string,
        },
      ]);
    }
  });

  it('starts at a path below the root and minds the rules above it', () => {
    const root = tempTree({
      '.gitignore': 'dist\n*.log\n',
      'src/a.ts': '',
      'src/deep/b.ts': '',
      'src/c.log': '',
      'dist/x.js': '',
    });
    expect(walked(root, {}, 'src').paths).toEqual(['src/a.ts', 'src/deep/b.ts']);
    expect(walked(root, {}, 'src/deep/b.ts').paths).toEqual(['src/deep/b.ts']);
    expect(walked(root, {}, 'src/c.log').reasons).toEqual({ 'src/c.log': 'ignored' });
    const nothing = { files: [], leftOut: [], leftOutFolders: [], problems: [] };
    expect(walked(root, {}, 'dist/x.js')).toMatchObject(nothing);
    expect(walked(root, {}, 'src/gone.ts')).toMatchObject(nothing);
    expect(walked(root, {}, 'src/a.ts/below')).toMatchObject(nothing);
  });

  it('puts the prefix before every path and leaves out folders analysed by themselves', () => {
    const root = tempTree({ 'a.ts': '', 'inner/b.ts': '', 'yarn.lock': '' });
    const options = { prefix: 'app', otherRoots: [path.join(root, 'inner'), root] };
    const { paths, reasons } = walked(root, options);
    expect(paths).toEqual(['app/a.ts']);
    expect(reasons).toEqual({ 'app/yarn.lock': 'lockFile' });
  });

  it.runIf(process.platform !== 'win32')('enters no link, so no loop', () => {
    const root = tempTree({ 'a/b.ts': 'x' });
    symlinkSync('..', path.join(root, 'a/loop'));
    symlinkSync('nowhere', path.join(root, 'dangling'));
    symlinkSync('self', path.join(root, 'self'));
    const { paths, reasons, problems } = walked(root);
    expect(paths).toEqual(['a/b.ts']);
    expect(reasons).toEqual({
      'a/loop': 'symbolicLink',
      dangling: 'symbolicLink',
      self: 'symbolicLink',
    });
    expect(problems).toEqual([]);
  });

  it.runIf(isLinux)('opens no pipe and no socket', async () => {
    const root = tempTree({ 'a.ts': 'x' });
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    execFileSync('mkfifo', [path.join(root, 'pipe.ts')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path.join(root, 'sock'), resolve));
    try {
      const { paths, reasons } = walked(root);
      expect(paths).toEqual(['a.ts']);
      expect(reasons).toEqual({ pipe: 'notAFile', 'pipe.ts': 'notAFile', sock: 'notAFile' });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.runIf(isLinux)('reads names that are no UTF-8, and tells them apart', () => {
    const root = tempTree();
    const bytesPath = (...parts: (string | number[])[]) =>
      Buffer.concat(
        parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
      );
    const folder = bytesPath(`${root}/f`, [0xff]);
    mkdirSync(folder);
    writeFileSync(bytesPath(`${root}/a`, [0xff], '.ts'), '1');
    writeFileSync(bytesPath(`${root}/a`, [0xfe], '.ts'), '22');
    writeFileSync(Buffer.concat([folder, Buffer.from('/é \n*?".ts')]), '333');
    writeFileSync(path.join(root, 'real\uFFFD.ts'), '4444');
    const { files, problems } = walked(root);
    expect(problems).toEqual([]);
    const contents = files.map(({ path, systemPath }) => [
      path,
      readFileSync(forFs(systemPath), 'utf8'),
    ]);
    expect(Object.fromEntries(contents)).toEqual({
      'a\\xff.ts': '1',
      'a\\xfe.ts': '22',
      'f\\xff/é \n*?".ts': '333',
      'real\uFFFD.ts': '4444',
    });
  });

  it.runIf(process.platform !== 'win32')('reports a folder it may not read', () => {
    const root = tempTree({ 'secret/a.ts': '', 'b.ts': '' });
    chmodSync(path.join(root, 'secret'), 0);
    const { paths, problems } = withoutPrivilege(root, () => walked(root));
    chmodSync(path.join(root, 'secret'), 0o700);
    expect(paths).toEqual(['b.ts']);
    expect(problems).toEqual([{ path: 'secret/', message: 'No permission to read it.' }]);
  });

  it('reports a root that vanished', () => {
    const root = tempTree();
    rmSync(root, { recursive: true });
    expect(walked(root).problems).toEqual([
      { path: '.', message: 'It vanished while the folder was read.' },
    ]);
  });

  it('goes a thousand folders deep', () => {
    const root = tempTree();
    const deep = Array.from({ length: 1000 }, () => 'd').join('/');
    writeTree(root, { [`${deep}/a.ts`]: 'x' });
    expect(walked(root).paths).toEqual([`${deep}/a.ts`]);
  });

  it('leaves out by size what no window could hold', () => {
    const root = tempTree({ 'big.txt': 'x'.repeat(11), 'small.txt': 'x' });
    const { paths, leftOut } = walked(root, { maxFileBytes: 10 });
    expect(paths).toEqual(['small.txt']);
    expect(leftOut).toEqual([{ path: 'big.txt', bytes: 11, fileCount: 1, reason: 'tooLarge' }]);
  });

  it('survives ignore files that are hostile or no text', () => {
    const root = tempTree({
      '.gitignore': Buffer.from([0, 255, 254, 10, 42, 46, 108, 10]),
      '.ignore': '[\n\\\n!\n[z-a]\n**\\\n(((\nx{1,\n',
      'a.ts': '',
      'b.l': '',
    });
    const { paths, reasons } = walked(root);
    expect(paths).toContain('a.ts');
    expect(reasons['b.l']).toBe('ignored');
  });

  it('stops when told so', () => {
    const root = tempTree({ 'a/b/c.ts': '', 'd.ts': '' });
    let asked = 0;
    expect(walked(root, { shouldStop: () => ++asked > 1 }).paths).toEqual(['d.ts']);
  });

  it('sums a folder that is left out', () => {
    const root = tempTree({ 'n/a': '123', 'n/b/c': '4567' });
    expect(folderSize(path.join(root, 'n'), () => false)).toEqual({ bytes: 7, fileCount: 2 });
  });

  it.runIf(isLinux)('sums what has a name that is no UTF-8, too', () => {
    const root = tempTree();
    const folder = Buffer.concat([Buffer.from(`${root}/f`), Buffer.from([0xff])]);
    mkdirSync(folder);
    writeFileSync(Buffer.concat([folder, Buffer.from('/a'), Buffer.from([0xfe])]), '123');
    expect(folderSize(root, () => false)).toEqual({ bytes: 3, fileCount: 1 });
  });
});

const gitsList = [
  '.gitignore',
  'doc/sub/a.txt',
  'keep.o1',
  'sub/.gitignore',
  'sub/top',
  'sub/x.js',
  'sub/z.js',
];
