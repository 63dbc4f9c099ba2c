import { build } from 'esbuild';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const root = path.resolve(import.meta.dirname, '../..');

/** The project's own writer, so that file and reader cannot drift apart; Node 20 needs it bundled. */
async function loadWriter() {
  const result = await build({
    entryPoints: [path.join(root, 'src/core/tokens/vocabulary/vocabularyFile.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const source = Buffer.from(result.outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${source}`);
}

/** Writes vocabularies/<encoding>.bin; `tokens` are bytes by id, holes where an id is no ordinary token. */
export async function writeVocabulary({ encoding, split, tokens, merges, neverWholeIds }) {
  const { writeVocabularyFile } = await loadWriter();
  const tokenLengths = Uint16Array.from(
    { length: tokens.length },
    (_, id) => tokens[id]?.length ?? 0,
  );
  const tokenBytes = Buffer.concat(Array.from(tokens, (token) => token ?? Buffer.alloc(0)));
  const utf8 = {
    encode: (text) => Buffer.from(text),
    decode: (bytes) => Buffer.from(bytes).toString(),
  };
  const file = writeVocabularyFile(
    { encoding, split, tokenLengths, tokenBytes, merges, neverWholeIds },
    utf8,
  );
  const compressed = brotliCompressSync(file, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: file.length,
    },
  });
  writeFileSync(path.join(root, 'vocabularies', `${encoding}.bin`), compressed);
  console.log(
    `${encoding}: ${tokens.length} ids, ${file.length} bytes, ${compressed.length} compressed`,
  );
}
