// Counting with o200k_base: ours beside the tokenizers of npm, in one process, one after another, on one corpus taken
// from the installed packages. Peers get strings decoded beforehand, ours the bytes of the files.
// usage: npm run bench:tokens [-- --markdown --files 50]     prints speed of the first and second pass, load time, memory, exactness
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { installPeers } from './install.mjs';

installPeers();
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const require = createRequire(import.meta.url);
const outFolder = await mkdtemp(path.join(os.tmpdir(), 'context-budget-bench-'));
process.on('exit', () => void rm(outFolder, { recursive: true, force: true }));

/** A module of the project, bundled beside its vocabularies. */
async function projectModule(entry) {
  const outfile = path.join(outFolder, 'dist', `${path.basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [path.join(root, entry)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    define: { 'import.meta.dirname': JSON.stringify(path.join(root, 'dist')) },
    logLevel: 'warning',
  });
  return pathToFileURL(outfile).href;
}

const ourUrl = await projectModule('src/node/openTokenCounter.ts');
const { createLiveCount } = await import(await projectModule('src/core/tokens/liveCount.ts'));
const { corpusFiles } = await import(await projectModule('test/core/tokens/corpusFiles.ts'));
const { withoutByteOrderMark } = await import(await projectModule('src/core/tokens/utf8.ts'));

const decoder = new TextDecoder();
/** Files of each kind at most: `-- --files 50`. */
const filesAt = process.argv.indexOf('--files');
const perKind = filesAt > 0 ? Number(process.argv[filesAt + 1]) : 150;
const corpus = (await corpusFiles([path.join(root, 'node_modules')], perKind))
  .map(({ kind, read }) => ({ kind, utf8: read() }))
  // Peers take time in the square of a piece's length: one long line of Chinese stops them for minutes.
  .filter(({ utf8 }) => utf8.length <= 65_536)
  .map(({ utf8, kind }) => ({
    kind,
    utf8: withoutByteOrderMark(utf8),
    text: decoder.decode(utf8),
  }));
const numBytes = corpus.reduce((sum, { utf8 }) => sum + utf8.length, 0);

/** Each opens a counter: of a file to a number. What it imports and builds is its load. */
const contenders = [
  {
    name: 'Context Budget',
    async open() {
      const { openTokenCounter } = await import(ourUrl);
      const counter = await openTokenCounter('o200k_base');
      return ({ utf8 }) => counter.countBytes(utf8);
    },
  },
  {
    name: 'gpt-tokenizer',
    async open() {
      const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
      return ({ text }) =>
        countTokens(text, { allowedSpecial: new Set(), disallowedSpecial: new Set() });
    },
  },
  {
    name: '@microsoft/tiktokenizer',
    async open() {
      // It ships no vocabulary: it gets js-tiktoken's, as a map of bytes to rank.
      const { createTokenizer } = await import('@microsoft/tiktokenizer');
      const { default: ranks } = await import('js-tiktoken/ranks/o200k_base');
      const [, offset, ...tokens] = ranks.bpe_ranks.split(' ');
      const lines = tokens.map((token, idx) => `${token} ${Number(offset) + idx}`).join('\n');
      const { writeFileSync } = await import('node:fs');
      const file = path.join(outFolder, 'o200k_base.tiktoken');
      writeFileSync(file, lines);
      // Without any special token its search for them never ends.
      const special = new Map([['<|endoftext|>', 199_999]]);
      const tokenizer = createTokenizer(file, special, ranks.pat_str, 8192);
      return ({ text }) => tokenizer.encode(text, []).length;
    },
  },
  {
    name: 'ai-tokenizer',
    async open() {
      const { default: Tokenizer } = await import('ai-tokenizer');
      const encoding = await import('ai-tokenizer/encoding/o200k_base');
      const tokenizer = new Tokenizer(encoding);
      return ({ text }) => tokenizer.encode(text, [], []).length;
    },
  },
  {
    name: 'tiktoken (WASM)',
    open() {
      const tokenizer = require('tiktoken').get_encoding('o200k_base');
      return ({ text }) => tokenizer.encode(text, [], []).length;
    },
  },
  {
    name: 'js-tiktoken',
    async open() {
      const { Tiktoken } = await import('js-tiktoken/lite');
      const { default: ranks } = await import('js-tiktoken/ranks/o200k_base');
      const tokenizer = new Tiktoken(ranks);
      return ({ text }) => tokenizer.encode(text, [], []).length;
    },
  },
];

function usedBytes() {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Processor time, not the clock's: what else runs on the machine disturbs it less. */
function pass(count) {
  const before = process.cpuUsage();
  const counts = corpus.map(count);
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, counts };
}

const results = [];
for (const { name, open } of contenders) {
  console.error(`${name} ...`);
  const usedBefore = usedBytes();
  const started = performance.now();
  let count;
  try {
    count = await open();
  } catch (error) {
    console.error(`${name} cannot be opened: ${error.message}`);
    continue;
  }
  const loadMs = performance.now() - started;
  const first = pass(count);
  const second = pass(count);
  const memoryBytes = usedBytes() - usedBefore;
  // Still in use here, so that its memory was not collected before it was measured.
  count(corpus[0]);
  results.push({ name, loadMs, first, second, memoryBytes });
}

const exact = results.find(({ name }) => name === 'tiktoken (WASM)').first.counts;
const numTokens = exact.reduce((sum, tokens) => sum + tokens, 0);
const ours = results[0];
const megabytes = numBytes / 1e6;

const rows = results.map(({ name, loadMs, first, second, memoryBytes }) => ({
  tokenizer: name,
  'load ms': loadMs.toFixed(0),
  'first pass MB/s': (megabytes / first.seconds).toFixed(1),
  'second pass MB/s': (megabytes / second.seconds).toFixed(1),
  'second pass Mtok/s': (numTokens / 1e6 / second.seconds).toFixed(1),
  'ours is faster, first': (first.seconds / ours.first.seconds).toFixed(1),
  'ours is faster, second': (second.seconds / ours.second.seconds).toFixed(1),
  'memory MB': (memoryBytes / 1e6).toFixed(0),
  'files differing': String(first.counts.filter((tokens, idx) => tokens !== exact[idx]).length),
}));

const kinds = Object.entries(Object.groupBy?.(corpus, ({ kind }) => kind) ?? {});
console.log(
  `${corpus.length} files, ${megabytes.toFixed(1)} MB, ${(numTokens / 1e6).toFixed(1)} M tokens, o200k_base` +
    (kinds.length > 0
      ? `: ${kinds.map(([kind, { length }]) => `${kind} ${length}`).join(', ')}`
      : ''),
);
console.log(
  `${os.cpus()[0].model}, ${os.cpus().length} cores, Node ${process.versions.node}, one thread`,
);
if (process.argv.includes('--markdown')) {
  const columns = Object.keys(rows[0]);
  console.log(`| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`);
  for (const row of rows) console.log(`| ${columns.map((column) => row[column]).join(' | ')} |`);
} else console.table(rows);

// Typing in the middle of a document of 10 MB.
const { openTokenCounter } = await import(ourUrl);
const counter = await openTokenCounter('o200k_base');
let document = '';
while (document.length < 10_000_000) document += corpus[document.length % corpus.length].text;
const live = createLiveCount(counter, document);
const keystrokes = Array.from({ length: 500 }, (_, k) => {
  const at = (live.length * ((k * 0.618) % 1)) | 0;
  const started = performance.now();
  live.edit(at, k % 3 === 0 ? 1 : 0, 'x');
  return performance.now() - started;
}).sort((a, b) => a - b);
console.log(
  `live, ${(document.length / 1e6).toFixed(1)} M characters: median ${keystrokes[250].toFixed(2)} ms a keystroke, ` +
    `95 % under ${keystrokes[475].toFixed(2)} ms`,
);
