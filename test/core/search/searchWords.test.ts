import { describe, expect, it } from 'vitest';
import { bm25IndexOf } from './textIndex.ts';
import { searchWords } from '../../../src/core/search/searchWords.ts';

describe('the words to search for', () => {
  const index = bm25IndexOf(['export class CsvReader { declare() {} }', 'if (where) return is;']);

  it('leave out those that questions are made with', () => {
    expect(searchWords(index, 'Where is the CsvReader?')).toEqual(['CsvReader']);
  });

  it('are all of a question that is made of nothing else', () => {
    expect(searchWords(index, 'where is this')).toEqual(['where', 'is', 'this']);
  });

  it('take the form that the code has of a word that it does not hold', () => {
    expect(searchWords(index, 'where are csv readers declared')).toEqual([
      'csv',
      'reader',
      'declare',
    ]);
  });

  it('keep a word that the code holds in no form, each word once', () => {
    expect(searchWords(index, 'parse the csv and parse Ümlauts')).toEqual([
      'parse',
      'csv',
      'Ü',
      'mlauts',
    ]);
  });
});
