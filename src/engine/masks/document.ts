import { createMask, type Mask } from './mask.ts';

/**
 * Several documents packed into one sequence, each seeing only itself. Not causal: `and(causal, documentMask(ids))` is.
 * Positions beyond the ids belong to no document and attend to nothing.
 * @param documentIds (tokens), which document each token belongs to
 */
export function documentMask(documentIds: ArrayLike<number>): Mask {
  // runOf[i] counts the changes of document up to token i: equal runs mean one unbroken stretch of one document.
  const runOf = new Int32Array(documentIds.length);
  let rising = true;
  for (let idx = 1; idx < documentIds.length; idx++) {
    runOf[idx] = runOf[idx - 1] + (documentIds[idx] === documentIds[idx - 1] ? 0 : 1);
    if (documentIds[idx] < documentIds[idx - 1]) rising = false;
  }
  return createMask(
    (qIdx, kvIdx) =>
      qIdx < documentIds.length &&
      kvIdx < documentIds.length &&
      documentIds[qIdx] === documentIds[kvIdx],
    ({ queryStart, queryEnd, keyStart, keyEnd }) => {
      if (queryEnd > documentIds.length || keyEnd > documentIds.length) return 'mixed';
      const first = runOf[Math.min(queryStart, keyStart)];
      if (first === runOf[Math.max(queryEnd, keyEnd) - 1]) return 'full';
      // A document that comes back later (ids not rising) can share a tile with a far one.
      if (!rising) return 'mixed';
      const apart = runOf[keyEnd - 1] < runOf[queryStart] || runOf[keyStart] > runOf[queryEnd - 1];
      return apart ? 'empty' : 'mixed';
    },
  );
}
