import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { search } from '../../../src/core/search/bm25Index.ts';
import { bm25IndexOf } from './textIndex.ts';
import { termsOfWord, wordsOf } from '../../../src/core/search/terms.ts';

interface WinkEngine {
  defineConfig(config: object): void;
  definePrepTasks(tasks: readonly ((text: string) => string[])[]): void;
  addDoc(document: { text: string }, id: number): void;
  consolidate(digits: number): void;
  search(query: string, limit: number): [id: string, score: number][];
}
const winkEngine = createRequire(import.meta.url)('wink-bm25-text-search') as () => WinkEngine;

/** The formula of the paper, written out plainly. */
function plainScores(texts: readonly string[], query: string): number[] {
  const termsOf = (text: string) => [...wordsOf(text)].flatMap(termsOfWord);
  const documents = texts.map(termsOf);
  const average = documents.reduce((sum, terms) => sum + terms.length, 0) / documents.length;
  return documents.map((terms) => {
    let score = 0;
    for (const term of new Set(termsOf(query))) {
      const holding = documents.filter((other) => other.includes(term)).length;
      const count = terms.filter((other) => other === term).length;
      const idf = Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5));
      score += (idf * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * terms.length) / average));
    }
    return score;
  });
}

const folder = path.resolve(import.meta.dirname, '../../../node_modules/fast-check/lib');
const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js'))
  .sort()
  .slice(0, 150)
  .map((name) => readFileSync(path.join(folder, name), 'utf8'));

describe('the BM25 index', () => {
  const index = bm25IndexOf(texts);
  const queries = [
    'shrink the counter example',
    'unicode string builder',
    'bigUint64 array',
    'asyncProperty run',
  ];

  it('scores as the formula does', () => {
    for (const query of queries) {
      const plain = plainScores(texts, query);
      const hits = search(index, query, texts.length);
      expect(hits.length).toBe(plain.filter((score) => score > 0).length);
      for (const { documentIdx, score } of hits) expect(score).toBeCloseTo(plain[documentIdx], 9);
    }
  });

  it('gives the documents and scores that wink-bm25-text-search gives', () => {
    const library = winkEngine();
    library.defineConfig({ fldWeights: { text: 1 }, bm25Params: { k1: 1.2, b: 0.75, k: 1 } });
    library.definePrepTasks([(text: string) => [...wordsOf(text)].flatMap(termsOfWord)]);
    texts.forEach((text, id) => library.addDoc({ text }, id));
    library.consolidate(9);
    for (const query of queries) {
      const ours = search(index, query, 20);
      const theirs = library.search(query, 20);
      expect(ours.length).toBe(theirs.length);
      ours.forEach((hit, i) => expect(hit.score).toBeCloseTo(theirs[i][1], 4));
    }
  });

  it('finds an identifier by its parts, by its whole, and in any case', () => {
    const small = bm25IndexOf([
      'function parseHttpHeader() {}',
      'const other = 1',
      'class HTTP_Server {}',
    ]);
    expect(search(small, 'http header', 3).map((hit) => hit.documentIdx)).toEqual([0, 2]);
    expect(search(small, 'PARSEHTTPHEADER', 3).map((hit) => hit.documentIdx)).toEqual([0]);
  });

  it('finds Chinese by pairs of characters', () => {
    const small = bm25IndexOf(['// 计算注意力', '// 读取文件']);
    expect(search(small, '注意力', 2).map((hit) => hit.documentIdx)).toEqual([0]);
  });

  it('scores a document without a stretch of it as if that had never been indexed', () => {
    const whole = bm25IndexOf(['beta beta gamma', 'alpha beta delta epsilon']);
    const [hit] = search(whole, 'beta', 1, { removed: { documentIdx: 0, text: 'beta beta' } });
    expect(hit.documentIdx).toBe(1);
    expect(search(whole, 'beta', 1)[0].documentIdx).toBe(0);
  });

  it('leaves out what is excluded, and finds nothing for unknown words or an empty index', () => {
    const small = bm25IndexOf(['alpha beta', 'alpha']);
    expect(
      search(small, 'alpha', 2, { excluded: new Set([1]) }).map((hit) => hit.documentIdx),
    ).toEqual([0]);
    expect(search(small, 'zebra', 2)).toEqual([]);
    expect(search(bm25IndexOf([]), 'alpha', 2)).toEqual([]);
  });
});
