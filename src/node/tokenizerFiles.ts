import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import {
  fileEncoding,
  fileOfEncoding,
  type TokenizerFileRef,
} from '../core/tokenizerFiles/tokenizerFileName.ts';
import {
  maxTokenizerFileBytes,
  readTokenizerFile,
} from '../core/tokenizerFiles/readTokenizerFile.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { Vocabulary } from '../core/tokens/vocabulary/vocabulary.ts';

/**
 * The encoding that a tokenizer's file is now: its name holds the hash of the content, so counts made with another
 * content are not taken for its. Reads the file once and parses nothing. Rejects with an Error that names the file and
 * why it can't be read.
 */
export async function identifyTokenizerFile(path: string, split?: string): Promise<EncodingName> {
  await checkSize(path);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return fileEncoding({ path, sha256: hash.digest('hex'), split });
}

/** Reads the file that an encoding names. Rejects with an Error that names the file and the reason. */
export async function loadTokenizerFile(
  { path, sha256, split }: TokenizerFileRef,
  encoding: EncodingName,
): Promise<Vocabulary> {
  await checkSize(path);
  const content = await readFile(path);
  if (createHash('sha256').update(content).digest('hex') !== sha256) {
    throw new Error(`The tokenizer file ${path} has changed since it was chosen; count again`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new Error(
      `The tokenizer file ${path} can't be used: it is no text in UTF-8 (a SentencePiece "tokenizer.model" is not; use the model's tokenizer.json)`,
    );
  }
  try {
    return readTokenizerFile(text, split, encoding);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The tokenizer file ${path} can't be used: ${reason}`, { cause: error });
  }
}

/**
 * Lets go of what is kept for a content that a tokenizer's file had before: a file that changed is another encoding, and its
 * vocabulary takes tens of megabytes.
 *
 * @param kept by encoding, this one about to be kept too
 */
export function forgetOlderContents(
  kept: Map<EncodingName, unknown>,
  encoding: EncodingName,
): void {
  const file = fileOfEncoding(encoding);
  if (file === undefined) return;
  for (const other of kept.keys()) {
    const older = fileOfEncoding(other);
    const isOfFile = older?.path === file.path && older.split === file.split;
    if (isOfFile && other !== encoding) kept.delete(other);
  }
}

async function checkSize(path: string): Promise<void> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new Error(`The tokenizer file ${path} can't be read: ${reason}`);
  });
  if (!stats.isFile()) throw new Error(`The tokenizer file ${path} is no file`);
  if (stats.size > maxTokenizerFileBytes) {
    throw new Error(
      `The tokenizer file ${path} has ${stats.size} bytes; up to ${maxTokenizerFileBytes} are read`,
    );
  }
}
