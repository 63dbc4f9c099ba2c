// npm run bench:strategies -- [folder]: index, plans, searches and memory for a folder; without one, for about 6,500 files and
// 17 M tokens of the packages that are installed here. Processor time is printed beside time: it says more on a shared machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = process.argv[2];
// By processes of their own: what is measured here is this one, with its threads.
execFileSync(process.execPath, [path.join(root, 'esbuild.config.mjs')]);
const work = mkdtempSync(path.join(tmpdir(), 'context-budget-bench-'));

function bundled(entry) {
  const outfile = path.join(work, `${path.basename(entry, '.ts')}.mjs`);
  execFileSync(path.join(root, 'node_modules/.bin/esbuild'), [
    path.join(root, entry),
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--log-level=error',
    `--outfile=${outfile}`,
  ]);
  return import(pathToFileURL(outfile));
}
const { PlansThread } = await bundled('src/node/plansThread.ts');
const { strategyIds } = await bundled('src/core/plans/plan.ts');

/** Source files of installed packages, 500 B to 200 kB each, the 6,500 largest of them. */
function installedFiles() {
  const base = path.join(root, 'node_modules');
  const source = /\.(?:[cm]?[jt]sx?|css|py|c|h|md|json|sh)$/;
  return (
    readdirSync(base, { recursive: true, encoding: 'utf8' })
      // Folders like .vite hold what tools write meanwhile.
      .filter((name) => source.test(name) && !name.includes('.min.') && !name.startsWith('.'))
      .map((name) => ({ name, stats: statSync(path.join(base, name)) }))
      .filter(({ stats }) => stats.isFile() && stats.size > 500 && stats.size < 200_000)
      .map(({ name, stats }) => ({ name, bytes: stats.size }))
      .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
      .slice(0, 6_500)
      .map(({ name }) => ({
        path: name.replaceAll(path.sep, '/'),
        systemPath: path.join(base, name),
      }))
  );
}

async function scannedFiles(named) {
  const { Scanner } = await bundled('src/node/scanner.ts');
  const scanner = new Scanner({ workerFile: path.join(root, 'dist/countWorker.js') });
  const scanned = await scanner.scan({
    folders: [{ path: path.resolve(named), prefix: '' }],
    encoding: 'o200k_base',
  });
  await scanner.dispose();
  return scanned.files.map((file) => ({
    path: file.path,
    systemPath: path.resolve(named, file.path),
  }));
}

const rows = [];
let peakBytes = 0;
async function timed(name, run) {
  peakBytes = process.memoryUsage().rss;
  const startMs = performance.now();
  const before = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(before);
  rows.push([name, (performance.now() - startMs) / 1000, (user + system) / 1e6, peakBytes / 1e6]);
  return result;
}

const files = folder === undefined ? installedFiles() : await scannedFiles(folder);
const thread = new PlansThread(path.join(root, 'dist/plansWorker.js'));
const request = { files, encoding: 'o200k_base', root: 'bench', cacheFolder: work };
const startBytes = process.memoryUsage().rss;
const sampler = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
}, 20);
const summary = await timed('index, nothing kept', () => thread.open(request));
await timed('index written to disk', () => thread.call('keep', summary.indexId));
const tasks = {
  review: { kind: 'review' },
  question: {
    kind: 'question',
    question: 'where does the parser read the http header of a response?',
  },
};
for (const [name, task] of Object.entries(tasks)) {
  for (const strategy of strategyIds) {
    const settings = {
      task,
      budgetTokens: 180_000,
      outputTokens: 8_192,
      prompt: { format: 'markdown', lineNumbers: false },
      overlap: 0.1,
      retrievalTokens: 8_000,
    };
    const label = `plan: ${strategy}, ${name}`;
    const [{ plan, refused }] = await timed(label, () =>
      thread.call('plan', summary.indexId, [strategy], settings),
    );
    if (plan === undefined) throw new Error(refused);
    rows.at(-1).push(`${plan.requests.length} requests, ${plan.tokensSent} tokens`);
  }
}
const recall = await timed('recall of 200 questions', () =>
  thread.call('recall', summary.indexId, 8_000),
);
rows
  .at(-1)
  .push(
    `${((1000 * rows.at(-1)[2]) / Math.max(1, recall.questions)).toFixed(1)} ms of processor a question, its three baselines included`,
  );
await thread.stop();
const again = new PlansThread(path.join(root, 'dist/plansWorker.js'));
const kept = await timed('index again, kept, in a new thread', () => again.open(request));
rows.at(-1).push(`${kept.filesKept} of ${kept.paths.length} files kept`);
await again.stop();
clearInterval(sampler);
rmSync(work, { recursive: true });

console.log(
  `${summary.paths.length} files, ${(summary.tokens / 1e6).toFixed(2)} M tokens (o200k_base), ${summary.chunks} chunks, ` +
    `${summary.importDependencies} imports and ${summary.symbolDependencies} symbol references, ${summary.unresolvedImports} unresolved; ` +
    `${availableParallelism()} x ${cpus()[0].model.trim()}, Node ${process.versions.node}\n`,
);
console.log('| | s | processor s | most MB | |\n| --- | ---: | ---: | ---: | --- |');
for (const [name, seconds, processorSeconds, megabytes, note = ''] of rows)
  console.log(
    `| ${name} | ${seconds.toFixed(2)} | ${processorSeconds.toFixed(2)} | ${megabytes.toFixed(0)} | ${note} |`,
  );
const most = Math.max(...rows.map(([, , , megabytes]) => megabytes));
console.log(
  `\nMost memory of the whole process: ${most.toFixed(0)} MB, of which ${(startBytes / 1e6).toFixed(0)} MB before the first index.`,
);
