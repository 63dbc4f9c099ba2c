import { bm25Index, type Bm25Index } from '../../../src/core/search/bm25Index.ts';
import { WordCounter } from '../../../src/core/search/wordCounter.ts';
import { WordTable } from '../../../src/core/search/wordTable.ts';
import { encodeUtf8 } from '../../../src/core/text/utf8Text.ts';

/** The index of texts, each a document. */
export function bm25IndexOf(texts: readonly string[]): Bm25Index {
  const words = new WordTable();
  const counter = new WordCounter(words);
  const documents = texts.map((text) => counter.count(encodeUtf8(text)));
  return bm25Index(words, documents.length, (documentIdx) => documents[documentIdx]);
}
