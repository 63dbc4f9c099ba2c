// Whole processes: the host killed in the middle of a scan and of a write, two windows at once, and memory.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Scanner } from '../../src/node/scanner.ts';
import { tempTree } from '../node/tempTree.ts';
import { attack, isFull, often } from './attack.ts';
import { builtDriver, startDriver } from './driver.ts';
import { countsOf, disposeScanners, newScanner, requestFor, tamperedWorker } from './scanning.ts';

/** The worker's file, after it was given what its threads run first. */
let tampered: (code: string) => string;
let driver: string;
let plain: Scanner;

/** Scans when it is told to, or all the time, and prints each report's counts. */
const driverSource = `
  import { writeFileSync } from 'node:fs';
  import path from 'node:path';
  import { createInterface } from 'node:readline';
  import { Scanner } from './src/node/scanner.ts';
  const [workerFile, root, cacheFolder, mode] = process.argv.slice(2);
  const scanner = new Scanner({ workerFile, cacheFolder, threads: ${often(1, 2)} });
  const request = { folders: [{ path: root, prefix: '' }], encoding: 'o200k_base' };
  const scan = async () => {
    const { files, problems } = await scanner.scan(request);
    const counts = Object.fromEntries(files.map((file) => [file.path, file.tokens]));
    console.log(JSON.stringify({ counts, problems }));
  };
  console.log('begun');
  if (mode === 'told') for await (const _ of createInterface({ input: process.stdin })) await scan();
  for (let round = 0; ; round++) {
    for (let i = 0; i < 20; i++) writeFileSync(path.join(root, 'f' + ((round * 20 + i) % 200) + '.ts'), 'const r' + round + ' = 1;\\n'.repeat(i));
    await scan();
  }`;

beforeAll(async () => {
  tampered = await tamperedWorker();
  driver = await builtDriver(driverSource, 'host');
  plain = newScanner({ workerFile: tampered('') });
});
afterAll(disposeScanners);

const someFiles = () =>
  Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}.ts`, `const v${i} = ${i};\n`]));

describe('a host that is killed', () => {
  const kills = 60;
  // Sampled, it is killed in the middle of a write only, which is below.
  if (isFull)
    it(`${kills} times in the middle of scans leaves a cache that is right or counts as nothing`, () =>
      attack(
        'processes',
        `the host killed at random moments of scans, ${kills} times`,
        async (tally) => {
          const root = tempTree(someFiles());
          const cacheFolder = tempTree();
          const seed = fc.readConfigureGlobal().seed ?? 1;
          tally.note(`seed ${seed}`);
          const moments = fc.sample(fc.nat(700), { numRuns: kills, seed });
          for (const moment of moments) {
            const host = startDriver(driver, [tampered(''), root, cacheFolder, 'always']);
            await host.nextLine();
            await new Promise((resolve) => setTimeout(resolve, moment));
            await host.kill();
            const again = newScanner({ workerFile: tampered(''), cacheFolder });
            const now = await tally.try('scan after it', () => again.scan(requestFor(root)));
            tally.equal(now, await plain.scan(requestFor(root)), 'counts after it');
            await again.dispose();
          }
          const others = readdirSync(cacheFolder).filter(
            (name) => !/[.](?:counts|partial)$/.test(name),
          );
          tally.equal(others, [], 'files in the cache');
        },
      ));

  it('at each step of writing the cache leaves the old one or the new one', () =>
    attack('processes', 'the host killed at each step of a write', async (tally) => {
      const steps = {
        'before the file is opened': "if (name === 'openSync') kill();",
        'when half is written':
          "if (name === 'writeSync') { call(args[0], args[1], args[2], args[3] >> 1); kill(); }",
        'before it is flushed': "if (name === 'fsyncSync') kill();",
        'before it takes its name': "if (name === 'renameSync') kill();",
        'after it took its name': "if (name === 'renameSync') { call(...args); kill(); }",
      };
      for (const [i, [step, action]] of Object.entries(steps).entries()) {
        // Sampled: when half is written.
        if (!isFull && i !== 1) continue;
        const killing = `const partials = new Set();
           const kill = () => process.kill(process.pid, 'SIGKILL');
           for (const name of ['openSync', 'writeSync', 'fsyncSync', 'renameSync']) {
             const call = fs[name];
             fs[name] = (...args) => {
               const ofCache = String(args[0]).endsWith('.partial') || partials.has(args[0]);
               if (ofCache) { ${action} }
               const result = call(...args);
               if (name === 'openSync' && ofCache) partials.add(result);
               return result;
             };
           }
           syncBuiltinESMExports();`;
        const root = tempTree(someFiles());
        const cacheFolder = tempTree();
        const before = newScanner({ workerFile: tampered(''), cacheFolder });
        await before.scan(requestFor(root));
        await before.dispose();
        const host = startDriver(driver, [tampered(killing), root, cacheFolder, 'always']);
        await host.nextLine();
        tally.equal(await host.nextLine(), undefined, `${step}: it was killed before its report`);
        await host.kill();
        const again = newScanner({ workerFile: tampered(''), cacheFolder });
        const now = await tally.try(step, () => again.scan(requestFor(root)));
        tally.equal(now, await plain.scan(requestFor(root)), `${step}: counts after it`);
        await again.dispose();
      }
    }));
});

describe('two windows', () => {
  it('on one folder and one cache both count right while files change', () =>
    attack('processes', 'two windows on one folder', async (tally) => {
      const root = tempTree(someFiles());
      const cacheFolder = tempTree();
      const windows = [1, 2].map(() =>
        startDriver(driver, [tampered(''), root, cacheFolder, 'told']),
      );
      for (const window of windows) await window.nextLine();
      for (let round = 0; round < often(1, 40); round++) {
        for (let i = 0; i < 60; i++) {
          writeFileSync(
            path.join(root, `f${(round * 37 + i) % 200}.ts`),
            `let w${round};\n`.repeat(i),
          );
        }
        if (round % 5 === 4) rmSync(cacheFolder, { recursive: true, force: true });
        const right = countsOf(await plain.scan(requestFor(root)));
        for (const window of windows) window.tell('scan');
        for (const window of windows) {
          const line = await tally.try('scan', () => window.nextLine(), { limitSeconds: 60 });
          tally.equal(
            line === undefined ? 'it ended' : JSON.parse(line),
            { counts: right, problems: [] },
            'report',
          );
        }
      }
      for (const window of windows) await window.kill();
    }));
});
