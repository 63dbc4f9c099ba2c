// Prints a row of `measured` in src/core/tokens/estimate/ratios.ts: tokens of an encoding that ships for each token of
// o200k_base, on up to 300 files of each kind from the installed packages. Kinds that these have too little of take markdown's.
// usage: node scripts/vocabularies/ratios.mjs <encoding>
import path from 'node:path';
import { loadCore, root } from './core.mjs';

const { contentKinds, corpusFiles, openTokenCounter, withoutByteOrderMark } = await loadCore();
const [encoding] = process.argv.slice(2);
if (encoding === undefined) throw new Error('Name an encoding: ratios.mjs <encoding>');
const [counter, base] = await Promise.all(
  [encoding, 'o200k_base'].map((name) => openTokenCounter(name)),
);

const leastBaseTokens = 20_000;
const sums = new Map(contentKinds.map((kind) => [kind, { bytes: 0, tokens: 0, baseTokens: 0 }]));
const files = await corpusFiles([path.join(root, 'node_modules')], 300);
for (const file of files) {
  const utf8 = withoutByteOrderMark(file.read());
  const sum = sums.get(file.kind);
  sum.bytes += utf8.length;
  sum.tokens += counter.countBytes(utf8);
  sum.baseTokens += base.countBytes(utf8);
}
const ratioOf = (kind) => (sums.get(kind).tokens / sums.get(kind).baseTokens).toFixed(2);
const row = contentKinds.map((kind) =>
  ratioOf(sums.get(kind).baseTokens < leastBaseTokens ? 'markdown' : kind),
);
const megabytes = [...sums.values()].reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
console.log(`${encoding}: [${row.map(Number).join(', ')}],`);
console.log(`  ${files.length} files, ${megabytes.toFixed(1)} MB; ${contentKinds.join(', ')}`);
for (const [kind, { bytes, baseTokens }] of sums) {
  console.log(`  ${kind}: ${bytes} bytes, ${baseTokens} tokens of o200k_base`);
}
