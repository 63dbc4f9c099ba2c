import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { fileOfEncoding } from '../core/tokenizerFiles/tokenizerFileName.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import { buildVocabulary } from '../core/tokens/vocabulary/vocabulary.ts';
import type { Vocabulary } from '../core/tokens/vocabulary/vocabulary.ts';
import { readVocabularyFile } from '../core/tokens/vocabulary/vocabularyFile.ts';
import { forgetOlderContents, loadTokenizerFile } from './tokenizerFiles.ts';

/** A loaded vocabulary; its arrays lie on shared memory, so posting it to a worker copies nothing. */
export type SharedVocabulary = Vocabulary;

const decompress = promisify(brotliDecompress);
const loaded = new Map<EncodingName, Promise<SharedVocabulary>>();

/**
 * Loads a vocabulary that ships with us, or a tokenizer's file (`fileEncoding`), once per thread. Rejects with an Error that names the encoding and the
 * places searched when there is no such file, and with the reason when it cannot be read.
 */
export function loadVocabulary(encoding: EncodingName): Promise<SharedVocabulary> {
  const known = loaded.get(encoding);
  if (known !== undefined) return known;
  const file = fileOfEncoding(encoding);
  forgetOlderContents(loaded, encoding);
  const loading = file === undefined ? readVocabulary(encoding) : loadTokenizerFile(file, encoding);
  loaded.set(encoding, loading);
  // A failure is not kept: the file may be there the next time.
  loading.catch(() => loaded.delete(encoding));
  return loading;
}

async function readVocabulary(encoding: EncodingName): Promise<SharedVocabulary> {
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(encoding)) {
    throw new Error(`"${encoding}" is no name of an encoding`);
  }
  const file = await findFile(`${encoding}.bin`);
  try {
    return buildVocabulary(readVocabularyFile(await decompress(await readFile(file))));
  } catch (error) {
    throw new Error(`The vocabulary file ${file} cannot be read: ${String(error)}`, {
      cause: error,
    });
  }
}

/** Beside the bundle (dist/vocabularies) or, run from source, in the folder of the repository. */
async function findFile(name: string): Promise<string> {
  const here = hereFolder();
  const folders = [
    path.join(here, 'vocabularies'),
    path.join(here, '..', 'vocabularies'),
    path.join(here, '..', '..', 'vocabularies'),
  ];
  for (const folder of folders) {
    const file = path.join(folder, name);
    try {
      await access(file);
      return file;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  throw new Error(`No vocabulary file ${name} in ${folders.join(' or ')}`);
}

function hereFolder(): string {
  // A CommonJS bundle has __dirname and an empty import.meta; an ES module has it the other way round.
  return typeof __dirname === 'string' ? __dirname : import.meta.dirname;
}
