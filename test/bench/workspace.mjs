// npm run bench:workspace -- <folder> [runs]: ours beside repomix's own run over the same files, and ours with a warm cache.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { installPeers } from './install.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const folder = path.resolve(process.argv[2] ?? path.join(root, 'node_modules/typescript'));
const runs = Number(process.argv[3] ?? 3);

installPeers();
await import(pathToFileURL(path.join(root, 'esbuild.config.mjs')));
const work = mkdtempSync(path.join(tmpdir(), 'context-budget-bench-'));
const peerOutput = path.join(work, 'repomix.txt');

// Every process of a run appends its processor time, threads included, when it ends.
const cpuFile = path.join(work, 'cpu.txt');
const cpuAtExit = pathToFileURL(path.join(here, 'cpuAtExit.mjs'));

function timed(args, options = {}) {
  rmSync(cpuFile, { force: true });
  const startMs = performance.now();
  const result = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, NODE_OPTIONS: `--import=${cpuAtExit}`, BENCH_CPU_FILE: cpuFile },
    ...options,
  });
  if (result.status !== 0) throw new Error(`${args.join(' ')} failed:\n${result.stderr}`);
  const seconds = (performance.now() - startMs) / 1000;
  const cpuSeconds = readFileSync(cpuFile, 'utf8').trim().split('\n').map(Number);
  return { seconds, cpuSeconds: cpuSeconds.reduce((a, b) => a + b), stdout: result.stdout };
}

const ours = () =>
  timed([path.join(root, 'dist/cli.js'), 'analyze', folder, '--json', '--no-cache']);
const { files, totals } = JSON.parse(ours().stdout);
const listed = files.map((file) => path.join(folder, file.path)).join('\n');
const repomix = () =>
  timed(
    [
      path.join(here, 'node_modules/repomix/bin/repomix.cjs'),
      '--stdin',
      '--quiet',
      '--no-security-check',
      '--no-git-sort-by-changes',
      '--no-gitignore',
      '--no-dot-ignore',
      '--no-default-patterns',
      '--token-count-encoding=o200k_base',
      '--style=plain',
      `--output=${peerOutput}`,
    ],
    { cwd: folder, input: listed },
  );

const cold = { ours: [], repomix: [] };
for (let run = 0; run < runs; run++) {
  cold.ours.push(ours());
  cold.repomix.push(repomix());
}
const best = (results, key) => Math.min(...results.map((result) => result[key]));

// Warm: new threads each time, as in a new window; nothing but the cache is kept.
const scannerFile = path.join(work, 'scanner.mjs');
await esbuild.build({
  entryPoints: [path.join(root, 'src/node/scanner.ts')],
  outfile: scannerFile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const { Scanner } = await import(pathToFileURL(scannerFile));
async function scan(scanned) {
  const scanner = new Scanner({
    workerFile: path.join(root, 'dist/countWorker.js'),
    cacheFolder: path.join(work, 'cache'),
  });
  const startMs = performance.now();
  const before = process.cpuUsage();
  await scanner.scan({ folders: [{ path: scanned, prefix: '' }], encoding: 'o200k_base' });
  const { user, system } = process.cpuUsage(before);
  const ms = performance.now() - startMs;
  await scanner.dispose();
  return { ms, cpuMs: (user + system) / 1000 };
}

/** One line on scans of a folder after the first. */
async function warmText(scanned, numFiles) {
  await scan(scanned);
  const results = [];
  for (let run = 0; run < runs; run++) results.push(await scan(scanned));
  const [ms, cpuMs] = ['ms', 'cpuMs'].map((key) => best(results, key).toFixed(0));
  return `Second scan with the cache, new threads, ${numFiles} files: ${ms} ms, ${cpuMs} ms of processor time.`;
}
const warm = [await warmText(folder, files.length)];

// The size that the goal names, of folders that have more.
const goalFiles = 6500;
if (files.length > goalFiles) {
  const part = path.join(work, 'part');
  for (const { path: name } of files.slice(0, goalFiles)) {
    mkdirSync(path.dirname(path.join(part, name)), { recursive: true });
    copyFileSync(path.join(folder, name), path.join(part, name));
  }
  // Times of younger files are not trusted.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  warm.push(await warmText(part, goalFiles));
}
rmSync(work, { recursive: true });

const megabytes = totals.bytes / 1e6;
const row = (name, results) => {
  const seconds = best(results, 'seconds');
  const cpuSeconds = best(results, 'cpuSeconds');
  const rates = `${(megabytes / seconds).toFixed(0)} | ${Math.round(files.length / seconds)}`;
  return `| ${name} | ${seconds.toFixed(2)} | ${rates} | ${cpuSeconds.toFixed(2)} |`;
};
const ratio = (key) => (best(cold.repomix, key) / best(cold.ours, key)).toFixed(1);
const [{ model }] = cpus();
console.log(
  `${files.length} files, ${megabytes.toFixed(1)} MB, ${(totals.count.tokens / 1e6).toFixed(2)} M tokens (o200k_base); ` +
    `${cpus().length} x ${model.trim()}, Node ${process.versions.node}; whole processes, best of ${runs}\n`,
);
console.log('| | s | MB/s | files/s | processor s |\n| --- | ---: | ---: | ---: | ---: |');
console.log(row('context-budget analyze, no cache', cold.ours));
console.log(row('repomix 1.18.1', cold.repomix));
console.log(
  `\nCold: ${ratio('seconds')} times repomix by the clock, ${ratio('cpuSeconds')} by processor time.`,
);
console.log(warm.join('\n'));
