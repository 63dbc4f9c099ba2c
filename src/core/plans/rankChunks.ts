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
  const rarity = new Map<string, number>();
  for (const term of termsIn(query)) rarity.set(term, inverseDocumentFrequency(index.search, term));
  const held = (text: string) => {
    // Terms are parts of words in small letters: most texts hold none, and need not be split to know.
    const small = text.toLowerCase();
    if (![...rarity.keys()].some((term) => small.includes(term))) return 0;
    let sum = 0;
    for (const term of new Set(termsIn(text))) sum += rarity.get(term) ?? 0;
    return sum;
  };

  const pathScores = new Map<number, number>();
  const pathScore = (fileIdx: number) => {
    let score = pathScores.get(fileIdx);
    if (score === undefined) {
      const { folder, name } = splitPath(index.files[fileIdx].path);
      score = held(name) + folderWeight * held(folder);
      pathScores.set(fileIdx, score);
    }
    return score;
  };
  return search(index.search, query, mostCandidates, options)
    .map(({ documentIdx, score }) => {
      const { fileIdx, declares } = index.chunks[documentIdx];
      return {
        chunkIdx: documentIdx,
        score: score + held(declares.join(' ')) + pathScore(fileIdx),
      };
    })
    .sort((a, b) => b.score - a.score || a.chunkIdx - b.chunkIdx);
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
