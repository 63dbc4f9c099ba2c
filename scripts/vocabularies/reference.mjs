import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './core.mjs';
import { tekkenFile } from './families.mjs';

/** Ids by Hugging Face's Rust; @param keepsAdded whether added tokens that are not special are found in a text */
export function huggingFace(file, keepsAdded) {
  const { Tokenizer } = createRequire(import.meta.url)('@anush008/tokenizers');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  // Special tokens are ordinary text in a file: here they become what no file has.
  for (const token of json.added_tokens) {
    if (token.special || !keepsAdded) token.content = `\u0000${token.id}\u0000`;
  }
  const tokenizer = Tokenizer.fromString(JSON.stringify(json));
  return async (text) => (await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds();
}

/** Ids by OpenAI's Rust with Mistral's ranks. */
export function tekken() {
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
