import type { Bm25Index } from './bm25Index.ts';
import { wordsOf } from './terms.ts';

/**
 * Words that a question is made with and that code seldom holds, so that they would count as rare and lead astray: "where" stands in
 * a few files only. English, in small letters.
 */
const questionWords = new Set(
  (
    'a about all an and any are as at be been but by can could did do does each every for from had has have how i if in into is it ' +
    'its may me most my not of on or our please shall should so some than that the their them then there these they this those to ' +
    'us was we were what when where which who whom whose why will with would you your'
  ).split(' '),
);

/**
 * The words of a question to search for, each once: without the words that questions are made with (unless nothing else is left), and
 * a plain word that the code holds in another form only in those forms ("readers" as "reader").
 */
export function searchWords(index: Bm25Index, question: string): string[] {
  const words = [...new Set(wordsOf(question))];
  const telling = words.filter((word) => !questionWords.has(word.toLowerCase()));
  return (telling.length === 0 ? words : telling).flatMap((word) => {
    const term = word.toLowerCase();
    if (index.terms.idOf(term) !== undefined) return [word];
    const others = otherForms(term).filter((form) => index.terms.idOf(form) !== undefined);
    return others.length === 0 ? [word] : others;
  });
}

const endings = ['ers', 'ing', 'er', 'ed', 'es', 's', 'd'];
const shortestStem = 3;

/** Regular forms of an English word: "declared" is declare, declares, declaring. Not all are words; those stand in no code. */
function otherForms(word: string): string[] {
  if (!/^[a-z]+$/.test(word)) return [];
  const stems = new Set([word]);
  for (const ending of endings) {
    if (word.endsWith(ending) && word.length - ending.length >= shortestStem)
      stems.add(word.slice(0, -ending.length));
  }
  const forms = [...stems].flatMap((stem) => [
    stem,
    `${stem}e`,
    ...endings.map((end) => stem + end),
  ]);
  return [...new Set(forms)].filter((form) => form !== word);
}
