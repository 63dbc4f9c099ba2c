import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { get_encoding } from 'tiktoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scanner, type ScannerOptions, type ScanRequest } from '../../src/node/scanner.ts';
import { chunkBytes } from '../../src/node/readText.ts';
import { identifyTokenizerFile } from '../../src/node/tokenizerFiles.ts';
import { byteLevelJson } from '../core/tokenizerFiles/miniTokenizers.ts';
import { builtWorker } from './builtWorker.ts';
import { tempTree, writeTree } from './tempTree.ts';

const tiktoken = get_encoding('o200k_base');
const tokensOf = (text: string) => tiktoken.encode(text, [], []).length;

let workerFile: string;
/** Most tests share the threads: starting them takes longer than the scans. */
let shared: Scanner;
const scanners: Scanner[] = [];

beforeAll(async () => {
  workerFile = await builtWorker();
  shared = newScanner();
});
afterAll(async () => {
  await Promise.all(scanners.map((scanner) => scanner.dispose()));
});

function newScanner(options: Partial<ScannerOptions> = {}): Scanner {
  const scanner = new Scanner({ workerFile, threads: 2, ...options });
  scanners.push(scanner);
  return scanner;
}

function requestFor(...folders: string[]): ScanRequest {
  const prefixed = folders.map((folder, index) => ({
    path: folder,
    prefix: folders.length === 1 ? '' : `folder${index}`,
  }));
  return { folders: prefixed, encoding: 'o200k_base' };
}

const manyFiles = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `d${i % 7}/f${i}.ts`,
      `export const value${i} = ${i};\n`.repeat(1 + (i % 40)),
    ]),
  );

describe('Scanner', () => {
  it('counts a folder as tiktoken counts its files, and lists all the rest', async () => {
    const texts = {
      'a.ts': 'const a = 1;\n',
      'docs/ü ß.md': '# Größe\n\n漢字 <|endoftext|>\n',
      'empty.txt': '',
    };
    const root = tempTree({
      ...texts,
      'bom.ts': '\uFEFFconst b = 2;',
      'utf16.txt': Buffer.from('\uFEFFhéllo wörld', 'utf16le'),
      'latin1.txt': Buffer.from('d\xe9j\xe0 vu', 'latin1'),
      'data.thing': Buffer.from([0, 1, 2, 3]),
      'logo.png': 'x',
      'node_modules/a/index.js': 'abc',
      'package-lock.json': '{}',
    });
    const report = await shared.scan(requestFor(root));
    const counted = Object.fromEntries(report.files.map((file) => [file.path, file.tokens]));
    expect(counted).toEqual({
      'a.ts': tokensOf(texts['a.ts']),
      'docs/ü ß.md': tokensOf(texts['docs/ü ß.md']),
      'empty.txt': 0,
      'bom.ts': tokensOf('const b = 2;'),
      'utf16.txt': tokensOf('héllo wörld'),
      'latin1.txt': tokensOf('déjà vu'),
    });
    expect(report.leftOut).toEqual([
      { path: 'data.thing', bytes: 4, fileCount: 1, reason: 'binary' },
      { path: 'logo.png', bytes: 1, fileCount: 1, reason: 'image' },
      { path: 'node_modules/', bytes: 3, fileCount: 1, reason: 'dependencies' },
      { path: 'package-lock.json', bytes: 2, fileCount: 1, reason: 'lockFile' },
    ]);
    expect(report.problems).toEqual([]);
    expect(report.files[0]).toMatchObject({ bytes: 13, lines: 2 });
    expect(report.files.find(({ path }) => path === 'empty.txt')?.lines).toBe(0);
  });

  it('counts the cells of a notebook and says that its outputs are left out', async () => {
    const cells = [
      { cell_type: 'markdown', source: ['# Title\n', 'text'] },
      { cell_type: 'code', source: 'print(1)', outputs: [{ text: 'x'.repeat(1000) }] },
    ];
    const root = tempTree({
      'a.ipynb': JSON.stringify({ cells, nbformat: 4 }),
      'broken.ipynb': '{"cells": [',
    });
    const report = await shared.scan(requestFor(root));
    expect(report.files.map(({ path, tokens }) => [path, tokens])).toEqual([
      ['a.ipynb', tokensOf('# Title\ntext\n\nprint(1)')],
      ['broken.ipynb', tokensOf('{"cells": [')],
    ]);
    expect(report.leftOut).toEqual([
      { path: 'a.ipynb', bytes: 1013, fileCount: 0, reason: 'notebookOutput' },
    ]);
  });

  it('counts a file of many chunks as a whole', async () => {
    const text = 'The quick brown fox, 12345 times;\n  jumps = over(the, lazy) → dogs\n'.repeat(
      40_000,
    );
    expect(text.length).toBeGreaterThan(2 * chunkBytes);
    const unit = tokensOf(text.slice(0, text.length / 40_000));
    const root = tempTree({
      'big.txt': text,
      'bigUtf16.txt': Buffer.from(`\uFEFF${text}`, 'utf16le'),
    });
    const report = await shared.scan(requestFor(root));
    expect(report.files.map((file) => file.tokens)).toEqual([unit * 40_000, unit * 40_000]);
    expect(report.files[0].lines).toBe(80_001);
  });

  it('gives the same report with one thread and with three', async () => {
    const root = tempTree(manyFiles(500));
    const one = await newScanner({ threads: 1 }).scan(requestFor(root));
    const three = await newScanner({ threads: 3 }).scan(requestFor(root));
    expect(one.files).toHaveLength(500);
    expect(three).toEqual(one);
  });

  it('puts the folder first where there are several, and counts a nested one once', async () => {
    const root = tempTree({ 'a.ts': 'a', 'inner/b.ts': 'b' });
    const report = await shared.scan(requestFor(root, path.join(root, 'inner'), `${root}/`));
    expect(report.files.map((file) => file.path)).toEqual(['folder0/a.ts', 'folder1/b.ts']);
  });

  it('reports a folder that is not there', async () => {
    const report = await shared.scan(requestFor('/nowhere/at/all'));
    expect(report.problems).toHaveLength(1);
    expect(report.files).toEqual([]);
  });

  it('tells how far it is, up to the end', async () => {
    const root = tempTree(manyFiles(300));
    const seen: number[] = [];
    await shared.scan(requestFor(root), {
      onProgress: ({ filesDone, filesFound }) => {
        expect(filesDone).toBeLessThanOrEqual(filesFound);
        seen.push(filesDone);
      },
    });
    expect(seen.at(-1)).toBe(300);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('lets go at once when it is cancelled, and works again afterwards', async () => {
    // More than any machine counts before it says for the first time how far it is.
    const bigFiles = Array.from({ length: 8 }, (_, index) => `big${index}.txt`);
    const big = 'lorem ipsum '.repeat(1_000_000);
    const root = tempTree({
      ...manyFiles(200),
      ...Object.fromEntries(bigFiles.map((name) => [name, big])),
    });
    const scanner = shared;
    const before = new AbortController();
    before.abort();
    await expect(scanner.scan(requestFor(root), { signal: before.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    const controller = new AbortController();
    // Cancelled in its midst, however fast the machine: as soon as it says that something was found.
    const scan = scanner.scan(requestFor(root), {
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    await expect(scan).rejects.toMatchObject({ name: 'AbortError' });
    for (const name of bigFiles) rmSync(path.join(root, name));
    expect((await scanner.scan(requestFor(root))).files).toHaveLength(200);
  });

  it('recounts single paths: changed, new, deleted, left out, and whole folders', async () => {
    const root = tempTree({ 'a.ts': 'a', 'd/b.ts': 'b', 'd/c.ts': 'c', '.gitignore': '*.log\n' });
    const scanner = shared;
    await scanner.scan(requestFor(root));
    writeTree(root, { 'a.ts': 'one two three', 'new.ts': 'new', 'x.log': 'log' });
    rmSync(path.join(root, 'd/b.ts'));
    const paths = ['a.ts', 'new.ts', 'x.log', 'd/b.ts', 'gone/far/away.ts'];
    const report = await scanner.recount(requestFor(root), paths);
    expect(report.files.map(({ path, tokens }) => [path, tokens])).toEqual([
      ['a.ts', 3],
      ['new.ts', 1],
    ]);
    expect(report.leftOut).toEqual([{ path: 'x.log', bytes: 3, fileCount: 1, reason: 'ignored' }]);
    const folder = await scanner.recount(requestFor(root), ['d']);
    expect(folder.files.map((file) => file.path)).toEqual(['d/c.ts']);
  });

  it('counts texts beside a scan', async () => {
    const scanner = shared;
    const text = 'what am I about to ask?';
    expect(await scanner.countText(text, 'o200k_base')).toBe(tokensOf(text));
  });

  it('loses one file to a crash of a thread, and says so', async () => {
    const tampered = await builtWorker(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const open = fs.openSync;
      fs.openSync = (file, ...rest) => {
        if (String(file).endsWith('crash.ts')) process.exit(7);
        return open(file, ...rest);
      };
      syncBuiltinESMExports();`);
    const crashing = Array.from({ length: 8 }, (_, k) => `d${k}/crash.ts`);
    const crashes = Object.fromEntries(crashing.map((name) => [name, 'x']));
    const root = tempTree({ ...manyFiles(300), ...crashes });
    const report = await newScanner({ workerFile: tampered }).scan(requestFor(root));
    expect(report.files).toHaveLength(300);
    expect(report.problems.map((problem) => problem.path)).toEqual(crashing);
    expect(report.problems[0].message).toContain('ended its thread');
  });

  it('loses one file to a crash in a batch that was begun before the one before it was answered', async () => {
    const marker = path.join(tempTree(), 'died');
    const tampered = await builtWorker(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      import { parentPort } from 'node:worker_threads';
      const [open, post] = [fs.openSync, parentPort.postMessage];
      let isHeld = false;
      parentPort.postMessage = (reply) => {
        if (reply.ok?.[0]?.type === 'read' && !fs.existsSync(${JSON.stringify(marker)})) isHeld = true;
        else post.call(parentPort, reply);
      };
      fs.openSync = (file, ...rest) => {
        if (!isHeld) return open(file, ...rest);
        fs.writeFileSync(${JSON.stringify(marker)}, '');
        process.exit(7);
      };
      syncBuiltinESMExports();`);
    const root = tempTree(manyFiles(300));
    const report = await newScanner({ workerFile: tampered, threads: 1 }).scan(requestFor(root));
    expect(report.problems).toHaveLength(1);
    expect(report.files).toHaveLength(299);
    expect(existsSync(marker)).toBe(true);
  });

  it('gives up a file that is never done, and counts the others', async () => {
    const tampered = await builtWorker(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const open = fs.openSync;
      fs.openSync = (file, ...rest) => {
        while (String(file).endsWith('endless.ts'));
        return open(file, ...rest);
      };
      syncBuiltinESMExports();`);
    const root = tempTree({ ...manyFiles(300), 'd1/endless.ts': 'x' });
    const scanner = newScanner({ workerFile: tampered, threads: 1, maxFileSeconds: 1 });
    const report = await scanner.scan(requestFor(root));
    expect(report.files).toHaveLength(300);
    expect(report.problems).toEqual([
      {
        path: 'd1/endless.ts',
        message: 'Counting it ended its thread: it was not done after 1 s.',
      },
    ]);
  });

  it('fails with the reason when its threads cannot start', async () => {
    const scanner = newScanner({ workerFile: '/nowhere/worker.mjs' });
    const root = tempTree({ 'a.ts': 'a' });
    await expect(scanner.scan(requestFor(root))).rejects.toThrow('/nowhere/worker.mjs');
  });

  it('reports a file that vanishes between walking and reading', async () => {
    const tampered = await builtWorker(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const open = fs.openSync;
      fs.openSync = (file, ...rest) => {
        if (String(file).endsWith('gone.ts')) fs.rmSync(file);
        return open(file, ...rest);
      };
      syncBuiltinESMExports();`);
    const root = tempTree({ 'a.ts': 'a', 'gone.ts': 'x' });
    const report = await newScanner({ workerFile: tampered }).scan(requestFor(root));
    expect(report.files.map((file) => file.path)).toEqual(['a.ts']);
    expect(report.problems).toEqual([
      { path: 'gone.ts', message: 'It vanished while the folder was read.' },
    ]);
  });
});

describe('Scanner with a cache', () => {
  it('opens no unchanged file again, and counts a changed one', async () => {
    const root = tempTree({ 'a.ts': 'one', 'b.ts': 'two', 'c.bin': Buffer.from([0]) });
    const cacheFolder = tempTree();
    const first = await newScanner({ cacheFolder }).scan(requestFor(root));
    // Times of the files must be old enough to be trusted.
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect(await newScanner({ cacheFolder }).scan(requestFor(root))).toEqual(first);
    const unreadable = await builtWorker(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const open = fs.openSync;
      fs.openSync = (file, ...rest) => {
        if (/[.](ts|bin)$/.test(String(file)) && !String(file).endsWith('b.ts')) throw new Error('opened');
        return open(file, ...rest);
      };
      syncBuiltinESMExports();`);
    writeFileSync(path.join(root, 'b.ts'), 'two and three');
    const scanner = newScanner({ cacheFolder, workerFile: unreadable });
    const second = await scanner.scan(requestFor(root));
    expect(second.problems).toEqual([]);
    expect(second.files.map((file) => file.tokens)).toEqual([1, 3]);
    expect(second.leftOut).toEqual(first.leftOut);
  });

  it('remembers every one of several scans at once, each for its folder and its tokenizer', async () => {
    const one = tempTree({ 'a.ts': 'naïve 漢字 12345', 'b.ts': 'two' });
    const two = tempTree({ 'c.ts': 'déjà vu 漢字' });
    const requests = (['o200k_base', 'cl100k_base'] as const).flatMap((encoding) =>
      [one, two].map((folder) => ({ ...requestFor(folder), encoding })),
    );
    const cacheFolder = tempTree();
    // Times that were read late enough are trusted: nothing is opened again.
    const later = await builtWorker('const now = Date.now; Date.now = () => now() + 5000;');
    const scanner = newScanner({ cacheFolder, workerFile: later });
    const reports = await Promise.all(requests.map((request) => scanner.scan(request)));
    expect(reports[0].files).not.toEqual(reports[2].files);
    expect(readdirSync(cacheFolder)).toHaveLength(4);
    await scanner.dispose();
    const unreadable = await builtWorker(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const open = fs.openSync;
      fs.openSync = (file, ...rest) => {
        if (String(file).endsWith('.ts')) throw new Error('opened');
        return open(file, ...rest);
      };
      syncBuiltinESMExports();`);
    const again = newScanner({ cacheFolder, workerFile: unreadable });
    for (const [index, request] of requests.entries()) {
      expect(await again.scan(request)).toEqual(reports[index]);
    }
  });

  it('counts a minified file when a rule asks for it, though it was left out uncounted before', async () => {
    const text = `var a=1;`.repeat(1000);
    const root = tempTree({ 'bundle.js': text, 'data.txt': text, 'large.js': text.repeat(200) });
    // Its times are trusted with this worker, and its hash decides with the other.
    const later = await builtWorker('const now = Date.now; Date.now = () => now() + 5000;');
    for (const options of [{ workerFile: later }, {}]) {
      const scanner = newScanner({ cacheFolder: tempTree(), ...options });
      const plain = requestFor(root);
      const asking = { ...plain, userRules: ['!*.js'] };
      const scans = [plain, asking, plain, asking].map((request) => () => scanner.scan(request));
      const reports = [];
      for (const scan of scans) reports.push(await scan());
      expect(reports[0].files.map(({ path }) => path)).toEqual(['data.txt']);
      expect(reports[0].leftOut).toEqual([
        { path: 'bundle.js', bytes: text.length, fileCount: 1, reason: 'minified' },
        { path: 'large.js', bytes: text.length * 200, fileCount: 1, reason: 'minified' },
      ]);
      const counts = reports[1].files.map(({ path, kind, tokens }) => [path, kind, tokens]);
      expect(counts.slice(0, 2)).toEqual([
        ['bundle.js', 'minified', tokensOf(text)],
        ['data.txt', 'markdown', tokensOf(text)],
      ]);
      expect(counts[2].slice(0, 2)).toEqual(['large.js', 'minified']);
      expect(reports[2]).toEqual(reports[0]);
      expect(reports[3]).toEqual(reports[1]);
    }
  });

  it('leaves out of each folder what its own globs say', async () => {
    const root = tempTree({ 'one/a.ts': 'a', 'one/b.md': 'b', 'two/a.ts': 'a', 'two/b.md': 'b' });
    const { folders, ...rest } = requestFor(path.join(root, 'one'), path.join(root, 'two'));
    const [one, two] = folders;
    const report = await shared.scan({
      ...rest,
      folders: [one, { ...two, exclude: ['*.ts'] }],
      exclude: ['*.md'],
    });
    expect(report.files.map((file) => file.path)).toEqual(['folder0/a.ts']);
    expect(report.leftOut.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'folder0/b.md excludedBySetting',
      'folder1/a.ts excludedBySetting',
      'folder1/b.md excludedBySetting',
    ]);
  });

  it('says of files that it remembers that they are done as soon as they are found', async () => {
    const root = tempTree(manyFiles(200));
    const cacheFolder = tempTree();
    const later = await builtWorker('const now = Date.now; Date.now = () => now() + 5000;');
    await newScanner({ cacheFolder, workerFile: later }).scan(requestFor(root));
    const seen = path.join(tempTree(), 'seen');
    const waiting = await builtWorker(
      `import { existsSync } from 'node:fs';
      import { parentPort } from 'node:worker_threads';
      const post = parentPort.postMessage.bind(parentPort);
      const moment = new Int32Array(new SharedArrayBuffer(4));
      parentPort.postMessage = (reply) => {
        while (reply.ok?.[0]?.type === 'read' && !existsSync(${JSON.stringify(seen)}))
          Atomics.wait(moment, 0, 0, 20);
        post(reply);
      };`,
    );
    writeTree(root, { 'new.ts': 'new' });
    const report = await newScanner({ cacheFolder, workerFile: waiting }).scan(requestFor(root), {
      onProgress: ({ filesDone, filesFound }) => {
        if (filesDone === 200 && filesFound === 201) writeFileSync(seen, '');
      },
    });
    expect(report.files).toHaveLength(201);
  });

  it.runIf(process.platform !== 'win32')(
    'does not follow a link that took the place of a file it found',
    async () => {
      const outside = tempTree({ 'secret.txt': 'secret' });
      const root = tempTree({ 'a.ts': 'one', 'b.ts': 'two' });
      const swapped = await builtWorker(
        `import fs from 'node:fs';
        import { syncBuiltinESMExports } from 'node:module';
        const { openSync } = fs;
        fs.openSync = (file, ...rest) => {
          if (file === ${JSON.stringify(path.join(root, 'b.ts'))}) {
            fs.rmSync(file);
            fs.symlinkSync(${JSON.stringify(path.join(outside, 'secret.txt'))}, file);
          }
          return openSync(file, ...rest);
        };
        syncBuiltinESMExports();`,
      );
      const report = await newScanner({ workerFile: swapped }).scan(requestFor(root));
      expect(report.files.map((file) => file.path)).toEqual(['a.ts']);
      expect(report.leftOut).toEqual([
        { path: 'b.ts', bytes: 0, fileCount: 1, reason: 'symbolicLink' },
      ]);
      expect(report.problems).toEqual([]);
    },
  );

  it('leaves out what is too large, whether it was met before or not', async () => {
    const root = tempTree({ 'a.ts': 'one', 'large.ts': 'x'.repeat(100) });
    const cacheFolder = tempTree();
    const request = { ...requestFor(root), maxFileBytes: 99 };
    const large = { path: 'large.ts', bytes: 100, fileCount: 1, reason: 'tooLarge' };
    const first = await newScanner({ cacheFolder }).scan(request);
    expect(first.leftOut).toEqual([large]);
    await newScanner({ cacheFolder }).scan(requestFor(root));
    expect(await newScanner({ cacheFolder }).scan(request)).toEqual(first);
  });

  it('counts by what a tokenizer’s file holds now, also when that is what it held before', async () => {
    const root = tempTree({ 'a.ts': 'const a = 1;\n' });
    const model = tempTree();
    const file = path.join(model, 'tokenizer.json');
    const scanner = newScanner();
    const scanWith = async (version: string) => {
      writeFileSync(file, JSON.stringify({ ...byteLevelJson(), version }));
      const encoding = await identifyTokenizerFile(file);
      return scanner.scan({ ...requestFor(root), encoding });
    };
    const first = await scanWith('1.0');
    const second = await scanWith('2.0');
    expect(second.files).toEqual(first.files);
    expect(second.encoding).not.toBe(first.encoding);
    expect(await scanWith('1.0')).toEqual(first);
  });

  it('keeps working where nothing can be written, and says so', async () => {
    const root = tempTree({ 'a.ts': 'one' });
    const cacheFolder = path.join(tempTree({ file: '' }), 'file');
    const report = await newScanner({ cacheFolder }).scan(requestFor(root));
    expect(report.files).toHaveLength(1);
    expect(report.problems.map((problem) => problem.path)).toEqual([cacheFolder]);
  });

  it.runIf(process.platform === 'linux')(
    'says when the disk is full, and leaves no part of a file',
    async () => {
      if (!existsSync('/dev/full')) return;
      const root = tempTree({ 'a.ts': 'one' });
      const cacheFolder = tempTree();
      const full = await builtWorker(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      fs.writeSync = (fd, bytes, offset, length) => length;
      syncBuiltinESMExports();`);
      const scanner = newScanner({ cacheFolder, workerFile: full });
      const report = await scanner.scan(requestFor(root));
      expect(report.problems[0].message).toContain('is the disk full?');
      expect(readdirSync(cacheFolder)).toEqual([]);
    },
  );

  it('follows a link that is named as the folder itself', async () => {
    const root = tempTree({ 'real/a.ts': 'a' });
    symlinkSync(path.join(root, 'real'), path.join(root, 'link'), 'junction');
    const report = await shared.scan(requestFor(path.join(root, 'link')));
    expect(report.files.map((file) => file.path)).toEqual(['a.ts']);
  });
});
