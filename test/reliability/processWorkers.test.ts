// Threads that die at every stage of a scan, in every way, and scans that are cancelled at random.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { ScanReport } from '../../src/core/files/scanReport.ts';
import type { Scanner } from '../../src/node/scanner.ts';
import { tempTree } from '../node/tempTree.ts';
import { attack, isFull, often } from './attack.ts';
import { disposeScanners, newScanner, requestFor, tamperedWorker } from './scanning.ts';

const files = Object.fromEntries(
  Array.from({ length: often(150, 400) }, (_, i) => [
    `d${i % 7}/f${i}.ts`,
    `export const value${i} = ${i};\n`.repeat(1 + (i % 30)),
  ]),
);

let root: string;
/** The worker's file, after it was given what its threads run first. */
let tampered: (code: string) => string;
let plain: Scanner;
let right: ScanReport;

beforeAll(async () => {
  root = tempTree({
    ...files,
    'node_modules/a/index.js': 'abc',
    'big.txt': 'lorem ipsum\n'.repeat(often(30_000, 150_000)),
  });
  tampered = await tamperedWorker();
  plain = newScanner({ workerFile: tampered('') });
  right = await plain.scan(requestFor(root));
});
afterAll(disposeScanners);

const stages = ['walk', 'loadVocabulary', 'countFiles', 'sizeFolders', 'remember'] as const;
const deaths = {
  exit: 'process.exit(7);',
  fault: "setImmediate(() => { throw new Error('a fault in the thread'); });",
  rejection: "void Promise.reject(new Error('nobody waits for this'));",
  // Fails what is asked now, with an error that can't be cloned well.
  memory: 'const all = []; for (;;) all.push(new Array(1e6).fill(Math.random()));',
} as const;

/** Dies once at a stage: when it is asked, or when it has done the work and answers. */
function dying(stage: string, death: string, when: 'asked' | 'answering', marker: string): string {
  const mark = `const die = () => {
      try {
        fs.closeSync(fs.openSync(${JSON.stringify(marker)}, 'wx'));
      } catch {
        return false;
      }
      ${death}
      return true;
    };`;
  if (when === 'asked') {
    return `${mark}
      parentPort.on('message', ({ request }) => { if (request.type === '${stage}') die(); });`;
  }
  return `${mark}
    const ids = new Set();
    parentPort.on('message', ({ id, request }) => { if (request.type === '${stage}') ids.add(id); });
    const post = parentPort.postMessage;
    parentPort.postMessage = (reply) => { if (!ids.has(reply.id) || !die()) post.call(parentPort, reply); };`;
}

describe('a thread that is killed', () => {
  it('at any stage, in any way, costs at most that scan; the next one is right', () =>
    attack('processes', 'a counting thread killed at every stage', async (tally) => {
      const marker = path.join(tempTree(), 'died');
      for (const stage of stages) {
        for (const [name, death] of Object.entries(deaths)) {
          for (const when of ['asked', 'answering'] as const) {
            // Sampled: the counting as it answers. The walk hangs below.
            const isSampled = name === 'exit' && stage === 'countFiles' && when === 'answering';
            if (!isFull && !isSampled) continue;
            const what = `${name} at ${stage}, ${when}`;
            rmSync(marker, { force: true });
            const workerFile = tampered(dying(stage, death, when, marker));
            const scanner = newScanner({ workerFile, cacheFolder: tempTree() });
            const failures: string[] = [];
            const first = await tally.try(what, () => scanner.scan(requestFor(root)), {
              limitSeconds: 120,
              mayFail: (error) => failures.push(error.message) > 0,
            });
            tally.check(existsSync(marker), `${what}: it died`);
            for (const message of failures) tally.check(message.length > 10, `${what}: says why`);
            if (first !== undefined && first.problems.length === 0) tally.equal(first, right, what);
            else if (first !== undefined) {
              // What died is named; all the others are counted.
              const [problem] = first.problems;
              tally.equal(first.problems.length, 1, `${what}: problems`);
              const others = right.files.filter(({ path }) => path !== problem.path);
              tally.equal(first.files, others, `${what}: the other files`);
            }
            const second = await tally.try(`${what}: again`, () => scanner.scan(requestFor(root)));
            tally.equal(second, right, `${what}: the scan after it`);
            await scanner.dispose();
          }
        }
      }
    }));

  it('by dispose in the middle of a scan ends it, and starts no thread anew', () =>
    attack('processes', 'a scanner disposed in the middle of a scan', async (tally) => {
      const workerFile = tampered('');
      for (let i = 0; i < often(1, 40); i++) {
        const scanner = newScanner({ workerFile });
        const errors: Error[] = [];
        const scan = tally.try('scan', () => scanner.scan(requestFor(root)), {
          limitSeconds: 60,
          mayFail: (error) => errors.push(error) > 0,
        });
        await new Promise((resolve) => setTimeout(resolve, i * 12));
        await scanner.dispose();
        const report = await scan;
        if (report !== undefined) tally.equal(report, right, 'a scan that was done before');
        tally.equal(scanner.runningThreads, 0, 'threads that run afterwards');
      }
    }));

  it('because it hangs after a cancel leaves the next scan a new thread', () =>
    attack('processes', 'a thread that hangs in a file, then a cancel', async (tally) => {
      const marker = path.join(tempTree(), 'hung');
      for (const stage of isFull ? ['walk', 'countFiles'] : ['walk']) {
        rmSync(marker, { force: true });
        const workerFile = tampered(dying(stage, 'for (;;);', 'asked', marker));
        const scanner = newScanner({ workerFile, patienceMs: 200, threads: 1 });
        const abort = new AbortController();
        const hanging = tally.try(
          'scan',
          () => scanner.scan(requestFor(root), { signal: abort.signal }),
          { mayFail: (error) => error.name === 'AbortError' },
        );
        const byMs = Date.now() + 60_000;
        while (!existsSync(marker) && Date.now() < byMs)
          await new Promise((resolve) => setTimeout(resolve, 20));
        abort.abort();
        await hanging;
        for (const when of ['at once', 'later']) {
          const what = `${stage}: a scan ${when}`;
          const report = await tally.try(what, () => scanner.scan(requestFor(root)), {
            limitSeconds: 60,
          });
          tally.equal(report, right, what);
        }
      }
    }));
});

describe('a scan that is cancelled', () => {
  const times = often(10, 500);
  it(`at ${times} random moments lets go each time and is right the next time`, () =>
    attack('processes', `cancelled at random moments, ${times} times`, async (tally) => {
      const cacheFolder = tempTree();
      const scanner = newScanner({ workerFile: tampered(''), cacheFolder });
      const startMs = performance.now();
      await scanner.scan(requestFor(root));
      const wholeMs = performance.now() - startMs;
      const seed = fc.readConfigureGlobal().seed ?? 1;
      tally.note(`seed ${seed}`);
      const moments = fc.sample(fc.double({ min: 0, max: 1.1, noNaN: true }), {
        numRuns: times,
        seed,
      });
      for (const [i, moment] of moments.entries()) {
        // Every other one counts anew: the rest is cancelled while it reads what is remembered.
        // The scan before may still be writing into the folder, which can't be removed then.
        if (i % 2 === 0)
          for (const name of readdirSync(cacheFolder))
            rmSync(path.join(cacheFolder, name), { force: true });
        const abort = new AbortController();
        const timer = setTimeout(() => {
          abort.abort();
        }, moment * wholeMs);
        const report = await tally.try(
          'scan',
          () => scanner.scan(requestFor(root), { signal: abort.signal }),
          {
            mayFail: (error) => error.name === 'AbortError' && abort.signal.aborted,
          },
        );
        clearTimeout(timer);
        if (report !== undefined) tally.equal(report, right, 'a scan that was done before');
        if (i % 25 === 24) {
          tally.equal(await scanner.scan(requestFor(root)), right, 'a scan that is not cancelled');
        }
      }
      tally.equal(await scanner.scan(requestFor(root)), right, 'the last scan');
    }));
});
