import { describe, expect, it } from 'vitest';
import { findDemo } from '../../src/lab/demos.ts';
import type { MatrixPicture } from '../../src/lab/picture.ts';
import { rowWords } from '../../webview-ui/lab/rowWords.ts';
import { sampleTokens } from './wellFormed.ts';

function matrixOf(id: string): MatrixPicture {
  const run = findDemo(id).run({ tokens: sampleTokens(40), values: {} });
  const picture = run.frame(0).pictures.find((one) => one.kind === 'matrix');
  if (picture === undefined) throw new Error(`${id} draws no matrix`);
  return picture;
}

describe('what a row attends to, in words', () => {
  it('counts its cells by kind, and leaves out what is not seen', () => {
    const picture = matrixOf('slidingWindow');
    expect(rowWords(picture, 30)).toBe('in the window 8');
    expect(rowWords(picture, 2)).toBe('in the window 3');
    expect(rowWords(matrixOf('longformer'), 20)).toBe('in the window 9, global 1');
  });

  it('names the keys that weigh most, heaviest first', () => {
    const picture = matrixOf('causalMasking');
    const words = rowWords(picture, 39);
    const weights = [...words.matchAll(/(\d+) “[^”]*” ([\d.e-]+)/g)];
    expect(weights).toHaveLength(3);
    const values = weights.map(([, column]) => picture.values[39 * 40 + Number(column)]);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values[0]).toBe(Math.max(...picture.values.subarray(39 * 40)));
    expect(rowWords(picture, 0)).toMatch(/^most on 0 “[^”]*” 1$/);
  });

  it('says nothing of a row in which nothing was computed', () => {
    const empty: MatrixPicture = {
      kind: 'matrix',
      title: 'm',
      summary: 'm',
      numRows: 1,
      numColumns: 2,
      values: Float32Array.of(NaN, 0),
      scale: 'sequential',
    };
    expect(rowWords(empty, 0)).toBe('');
  });
});
