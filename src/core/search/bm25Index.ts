import { termsOfWord, wordsOf } from './terms.ts';
import { WordTable } from './wordTable.ts';
import { addTerms, mostTerms } from './wordTerms.ts';

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
  readonly terms: WordTable;
  /** (numTerms + 1): where each term's postings start. */
  readonly postingStarts: Uint32Array;
  /** Document of each posting, ascending within a term. */
  readonly postingDocuments: Uint32Array;
  /** Times the term stands in that document, at most 65,535. */
  readonly postingCounts: Uint16Array;
  /** Terms in each document. */
  readonly documentLengths: Uint32Array;
  readonly averageLength: number;
}

/** What a document holds: its distinct words, by a table's ids, and how often. */
export interface DocumentWords {
  readonly wordIds: Uint32Array;
  readonly counts: Uint16Array;
}

/** Indexes documents whose words were counted into `words`. They are asked for twice, so that nothing is held in between. */
export function bm25Index(
  words: WordTable,
  numDocuments: number,
  wordsOfDocument: (documentIdx: number) => DocumentWords,
): Bm25Index {
  const terms = new WordTermTable(words);
  const documentLengths = new Uint32Array(numDocuments);
  // First pass: which terms there are, and how many documents hold each.
  let holding = new Uint32Array(1 << 12);
  const last = new StampArray();
  for (let documentIdx = 0; documentIdx < numDocuments; documentIdx++) {
    const { wordIds, counts } = wordsOfDocument(documentIdx);
    for (let i = 0; i < wordIds.length; i++) {
      const start = terms.startOf(wordIds[i]);
      const end = terms.endOf(wordIds[i]);
      documentLengths[documentIdx] += (end - start) * counts[i];
      for (let at = start; at < end; at++) {
        const term = terms.ids[at];
        if (!last.isNew(term, documentIdx)) continue;
        if (term >= holding.length) holding = longer(holding, term + 1);
        holding[term]++;
      }
    }
  }
  const numTerms = terms.table.size;
  const postingStarts = new Uint32Array(numTerms + 1);
  for (let term = 0; term < numTerms; term++)
    postingStarts[term + 1] = postingStarts[term] + (holding[term] ?? 0);

  // Second pass: the postings. The last one of each term is the document's at hand, if it has one.
  const next = postingStarts.slice(0, numTerms);
  const postingDocuments = new Uint32Array(postingStarts[numTerms]);
  const postingCounts = new Uint16Array(postingStarts[numTerms]);
  for (let documentIdx = 0; documentIdx < numDocuments; documentIdx++) {
    const { wordIds, counts } = wordsOfDocument(documentIdx);
    for (let i = 0; i < wordIds.length; i++) {
      const start = terms.startOf(wordIds[i]);
      const end = terms.endOf(wordIds[i]);
      for (let at = start; at < end; at++) {
        const term = terms.ids[at];
        let posting = next[term] - 1;
        if (posting < postingStarts[term] || postingDocuments[posting] !== documentIdx) {
          posting = next[term]++;
          postingDocuments[posting] = documentIdx;
        }
        postingCounts[posting] = Math.min(postingCounts[posting] + counts[i], 0xffff);
      }
    }
  }
  return {
    numDocuments,
    terms: terms.table,
    postingStarts,
    postingDocuments,
    postingCounts,
    documentLengths,
    averageLength: documentLengths.reduce((sum, each) => sum + each, 0) / Math.max(1, numDocuments),
  };
}

/** The terms of each word that was asked for: code repeats its words, so each is split once. */
class WordTermTable {
  readonly table = new WordTable();
  /** Terms of all words that were split, one word after the other. */
  ids = new Uint32Array(1 << 14);
  readonly #words: WordTable;
  /** By word: where its terms start in `ids`, and end; both 0 until it is split, since the first place stays empty. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  #length = 1;

  constructor(words: WordTable) {
    this.#words = words;
    this.#starts = new Uint32Array(words.size);
    this.#ends = new Uint32Array(words.size);
  }

  startOf(wordId: number): number {
    if (this.#ends[wordId] === 0) this.#split(wordId);
    return this.#starts[wordId];
  }

  /** To be asked after `startOf`. */
  endOf(wordId: number): number {
    return this.#ends[wordId];
  }

  #split(wordId: number): void {
    this.#starts[wordId] = this.#length;
    const word = this.#words.bytesOf(wordId);
    const atLeast = this.#length + mostTerms(word);
    if (atLeast > this.ids.length) this.ids = longer(this.ids, atLeast);
    this.#length = addTerms(word, this.table, this.ids, this.#length);
    this.#ends[wordId] = this.#length;
  }
}

/** Says of numbers whether they were seen since the stamp changed. */
class StampArray {
  /** Stamp + 1 of the last time; 0: never. */
  #stamps = new Uint32Array(1 << 12);

  isNew(index: number, stamp: number): boolean {
    if (index >= this.#stamps.length) this.#stamps = longer(this.#stamps, index + 1);
    if (this.#stamps[index] === stamp + 1) return false;
    this.#stamps[index] = stamp + 1;
    return true;
  }
}

function longer(array: Uint32Array<ArrayBuffer>, atLeast: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(array.length * 2, atLeast));
  larger.set(array);
  return larger;
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
  const { averageLength } = index;

  const removedCounts = removed === undefined ? undefined : termCounts(index, removed.text);
  const scores = new Float64Array(numDocuments);
  for (const term of queryTerms(index, query)) {
    const start = postingStarts[term];
    const end = postingStarts[term + 1];
    const idf = idfOf(numDocuments, end - start);
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

/** How rare a term is: idf, 0 for a term that no document holds. */
export function inverseDocumentFrequency(index: Bm25Index, term: string): number {
  const id = index.terms.idOf(term);
  if (id === undefined) return 0;
  return idfOf(index.numDocuments, index.postingStarts[id + 1] - index.postingStarts[id]);
}

function idfOf(numDocuments: number, numHolding: number): number {
  return Math.log(1 + (numDocuments - numHolding + 0.5) / (numHolding + 0.5));
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
      const id = index.terms.idOf(term);
      if (id !== undefined) byTerm.set(id, (byTerm.get(id) ?? 0) + 1);
    }
  }
  return { byTerm, total };
}

function queryTerms(index: Bm25Index, query: string): Set<number> {
  const ids = new Set<number>();
  for (const word of wordsOf(query)) {
    for (const term of termsOfWord(word)) {
      const id = index.terms.idOf(term);
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
