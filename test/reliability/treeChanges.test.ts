// Trees that change while they are read, and a disk that is full when the counts are to be remembered.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** The worker's file, after it was given what its threads run first. */
let tampered: (code: string) => string;
/** Remembers nothing: what it counts is what is there. */
let plain: Scanner;
let cacheFolder: string;
/** Sampled, one for all that remember in that folder: what is remembered is read from there in each scan. */
let sharedScanner: Scanner;
const rememberingScanner = () =>
  isFull ? newScanner({ workerFile: tampered(''), cacheFolder }) : sharedScanner;

beforeAll(async () => {
  tampered = await tamperedWorker();
  cacheFolder = tempTree();
  sharedScanner = newScanner({ workerFile: tampered(''), cacheFolder });
  plain = newScanner({ workerFile: tampered('') });
});
afterAll(disposeScanners);

/** A process that changes a tree until it is ended; says when it has begun. */
async function startChanging(script: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const churn = `
  import fs from 'node:fs';
  import path from 'node:path';
  const [root, seedText] = process.argv.slice(1);
  let seed = Number(seedText);
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  const rest = new Int32Array(new SharedArrayBuffer(4));
  console.log('begun');
  for (;;) {
    const file = path.join(root, 'd' + random(5), 'f' + random(40) + '.ts');
    const text = ('const value' + random(1000) + ' = 1;\\n').repeat(1 + random(60));
    try {
      switch (random(9)) {
        case 0: fs.appendFileSync(file, text); break;
        case 1: fs.truncateSync(file, random(200)); break;
        case 2: fs.writeFileSync(file + '.new', text); fs.renameSync(file + '.new', file); break;
        case 3: fs.rmSync(file, { recursive: true, force: true }); break;
        case 4: fs.rmSync(file, { recursive: true, force: true }); fs.mkdirSync(file); fs.writeFileSync(file + '/in.ts', text); break;
        case 5: fs.rmSync(file, { recursive: true, force: true }); fs.symlinkSync('..', file); break;
        case 6: fs.writeFileSync(path.join(root, 'big' + random(2) + '.txt'), text.repeat(${often(400, 600)} + random(${often(500, 1500)}))); break;
        case 7: fs.rmSync(path.join(root, 'd' + random(5)), { recursive: true, force: true }); break;
        default: fs.mkdirSync(path.dirname(file), { recursive: true }); fs.writeFileSync(file, text);
      }
    } catch {}
    Atomics.wait(rest, 0, 0, 1);
  }`;

describe('a tree that changes while it is read', () => {
  it('by growing, shrinking, replaced and deleted files gives no wrong count, then or later', () =>
    attack('trees', 'files growing, shrinking, replaced, deleted during a scan', async (tally) => {
      const seed = fc.readConfigureGlobal().seed ?? 1;
      tally.note(`seed ${seed}`);
      const kept = { 'kept.ts': 'const kept = 1;\n' };
      const keptTokens = totalTokens(await plain.scan(requestFor(tempTree(kept))));
      for (let round = 0; round < often(1, 8); round++) {
        const root = tempTree(kept);
        const scanner = rememberingScanner();
        const child = await startChanging(churn, root, String(seed + round));
        for (let i = 0; i < often(2, 40); i++) {
          const report = await tally.try('scan', () => scanner.scan(requestFor(root)));
          if (report === undefined) continue;
          tally.equal(twiceListed(report), [], 'listed twice');
          tally.equal(countsOf(report)['kept.ts'], keptTokens, 'the file that stays');
        }
        await stop(child);
        const now = await tally.try('scan at rest', () => scanner.scan(requestFor(root)));
        const right = await tally.try('scan without cache', () => plain.scan(requestFor(root)));
        tally.equal(now, right, 'what is remembered, when all is at rest');
      }
    }));

  it('because another branch is checked out gives no wrong count afterwards', () =>
    attack('trees', 'a git checkout of another branch mid-scan', async (tally) => {
      const root = tempTree();
      const git = (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
      git('init', '-q', '-b', 'one');
      const words: Record<string, string> = { one: 'one', two: 'q7z' };
      const write = (branch: string) => {
        const word = words[branch];
        for (let i = 0; i < often(20, 60); i++) {
          mkdirSync(path.join(root, `d${i % 5}`), { recursive: true });
          writeFileSync(
            path.join(root, `d${i % 5}/f${i}.ts`),
            `const ${word}${i} = ${i};\n`.repeat(i),
          );
        }
        // Of more than one chunk, so it is read twice; of one length, so only its times tell.
        const line = `the ${word} text of a large file, ${word} again\n`;
        for (const name of isFull ? ['big.txt', 'big2.txt'] : ['big.txt'])
          writeFileSync(path.join(root, name), line.repeat(often(26_000, 50_000)));
      };
      for (const branch of ['one', 'two']) {
        if (branch === 'two') git('checkout', '-q', '-b', 'two');
        write(branch);
        git('add', '-A');
        const author = ['-c', 'user.email=test@example.com', '-c', 'user.name=Test'];
        git(...author, 'commit', '-q', '-m', branch);
      }
      const right: Record<string, number> = {};
      for (const branch of ['one', 'two']) {
        git('checkout', '-q', branch);
        right[branch] = totalTokens(await plain.scan(requestFor(root)));
      }
      expect(right['one']).not.toBe(right['two']);
      const scanner = rememberingScanner();
      for (let i = 0; i < often(2, 40); i++) {
        const branch = i % 2 === 0 ? 'one' : 'two';
        const checkout = spawn('git', ['checkout', '-q', branch], { cwd: root, stdio: 'ignore' });
        const ended = once(checkout, 'exit');
        await tally.try('scan', () => scanner.scan(requestFor(root)));
        await ended;
        const report = await tally.try('scan at rest', () => scanner.scan(requestFor(root)));
        if (report !== undefined)
          tally.equal(totalTokens(report), right[branch], `branch ${branch}`);
      }
    }));

  it('between the two readings of a large file is not remembered as what it was', () =>
    attack(
      'trees',
      'a large file replaced between its two readings, then restored',
      async (tally) => {
        const first = 'alpha beta gamma delta\n'.repeat(50_000);
        const second = 'A1! B2@ C3# D4$ E5% F6\n'.repeat(50_000);
        const root = tempTree({ 'big.txt': first });
        const file = path.join(root, 'big.txt');
        const other = path.join(tempTree({ second }), 'second');
        // The first reading ends when nothing is left to read; then the content is replaced in place.
        const replacing = `
        const read = fs.readSync;
        let done = false;
        fs.readSync = (fd, ...rest) => {
          const got = read(fd, ...rest);
          if (got === 0 && !done && fs.existsSync(${JSON.stringify(file)})) {
            done = true;
            fs.writeFileSync(${JSON.stringify(file)}, fs.readFileSync(${JSON.stringify(other)}));
          }
          return got;
        };
        syncBuiltinESMExports();`;
        const before = newScanner({ workerFile: tampered(replacing), cacheFolder, threads: 1 });
        await tally.try('scan', () => before.scan(requestFor(root)));
        tally.equal(readFileSync(file, 'utf8') === second, true, 'it was replaced');
        writeFileSync(file, first);
        tampered('');
        const scanner = rememberingScanner();
        const now = await tally.try('scan again', () => scanner.scan(requestFor(root)));
        const right = await tally.try('scan without cache', () => plain.scan(requestFor(root)));
        tally.equal(now, right, 'counts');
      },
    ));
});

describe('a disk that fills up while the counts are remembered', () => {
  it.runIf(process.platform === 'linux')('costs the memory of the counts and nothing else', () =>
    attack('trees', 'a disk that fills up while the cache is written', async (tally) => {
      const disk = tempTree();
      const mounted = mount(disk);
      if (!mounted) {
        tally.note(
          'no disk of 64 KB can be mounted here; a write that comes out short stands in (test/node/scanner.test.ts)',
        );
        tally.tried++;
        return;
      }
      try {
        const few = Object.fromEntries(
          Array.from({ length: 50 }, (_, i) => [`f${i}.ts`, `const a${i} = ${i};\n`]),
        );
        const root = tempTree(few);
        const cacheOnDisk = path.join(disk, 'cache');
        const scanner = newScanner({ workerFile: tampered(''), cacheFolder: cacheOnDisk });
        const first = await tally.try('scan', () => scanner.scan(requestFor(root)));
        tally.equal(first?.problems, [], 'problems while there is room');
        const before = readdirSync(cacheOnDisk).map((name) =>
          readFileSync(path.join(cacheOnDisk, name)),
        );
        for (let i = 0; i < 900; i++)
          writeFileSync(path.join(root, `g${i}.ts`), `const b${i} = ${i};\n`);
        for (let round = 0; round < often(1, 2); round++) {
          const report = await tally.try('scan, no room', () => scanner.scan(requestFor(root)));
          tally.equal(report?.files.length, 950, 'files');
          tally.equal(report?.problems.length, 1, 'the problem');
          tally.check(
            /ENOSPC|no space|disk full/i.test(report?.problems[0]?.message ?? ''),
            'says why',
          );
          const after = readdirSync(cacheOnDisk).map((name) =>
            readFileSync(path.join(cacheOnDisk, name)),
          );
          tally.equal(after, before, 'what was remembered stays whole, and no part is left behind');
          const right = await plain.scan(requestFor(root));
          tally.equal(report?.files, right.files, 'counts');
        }
      } finally {
        execFileSync('umount', [disk]);
      }
    }),
  );
});

function mount(folder: string): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/proc/self/mounts')) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
