// Memory of a whole process that scans, and whether it comes back.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import { tempTree } from '../node/tempTree.ts';
import { attack, often } from './attack.ts';
import { builtDriver, startDriver } from './driver.ts';
import { recordedWorker } from './scanning.ts';

interface Measured {
  readonly tokens: number;
  readonly files: number;
  readonly restingBytes: number;
  readonly peakBytes: number;
  readonly laterPeakBytes: number;
  readonly heapBytes: readonly number[];
}

/** Scans several times over and measures the resident set all the while, and the heap in between. */
const driverSource = `
  import { Scanner } from './src/node/scanner.ts';
  const [workerFile, root, cacheFolder, later] = process.argv.slice(2);
  const request = { folders: [{ path: root, prefix: '' }], encoding: 'o200k_base' };
  let peakBytes = 0;
  setInterval(() => { peakBytes = Math.max(peakBytes, process.memoryUsage().rss); }, 5).unref();
  const heapBytes = [];
  const rest = async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    gc(); gc();
    const { heapUsed, external } = process.memoryUsage();
    heapBytes.push(heapUsed + external);
  };
  const scanOnce = async (folder) => {
    const scanner = new Scanner({ workerFile, threads: ${often(1, 2)}, cacheFolder: folder });
    const { files } = await scanner.scan(request);
    const result = { tokens: files.reduce((sum, file) => sum + file.tokens, 0), files: files.length };
    await scanner.dispose();
    return result;
  };
  await rest();
  const first = await scanOnce(cacheFolder);
  const firstPeak = peakBytes;
  await rest();
  const restingBytes = process.memoryUsage().rss;
  peakBytes = 0;
  for (let i = 0; i < Number(later); i++) { await scanOnce(undefined); await rest(); }
  console.log(JSON.stringify({ ...first, restingBytes, peakBytes: firstPeak, laterPeakBytes: peakBytes, heapBytes }));
  process.exit();`;

const words =
  'const let return function value index result of parse the token count file path model'.split(
    ' ',
  );

/** Code-like text, the same on every run. */
function madeUpText(seed: number, lines: number): string {
  let state = seed + 1;
  const random = () => (state = (state * 48271) % 2147483647);
  let text = '';
  for (let line = 0; line < lines; line++) {
    const word = () => words[random() % words.length];
    text += `  ${word()} ${word()}${random() % 1000} = ${word()}(${word()}, "${word()} ${word()}"); // ${word()}\n`;
  }
  return text;
}

describe('memory', () => {
  const millions = often(0.1, 17);
  it(`of a scan of ${millions} million tokens stays under 500 MB and comes back`, () =>
    attack('processes', `memory of a scan of ${millions} M tokens`, async (tally) => {
      const root = tempTree();
      const perFile = 200;
      // A line has some 15 tokens.
      const files = Math.ceil((millions * 1e6) / (perFile * 14.9));
      for (let i = 0; i < files; i++) {
        const folder = path.join(root, `d${i % 50}`);
        mkdirSync(folder, { recursive: true });
        writeFileSync(path.join(folder, `f${i}.ts`), madeUpText(i, perFile));
      }
      const driver = await builtDriver(driverSource, 'memory');
      const child = startDriver(
        driver,
        [await recordedWorker(), root, tempTree(), String(often(1, 3))],
        ['--expose-gc'],
      );
      const line = await tally.try('scans', () => child.nextLine(), { limitSeconds: 900 });
      if (line === undefined) {
        tally.check(false, 'the process ended without its figures');
        return;
      }
      const measured = JSON.parse(line) as Measured;
      const megabytes = (bytes: number) => Math.round(bytes / 1e6);
      tally.note(
        `${(measured.tokens / 1e6).toFixed(1)} M tokens in ${measured.files} files: at most ${megabytes(measured.peakBytes)} MB, ` +
          `${megabytes(measured.restingBytes)} MB afterwards, at most ${megabytes(measured.laterPeakBytes)} MB in more scans`,
      );
      tally.check(measured.tokens > millions * 0.95e6, `only ${measured.tokens} tokens`);
      tally.check(measured.peakBytes < 500e6, `${measured.peakBytes} bytes at most`);
      tally.check(measured.laterPeakBytes < 500e6, `${measured.laterPeakBytes} bytes later`);
      const [before, ...after] = measured.heapBytes;
      for (const bytes of after)
        tally.check(bytes - before < 20e6, `the heap keeps ${bytes - before} bytes`);
    }));
});
