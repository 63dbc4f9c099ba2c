import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { assembleIndex, type FileToIndex } from '../core/plans/assembleIndex.ts';
import { defaultChunkLimits, type ChunkLimits } from '../core/plans/chunks.ts';
import type { BuiltIndex, TextOf } from '../core/plans/codeIndex.ts';
import { unpackFile } from '../core/plans/packedFile.ts';
import { WordTable } from '../core/search/wordTable.ts';
import { analyzeInThreads } from './indexPool.ts';
import { IndexStore } from './indexStore.ts';
import type { KeptFile, KeptIndex } from './keptColumns.ts';
import { openControl, type OpenIndexRequest } from './plansCalls.ts';
import { loadVocabulary } from './vocabularies.ts';

export interface OpenedIndex extends BuiltIndex {
  /** By file index: those in which something looks like a secret. */
  readonly filesWithSecrets: ReadonlySet<number>;
  readonly filesKept: number;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** Writes what is new; nothing that looks like a secret is in it. Throws what hinders it. */
  readonly keep: () => void;
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
  const { found, problems } = await readFiles(request, limits, kept);
  if (Atomics.load(control, openControl.cancelled) === 1) throw new Error('Cancelled');

  const setHash = createHash('sha256');
  const toIndex: FileToIndex[] = [];
  for (const { path, utf8, file } of found) {
    setHash.update(`${path}\0${file.hash}\n`);
    toIndex.push({ path, bytes: utf8.length, analyzed: unpackFile(file.packed) });
    kept.files.set(path, file);
  }
  const textOf = textsOf(found);
  const hash = setHash.digest('hex');
  const isSame = kept.assembled?.hash === hash;
  const made = isSame ? kept.assembled.made : undefined;
  const index = assembleIndex(toIndex, kept.words, textOf, made);
  return {
    index,
    textOf,
    filesWithSecrets: new Set(found.flatMap(({ file }, i) => (file.hasSecrets ? [i] : []))),
    filesKept: found.filter(({ isKnown }) => isKnown).length,
    problems,
    keep:
      store === undefined || isSame
        ? () => store?.touch()
        : keeper(store, { ...kept, assembled: { hash, made: index } }),
  };
}

interface FoundFile {
  readonly path: string;
  readonly utf8: Uint8Array;
  readonly file: KeptFile;
  /** Its text is the one that was kept. */
  readonly isKnown: boolean;
}

/** Reads every file, in the order of their paths; those that can't be read are the problems. */
async function readFiles(
  { files: sources, encoding, control, maxFileSeconds }: OpenIndexRequest,
  limits: ChunkLimits,
  kept: KeptIndex,
): Promise<{ readonly found: readonly FoundFile[]; readonly problems: OpenedIndex['problems'] }> {
  const usedMs = Date.now();
  const found: (FoundFile | undefined)[] = [];
  const problems: { readonly path: string; readonly message: string }[] = [];
  const sorted = [...sources].sort((a, b) => (a.path < b.path ? -1 : 1));
  await analyzeInThreads({
    files: sorted.map((file, fileIdx) => {
      const known = kept.files.get(file.path);
      return { ...file, fileIdx, ...(known === undefined ? {} : { knownHash: known.hash }) };
    }),
    words: kept.words,
    encoding,
    vocabulary: await loadVocabulary(encoding),
    limits,
    control,
    ...(maxFileSeconds !== undefined && { maxFileSeconds }),
    workerFile: fileURLToPath(import.meta.url),
    onOutcome: ({ fileIdx, path }, outcome) => {
      if (outcome.type === 'problem') {
        problems.push({ path, message: outcome.message });
        return;
      }
      const { utf8 } = outcome;
      const known = kept.files.get(path);
      if (outcome.type === 'analyzed') {
        const { hash, hasSecrets, file: packed } = outcome;
        const file = { hash, usedMs, hasSecrets, packed };
        found[fileIdx] = { path, utf8, file, isKnown: false };
      } else if (known !== undefined) {
        found[fileIdx] = { path, utf8, file: { ...known, usedMs }, isKnown: true };
      }
    },
  });
  return { found: found.filter((file) => file !== undefined), problems };
}

// The two closures below live as long as the index. Each is made in a function of its own, because V8 keeps everything for a
// closure that any closure of the same function uses: here what was read off every file, as much as the index itself.

function textsOf(found: readonly FoundFile[]): TextOf {
  const texts = found.map(({ utf8 }) => utf8);
  return (fileIdx) => texts[fileIdx];
}

/** Writes the index once, and lets go of it. */
function keeper(store: IndexStore, index: KeptIndex): OpenedIndex['keep'] {
  const unwritten = [index];
  return () => {
    const toWrite = unwritten.pop();
    if (toWrite !== undefined) store.save(toWrite);
  };
}
