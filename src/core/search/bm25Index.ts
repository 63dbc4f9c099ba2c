import { encodeUtf8 } from '../plans/encodeUtf8.ts';
import { termsOfWord, wordsOf } from './terms.ts';
import { WordCounter } from './wordCounter.ts';
import { WordTable } from './wordTable.ts';

/** Okapi BM25's two constants: how fast repeats of a term saturate, and how much a long document is held against it. */
const k1 = 1.2;
const b = 0.75;

export interface Hit {
  readonly documentIdx: number;
  readonly score: number;
}

/**
 * An inverted index in typed arrays: for each term the documents that hold it, in order, with how often.
 * Ranking is Okapi BM25 (Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019, eq. 3.15) with the idf that never
 * goes below zero, ln(1 + (N - n + 0.5) / (n + 0.5)).
 */
export interface Bm25Index {
  readonly numDocuments: number;
  readonly termIds: ReadonlyMap<string, number>;
  /** (numTerms + 1): where each term's postings start. */
  readonly postingStarts: Uint32Array;
  /** Document of each posting, ascending within a term. */
  readonly postingDocuments: Uint32Array;
  /** Times the term stands in that document, at most 65,535. */
  readonly postingCounts: Uint16Array;
  /** Terms in each document. */
  readonly documentLengths: Uint32Array;
}

/** A growing list of numbers in one typed array. */
class NumberList {
  length = 0;
  #numbers = new Uint32Array(1 << 12);

  push(value: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new Uint32Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length++] = value;
  }

  /** A view, not a copy. */
  numbers(): Uint32Array {
    return this.#numbers.subarray(0, this.length);
  }
}

/** Takes documents one by one, in order, and ends in an index. */
export class Bm25Builder {
  readonly #words: WordTable;
  readonly #counter: WordCounter;
  readonly #termIds = new Map<string, number>();
  /** Terms of each word that was met, by its id: code repeats its words, so each is split once. */
  readonly #termsOfWord: (Uint32Array | undefined)[] = [];
  readonly #terms = new NumberList();
  readonly #counts = new NumberList();
  readonly #documentEnds = new NumberList();
  readonly #lengths = new NumberList();
  /** Of the document at hand: count by term. */
  #countInDocument = new Uint32Array(1 << 12);

  constructor(words = new WordTable()) {
    this.#words = words;
    this.#counter = new WordCounter(words);
  }

  addDocument(text: string): void {
    const { wordIds, counts } = this.#counter.count(encodeUtf8(text));
    this.addWords(wordIds, counts);
  }

  /** A document whose words were counted before, into this builder's table. */
  addWords(wordIds: Uint32Array, counts: Uint16Array): void {
    const terms: number[] = [];
    let length = 0;
    for (let i = 0; i < wordIds.length; i++) {
      const count = counts[i];
      for (const term of this.#idsOf(wordIds[i])) {
        if (this.#countInDocument[term] === 0) terms.push(term);
        this.#countInDocument[term] += count;
        length += count;
      }
    }
    for (const term of terms) {
      this.#terms.push(term);
      this.#counts.push(this.#countInDocument[term]);
      this.#countInDocument[term] = 0;
    }
    this.#documentEnds.push(this.#terms.length);
    this.#lengths.push(length);
  }

  build(): Bm25Index {
    const numTerms = this.#termIds.size;
    const numPostings = this.#terms.length;
    const terms = this.#terms.numbers();
    const counts = this.#counts.numbers();
    const postingStarts = new Uint32Array(numTerms + 1);
    for (let i = 0; i < numPostings; i++) postingStarts[terms[i] + 1]++;
    for (let term = 0; term < numTerms; term++) postingStarts[term + 1] += postingStarts[term];
    const next = postingStarts.slice(0, numTerms);
    const postingDocuments = new Uint32Array(numPostings);
    const postingCounts = new Uint16Array(numPostings);
    const documentEnds = this.#documentEnds.numbers();
    for (let documentIdx = 0, i = 0; documentIdx < documentEnds.length; documentIdx++) {
      for (; i < documentEnds[documentIdx]; i++) {
        const target = next[terms[i]]++;
        postingDocuments[target] = documentIdx;
        postingCounts[target] = Math.min(counts[i], 0xffff);
      }
    }
    return {
      numDocuments: documentEnds.length,
      termIds: this.#termIds,
      postingStarts,
      postingDocuments,
      postingCounts,
      documentLengths: this.#lengths.numbers().slice(),
    };
  }

  #idsOf(wordId: number): Uint32Array {
    return (this.#termsOfWord[wordId] ??= Uint32Array.from(
      termsOfWord(this.#words.textOf(wordId)),
      (term) => {
        let id = this.#termIds.get(term);
        if (id === undefined) {
          id = this.#termIds.size;
          this.#termIds.set(term, id);
          if (id >= this.#countInDocument.length) {
            const larger = new Uint32Array(this.#countInDocument.length * 2);
            larger.set(this.#countInDocument);
            this.#countInDocument = larger;
          }
        }
        return id;
      },
    ));
  }
}

export interface SearchOptions {
  /** Documents that are no hits. */
  readonly excluded?: ReadonlySet<number>;
  /** A stretch of a document that this search treats as not indexed. */
  readonly removed?: { readonly documentIdx: number; readonly text: string };
}

/**
 * The best documents for a query, best first; ties by document order.
 * @example search(index, 'where are http headers parsed', 10)
 */
export function search(
  index: Bm25Index,
  query: string,
  maxHits: number,
  { excluded = new Set(), removed }: SearchOptions = {},
): Hit[] {
  const { numDocuments, postingStarts, postingDocuments, postingCounts, documentLengths } = index;
  let totalLength = 0;
  for (const length of documentLengths) totalLength += length;
  const averageLength = totalLength / Math.max(1, numDocuments);

  const removedCounts = removed === undefined ? undefined : termCounts(index, removed.text);
  const scores = new Float64Array(numDocuments);
  for (const term of queryTerms(index, query)) {
    const start = postingStarts[term];
    const end = postingStarts[term + 1];
    const numHolding = end - start;
    const idf = Math.log(1 + (numDocuments - numHolding + 0.5) / (numHolding + 0.5));
    for (let i = start; i < end; i++) {
      const documentIdx = postingDocuments[i];
      let count = postingCounts[i];
      let length = documentLengths[documentIdx];
      if (removedCounts !== undefined && documentIdx === removed?.documentIdx) {
        count -= removedCounts.byTerm.get(term) ?? 0;
        length -= removedCounts.total;
        if (count <= 0) continue;
      }
      const lengthNorm = 1 - b + (b * length) / averageLength;
      scores[documentIdx] += (idf * count * (k1 + 1)) / (count + k1 * lengthNorm);
    }
  }
  return bestOf(scores, maxHits, excluded);
}

function termCounts(
  index: Bm25Index,
  text: string,
): { byTerm: Map<number, number>; total: number } {
  const byTerm = new Map<number, number>();
  let total = 0;
  for (const word of wordsOf(text)) {
    for (const term of termsOfWord(word)) {
      total++;
      const id = index.termIds.get(term);
      if (id !== undefined) byTerm.set(id, (byTerm.get(id) ?? 0) + 1);
    }
  }
  return { byTerm, total };
}

function queryTerms(index: Bm25Index, query: string): Set<number> {
  const ids = new Set<number>();
  for (const word of wordsOf(query)) {
    for (const term of termsOfWord(word)) {
      const id = index.termIds.get(term);
      if (id !== undefined) ids.add(id);
    }
  }
  return ids;
}

/** The largest positive scores, by insertion into a short sorted list: most documents never enter it. */
function bestOf(scores: Float64Array, maxHits: number, excluded: ReadonlySet<number>): Hit[] {
  const best: Hit[] = [];
  for (let documentIdx = 0; documentIdx < scores.length; documentIdx++) {
    const score = scores[documentIdx];
    if (score <= 0 || excluded.has(documentIdx)) continue;
    if (best.length >= maxHits && score <= best[best.length - 1].score) continue;
    let low = 0;
    let high = best.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (best[middle].score >= score) low = middle + 1;
      else high = middle;
    }
    best.splice(low, 0, { documentIdx, score });
    if (best.length > maxHits) best.pop();
  }
  return best;
}
