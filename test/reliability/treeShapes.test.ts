// Trees as no project has them: too many files, too large, too deep, in circles, with names of every kind, closed to the reader.
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  openSync,
  ftruncateSync,
  closeSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Scanner } from '../../src/node/scanner.ts';
import { tempTree } from '../node/tempTree.ts';
import { attack, isFull, often } from './attack.ts';
import {
  countsOf,
  disposeScanners,
  newScanner,
  requestFor,
  tamperedWorker,
  totalTokens,
  twiceListed,
} from './scanning.ts';

/** By OpenAI's tiktoken. It takes long to load: sampled, what a text counts by itself, without files, is the measure. */
let tokensOf: (text: string) => Promise<number>;
const isLinux = process.platform === 'linux';
const hasLinks = process.platform !== 'win32';
const gigabyte = 2 ** 30;

/** The worker's file, after it was given what its threads run first. */
let tampered: (code: string) => string;
let scanner: Scanner;

beforeAll(async () => {
  tampered = await tamperedWorker();
  scanner = newScanner({ workerFile: tampered('') });
  if (isFull) {
    const { get_encoding } = await import('tiktoken');
    const tiktoken = get_encoding('o200k_base');
    tokensOf = (text) => Promise.resolve(tiktoken.encode(text, [], []).length);
  } else tokensOf = (text) => scanner.countText(text, 'o200k_base');
});
afterAll(disposeScanners);

function sparseFile(file: string, bytes: number): void {
  const fd = openSync(file, 'w');
  ftruncateSync(fd, bytes);
  closeSync(fd);
}

describe('a tree', () => {
  const count = often(600, 100_000);
  it(`of ${count} small files is counted file by file`, () =>
    attack('trees', `${count.toLocaleString('en')} small files`, async (tally) => {
      const texts = Array.from({ length: 97 }, (_, i) => `export const n${i} = ${i ** 3};\n`);
      const tokens = await Promise.all(texts.map(tokensOf));
      const root = tempTree();
      let expected = 0;
      for (let folder = 0; folder * 500 < count; folder++) {
        mkdirSync(path.join(root, `d${folder}`));
        for (let i = 0; i < 500 && folder * 500 + i < count; i++) {
          const which = (folder * 500 + i) % texts.length;
          expected += tokens[which];
          writeFileSync(path.join(root, `d${folder}`, `f${i}.ts`), texts[which]);
        }
      }
      const report = await tally.try('scan', () => scanner.scan(requestFor(root)));
      if (report === undefined) return;
      tally.equal(report.files.length, count, 'files');
      tally.equal(totalTokens(report), expected, 'total');
      tally.equal(report.problems, [], 'problems');
    }));

  it('with files of 2 GB, be they text, notebook or ignore file, reads none of them', () =>
    attack('trees', '2 GB files (text, notebook, ignore files)', async (tally) => {
      const root = tempTree({ 'a.ts': 'const a = 1;\n' });
      const huge = ['big.txt', 'big.ipynb', '.gitignore', 'd/.ignore', 'd/.contextbudgetignore'];
      mkdirSync(path.join(root, 'd'));
      for (const name of huge) sparseFile(path.join(root, name), 2 * gigabyte);
      // What a string may hold: an ignore file that would be read whole.
      mkdirSync(path.join(root, 'e'));
      sparseFile(path.join(root, 'e/.gitignore'), 300 * 2 ** 20);
      const before = process.memoryUsage().rss;
      const report = await tally.try('scan', () => scanner.scan(requestFor(root)));
      const grown = process.memoryUsage().rss - before;
      if (report === undefined) return;
      tally.equal(countsOf(report), { 'a.ts': await tokensOf('const a = 1;\n') }, 'counts');
      const tooLarge = report.leftOut.filter(({ reason }) => reason === 'tooLarge');
      tally.equal(tooLarge.length, 6, 'left out for their size');
      tally.equal(report.problems.length, 4, 'ignore files whose rules are not applied');
      tally.check(grown < 100 * 2 ** 20, `memory grew by ${grown} bytes`);
    }));

  it('a thousand folders deep, and beyond what a path may hold, is walked to the end', () =>
    attack('trees', '1,000 levels deep, and paths beyond the system’s limit', async (tally) => {
      const root = tempTree();
      const deep = Array.from({ length: 1000 }, () => 'd');
      mkdirSync(path.join(root, ...deep), { recursive: true });
      for (let level = 0; level <= 1000; level += 100) {
        writeFileSync(path.join(root, ...deep.slice(0, level), 'a.ts'), 'a\n');
      }
      if (isLinux) {
        // Longer than PATH_MAX: only relative steps make it.
        const home = process.cwd();
        process.chdir(root);
        for (let i = 0; i < 30; i++) {
          mkdirSync('n'.repeat(200));
          process.chdir('n'.repeat(200));
        }
        writeFileSync('b.ts', 'x\n');
        process.chdir(home);
      }
      const report = await tally.try('scan', () => scanner.scan(requestFor(root)));
      if (report !== undefined) {
        tally.equal(totalTokens(report), 11 * (await tokensOf('a\n')), 'total');
        tally.equal(report.problems.length, isLinux ? 1 : 0, 'the path that is too long');
        const [problem] = report.problems;
        if (isLinux) tally.check(/longer than the system/.test(problem.message), problem.message);
      }
      // Too deep for `rm -r` by paths.
      if (isLinux) execFileSync('rm', ['-rf', 'n'.repeat(200)], { cwd: root });
    }));

  it.runIf(hasLinks)('that links to itself in every way is entered once', () =>
    attack('trees', 'loops of links', async (tally) => {
      const root = tempTree({ 'a/b/c.ts': 'const c = 1;\n', 'x/y.ts': 'const y = 1;\n' });
      symlinkSync('..', path.join(root, 'a/b/up'), 'junction');
      symlinkSync(root, path.join(root, 'a/root'), 'junction');
      symlinkSync('/', path.join(root, 'a/everything'), 'junction');
      symlinkSync('two', path.join(root, 'one'));
      symlinkSync('one', path.join(root, 'two'));
      symlinkSync('self', path.join(root, 'self'));
      symlinkSync('a/b/c.ts', path.join(root, 'again.ts'));
      symlinkSync('/dev/zero', path.join(root, 'endless.ts'));
      symlinkSync('self', path.join(root, '.gitignore'));
      const report = await tally.try('scan', () => scanner.scan(requestFor(root)));
      if (report === undefined) return;
      tally.equal(Object.keys(countsOf(report)), ['a/b/c.ts', 'x/y.ts'], 'files');
      tally.equal(report.leftOut.length, 9, 'links');
      tally.equal(report.problems, [], 'problems');
      for (const only of ['one', 'a/b/up/b/c.ts', 'self/x', 'endless.ts', 'a/root/a/b/c.ts']) {
        const again = await tally.try(only, () => scanner.recount(requestFor(root), [only]));
        tally.equal(again?.files, [], only);
      }
    }),
  );

  it.runIf(isLinux)('of pipes, sockets and devices waits for none of them', () =>
    attack('trees', 'pipes, sockets, devices', async (tally) => {
      const root = tempTree({ 'a.ts': 'const a = 1;\n' });
      const pipes = ['pipe', 'pipe.ts', '.gitignore', '.ignore', 'p.ipynb'];
      execFileSync('mkfifo', pipes, { cwd: root });
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(path.join(root, 'sock.ts'), resolve));
      let devices = 0;
      try {
        execFileSync('mknod', [path.join(root, 'zero.ts'), 'c', '1', '5'], { stdio: 'ignore' });
        execFileSync('mknod', [path.join(root, 'loop.ts'), 'b', '7', '0'], { stdio: 'ignore' });
        devices = 2;
      } catch {
        tally.note('no devices: not allowed to make them here');
      }
      const report = await tally.try('scan', () => scanner.scan(requestFor(root)));
      await new Promise((resolve) => server.close(resolve));
      if (report === undefined) return;
      tally.equal(Object.keys(countsOf(report)), ['a.ts'], 'files');
      tally.equal(
        report.leftOut.map(({ reason }) => reason),
        Array.from({ length: 6 + devices }, () => 'notAFile'),
        'left out',
      );
      tally.equal(report.problems, [], 'problems');
    }),
  );

  it.runIf(isLinux)(
    'whose pipes take the place of files after they were listed waits for none',
    () =>
      attack('trees', 'files that become pipes after they were listed', async (tally) => {
        const swap = `
        const swapped = new Set();
        const swap = (file) => {
          if (!/(?:gitignore|ignore|swap[.]ts)$/.test(String(file)) || swapped.has(String(file))) return;
          swapped.add(String(file));
          fs.rmSync(file);
          execFileSync('mkfifo', [String(file)]);
        };
        for (const name of ['openSync', 'readFileSync']) {
          const call = fs[name];
          fs[name] = (file, ...rest) => { swap(file); return call(file, ...rest); };
        }
        syncBuiltinESMExports();`;
        const own = newScanner({ workerFile: tampered(swap) });
        const root = tempTree({
          'a.ts': 'const a = 1;\n',
          'swap.ts': 'x',
          '.gitignore': '*.log',
          'd/.contextbudgetignore': '*.log',
          'd/b.ts': 'const b = 1;\n',
        });
        const report = await tally.try('scan', () => own.scan(requestFor(root)), {
          limitSeconds: 60,
        });
        tampered('');
        if (report === undefined) return;
        const { 'a.ts': a, 'd/b.ts': b } = countsOf(report);
        tally.equal(
          [a, b],
          [await tokensOf('const a = 1;\n'), await tokensOf('const b = 1;\n')],
          'counts',
        );
        for (const name of ['swap.ts', '.gitignore', 'd/.contextbudgetignore'])
          tally.check(lstatSync(path.join(root, name)).isFIFO(), `${name} became a pipe`);
      }),
  );

  it('with hostile names keeps every name apart and counts what is in it', () =>
    attack('trees', 'hostile names', async (tally) => {
      const names = hasLinks
        ? [
            'line\nbreak.ts',
            'carriage\rreturn.ts',
            'quote".ts',
            "quote'.ts",
            'back\\slash.ts',
            '</script><script>alert(1)</script>'.replaceAll('/', '\u2215') + '.ts',
            '<img src=x onerror=alert(1)>.ts',
            '${7*7}`$(id)`.ts',
            '%00%2e%2e%2f.ts',
            'gnp.\u202etxt.ts',
            '\u200f\u200b\ufeff.ts',
            '--help',
            '-rf.ts',
            ' .ts',
            '...ts',
            '*.ts',
            '[a-z]?.ts',
            '!negated.ts',
            '#comment.ts',
            'tab\t.ts',
            '\x1b[31mred.ts',
            '\x07\x08.ts',
            '__proto__',
            'constructor.ts',
            'é.ts',
            'e\u0301.ts',
            '𝕏😀.ts',
            '\ufffd',
            `${'x'.repeat(252)}.ts`,
          ]
        : ['__proto__', 'constructor.ts', 'é.ts', '-rf.ts', '#comment.ts', '!negated.ts'];
      const root = tempTree();
      for (const [i, name] of names.entries()) {
        writeFileSync(path.join(root, name), `const n = ${i};\n`);
        mkdirSync(path.join(root, 'deep', `in ${name.slice(0, 200)}`), { recursive: true });
        writeFileSync(path.join(root, 'deep', `in ${name.slice(0, 200)}`, 'a.ts'), `n${i}\n`);
      }
      let files = 2 * names.length;
      if (isLinux) {
        const bytes = (...parts: number[]) =>
          Buffer.concat([Buffer.from(`${root}/`), Buffer.from(parts)]);
        for (const name of [
          [0xff],
          [0xc3, 0x28],
          [0xed, 0xa0, 0x80],
          [0xf4, 0x90, 0x80, 0x80],
          [0x80],
        ]) {
          writeFileSync(bytes(...name), 'bytes\n');
          files++;
        }
      }
      const report = await tally.try('scan', () => scanner.scan(requestFor(root)));
      if (report === undefined) return;
      tally.equal(report.files.length, files, 'files');
      tally.equal(twiceListed(report), [], 'listed twice');
      tally.equal(report.problems, [], 'problems');
      const counts = countsOf(report);
      for (const [i, name] of names.entries()) {
        tally.equal(counts[name], await tokensOf(`const n = ${i};\n`), JSON.stringify(name));
      }
      // Each by itself: what a watcher says has changed.
      for (const file of report.files) {
        const again = await tally.try(file.path, () =>
          scanner.recount(requestFor(root), [file.path]),
        );
        tally.equal(again?.files, [file], `${JSON.stringify(file.path)} counted again`);
      }
    }));
});
