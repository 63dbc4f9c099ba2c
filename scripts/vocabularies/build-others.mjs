// Writes the vocabularies of other makers, from the packages of scripts/vocabularies (`npm ci` there first), and golden
// ids of a text as the maker's tokenizer has them (test/core/tokens/golden.json). usage: npm run build:vocabularies:others
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadCore } from './core.mjs';
import { fileOf, shippedFromJson, tekkenFile } from './families.mjs';
import { huggingFace, tekken } from './reference.mjs';
import { writeTokens, writeVocabulary } from './writeVocabulary.mjs';

const { buildVocabulary, neverWholeIds, readTokenizerJson } = await loadCore();
const goldenText = readFileSync(path.join(import.meta.dirname, 'golden.txt'), 'utf8');

/** Writes the vocabulary of a tokenizer.json, read as a user's is. */
function fromTokenizerJson(encoding, file) {
  const json = JSON.parse(readFileSync(file, 'utf8'));
  // The text of a special token is ordinary text in a file.
  const added = new Set(json.added_tokens.map(({ id }) => id));
  const ordinary = Object.entries(json.model.vocab).filter(([, id]) => !added.has(id));
  const model = { ...json.model, vocab: Object.fromEntries(ordinary) };
  const { data, ignoresMerges } = readTokenizerJson({ ...json, model, added_tokens: [] }, encoding);
  if (data.byteFallbackIds !== undefined) {
    throw new Error(`${file} is SentencePiece's kind, for which a vocabulary file has no place`);
  }
  const neverWhole = ignoresMerges ? [] : [...neverWholeIds(buildVocabulary(data))];
  writeVocabulary({ ...data, neverWholeIds: neverWhole.sort((a, b) => a - b) });
}

function fromTekken(encoding, split) {
  const { config, bpe_ranks: ranks } = JSON.parse(readFileSync(tekkenFile, 'utf8'));
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
  writeTokens({ encoding, split, tokens });
}

const golden = { text: goldenText, ids: {} };
for (const [encoding, name] of Object.entries(shippedFromJson)) {
  const file = fileOf(name);
  fromTokenizerJson(encoding, file);
  golden.ids[encoding] = [...(await huggingFace(file, false)(goldenText))];
}
fromTekken('tekken', { kind: 'o200k', maxDigits: 1, contractions: false });
golden.ids.tekken = await tekken()(goldenText);
writeFileSync(
  path.join(import.meta.dirname, '../../test/core/tokens/golden.json'),
  `${JSON.stringify(golden)}\n`,
);
