import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { loadCore, root } from './core.mjs';

const { writeVocabularyFile } = await loadCore();

/** Writes vocabularies/<encoding>.bin; `tokens` are bytes by id, holes where an id is no ordinary token. */
export function writeTokens({ encoding, split, tokens }) {
  const tokenLengths = Uint16Array.from(
    { length: tokens.length },
    (_, id) => tokens[id]?.length ?? 0,
  );
  const tokenBytes = Buffer.concat(Array.from(tokens, (token) => token ?? Buffer.alloc(0)));
  writeVocabulary({ encoding, split, tokenLengths, tokenBytes });
}

/** Writes vocabularies/<encoding>.bin from what the core reads a vocabulary as (`VocabularyData`). */
export function writeVocabulary(data) {
  const file = writeVocabularyFile(data);
  const compressed = brotliCompressSync(file, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: file.length,
    },
  });
  writeFileSync(path.join(root, 'vocabularies', `${data.encoding}.bin`), compressed);
  const numTokens = data.tokenLengths.filter((length) => length > 0).length;
  const numMerges = data.merges?.resultIds.length;
  console.log(
    `${data.encoding}: ${numTokens} tokens${numMerges === undefined ? '' : `, ${numMerges} merges`}, ` +
      `${file.length} bytes, ${compressed.length} compressed`,
  );
}
