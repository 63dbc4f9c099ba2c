import { inverseDocumentFrequency, search, type SearchOptions } from '../search/bm25Index.ts';
import { termsOfWord, wordsOf } from '../search/terms.ts';
import { searchWords } from '../search/searchWords.ts';
import type { CodeIndex } from './codeIndex.ts';

export interface RankedChunk {
  readonly chunkIdx: number;
  readonly score: number;
}

/** As many as are worth ranking anew: what is not among them by its words alone is never retrieved. */
const mostCandidates = 2_000;
/** A folder of the path says less than the file's own name: all its files have it. */
const folderWeight = 0.3;

/**
 * The chunks for a text that asks for code, best first; ties by place. Ranked by BM25 over their text, and then by two more
 * fields, as BM25F does (Zaragoza et al. 2004, TREC-13): the names that the chunk declares and the path of its file count each of
 * the question's terms they hold once more, by how rare the term is. A chunk that declares what is asked for goes before
 * the many that use it.
 */
export function rankChunks(
  index: CodeIndex,
  question: string,
  options: SearchOptions = {},
): RankedChunk[] {
  const query = searchWords(index.search, question).join(' ');
  const rarity = new Map<number, number>();
  for (const term of new Set(termsIn(query))) {
    const id = index.search.terms.idOf(term);
    if (id !== undefined) rarity.set(id, inverseDocumentFrequency(index.search, term));
  }
  const held = (terms: Uint32Array) => {
    let sum = 0;
    for (const term of terms) sum += rarity.get(term) ?? 0;
    return sum;
  };
  const fields = fieldsOf(index);

  const pathScores = new Map<number, number>();
  const pathScore = (fileIdx: number) => {
    let score = pathScores.get(fileIdx);
    if (score === undefined) {
      const { folder, name } = fields.path(fileIdx);
      score = held(name) + folderWeight * held(folder);
      pathScores.set(fileIdx, score);
    }
    return score;
  };
  return search(index.search, query, mostCandidates, options)
    .map(({ documentIdx, score }) => {
      const { fileIdx } = index.chunks[documentIdx];
      return {
        chunkIdx: documentIdx,
        score: score + held(fields.declared(documentIdx)) + pathScore(fileIdx),
      };
    })
    .sort((a, b) => b.score - a.score || a.chunkIdx - b.chunkIdx);
}

/** Terms of the fields beside the text, by their ids in the search; a term that no text holds has none, and no weight. */
interface FieldTerms {
  readonly declared: (chunkIdx: number) => Uint32Array;
  readonly path: (fileIdx: number) => { readonly folder: Uint32Array; readonly name: Uint32Array };
}

const knownFields = new WeakMap<CodeIndex, FieldTerms>();

/** Split once and kept: every question asks for those of two thousand chunks. */
function fieldsOf(index: CodeIndex): FieldTerms {
  let fields = knownFields.get(index);
  if (fields === undefined) {
    const { terms } = index.search;
    const idsIn = (text: string) => {
      const ids = [...new Set(termsIn(text))].map((term) => terms.idOf(term));
      return Uint32Array.from(ids.filter((id) => id !== undefined));
    };
    fields = {
      declared: memoized((chunkIdx) => idsIn(index.chunks[chunkIdx].declares.join(' '))),
      path: memoized((fileIdx) => {
        const { folder, name } = splitPath(index.files[fileIdx].path);
        return { folder: idsIn(folder), name: idsIn(name) };
      }),
    };
    knownFields.set(index, fields);
  }
  return fields;
}

function memoized<T extends object>(make: (index: number) => T): (index: number) => T {
  const made: (T | undefined)[] = [];
  return (index) => (made[index] ??= make(index));
}

function termsIn(text: string): string[] {
  return [...wordsOf(text)].flatMap(termsOfWord);
}

function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return {
    folder: path.slice(0, Math.max(0, slash)),
    name: path.slice(slash + 1).replace(/\.[a-z.]+$/i, ''),
  };
}
