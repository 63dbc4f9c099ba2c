import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { assembleIndex, type FileToIndex } from '../core/plans/assembleIndex.ts';
import { defaultChunkLimits } from '../core/plans/chunks.ts';
import { unpackFile } from '../core/plans/packedFile.ts';
import { WordTable } from '../core/search/wordTable.ts';
import type { BuiltIndex } from './buildCodeIndex.ts';
import { holdsSecret } from './findSecrets.ts';
import { analyzeInThreads, type FileToAnalyze } from './indexPool.ts';
import { IndexStore } from './indexStore.ts';
import type { KeptFile, KeptIndex } from './keptColumns.ts';
import { openControl, type OpenIndexRequest } from './plansCalls.ts';
import { loadVocabulary } from './vocabularies.ts';

export interface OpenedIndex extends BuiltIndex {
  readonly filesKept: number;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** Writes what is new, but of no file in which something looks like a secret. Rejects with what hinders it. */
  readonly keep: () => Promise<void>;
}

/** The index of files: what was kept is taken where the text is the same, the rest is read in threads of this worker file. */
export async function openIndex(request: OpenIndexRequest): Promise<OpenedIndex> {
  const { encoding, control, cacheFolder, root } = request;
  const limits = request.limits ?? defaultChunkLimits;
  const store =
    cacheFolder === undefined ? undefined : new IndexStore(cacheFolder, root, encoding, limits);
  const kept: KeptIndex = store?.load() ?? {
    words: new WordTable(),
    files: new Map<string, KeptFile>(),
  };
  const usedMs = Date.now();
  const found: ({ readonly utf8: Uint8Array; readonly file: KeptFile } | undefined)[] = [];
  const problems: { readonly path: string; readonly message: string }[] = [];
  /** By file index: what was read anew. */
  const readAnew: number[] = [];
  let filesKept = 0;

  const sorted = [...request.files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const files = sorted.map((file, fileIdx): FileToAnalyze => {
    const known = kept.files.get(file.path);
    return { ...file, fileIdx, ...(known === undefined ? {} : { knownHash: known.hash }) };
  });
  await analyzeInThreads({
    files,
    words: kept.words,
    encoding,
    vocabulary: await loadVocabulary(encoding),
    limits,
    control,
    workerFile: fileURLToPath(import.meta.url),
    onOutcome: ({ fileIdx, path }, outcome) => {
      if (outcome.type === 'problem') {
        problems.push({ path, message: outcome.message });
        return;
      }
      const known = kept.files.get(path);
      if (outcome.type === 'known' && known !== undefined) {
        filesKept++;
        found[fileIdx] = { utf8: outcome.utf8, file: { ...known, usedMs } };
      } else if (outcome.type === 'analyzed') {
        const { hash, file } = outcome;
        readAnew.push(fileIdx);
        found[fileIdx] = { utf8: outcome.utf8, file: { hash, usedMs, packed: file } };
      }
    },
  });
  if (Atomics.load(control, openControl.cancelled) === 1) throw new Error('Cancelled');

  const setHash = createHash('sha256');
  const texts: Uint8Array[] = [];
  const toIndex: FileToIndex[] = [];
  files.forEach(({ path, fileIdx }) => {
    const entry = found[fileIdx];
    if (entry === undefined) return;
    const { utf8, file } = entry;
    texts.push(utf8);
    setHash.update(`${path}\0${file.hash}\n`);
    toIndex.push({ path, bytes: utf8.length, analyzed: unpackFile(file.packed) });
    kept.files.set(path, file);
  });
  const textOf = (fileIdx: number) => texts[fileIdx];
  const hash = setHash.digest('hex');
  const isSame = kept.assembled?.hash === hash;
  const made = isSame ? kept.assembled.made : undefined;
  const index = assembleIndex(toIndex, kept.words, textOf, made);
  let unwritten: KeptIndex | undefined =
    store === undefined || isSame ? undefined : { ...kept, assembled: { hash, made: index } };
  const keep = async () => {
    if (unwritten === undefined) {
      store?.touch();
      return;
    }
    const unsafe: string[] = [];
    for (const fileIdx of readAnew) {
      const { path } = files[fileIdx];
      const utf8 = found[fileIdx]?.utf8;
      if (utf8 !== undefined && (await holdsSecret(path, utf8))) unsafe.push(path);
    }
    if (unsafe.length === 0) store?.save(unwritten);
    else if (unsafe.length === readAnew.length) store?.touch();
    else store?.save(withoutFiles(unwritten, unsafe));
    // The words of all files are asked for no more.
    unwritten = undefined;
  };
  return { index, textOf, filesKept, problems, keep };
}

/** Without these files, and without what was made of all files: a secret's words would lie on disk as long as the index does. */
function withoutFiles({ words, files }: KeptIndex, paths: readonly string[]): KeptIndex {
  const others = new Map(files);
  for (const path of paths) others.delete(path);
  return { words, files: others };
}
