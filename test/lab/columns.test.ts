import { describe, expect, it } from 'vitest';
import { findDemo } from '../../src/lab/demos.ts';
import { columnsOf } from '../../webview-ui/lab/columns.ts';
import { sampleTokens } from './wellFormed.ts';

describe('the columns of a demo', () => {
  const run = (id: string) => findDemo(id).run({ tokens: sampleTokens(64), values: {} });

  it('are filled in order, each next thing below the shorter one, the numbers last', () => {
    const { pictures, numbers } = run('slidingWindow').frame(0);
    expect(pictures.map(({ kind }) => kind)).toEqual(['matrix', 'matrix', 'tokens']);
    expect(columnsOf(pictures, numbers.length)).toEqual(['first', 'second', 'first', 'second']);
    expect(columnsOf(pictures.slice(0, 1), 9)).toEqual(['first', 'second']);
    expect(columnsOf([], 9)).toEqual(['first']);
  });

  it('stay as they are from step to step', () => {
    for (const id of ['flashAttention', 'pagedCache', 'ringAttention', 'bigBird', 'mamba']) {
      const process = run(id);
      const columns = Array.from({ length: process.numFrames }, (_, idx) => {
        const { pictures, numbers } = process.frame(idx);
        return columnsOf(pictures, numbers.length).join(' ');
      });
      expect(new Set(columns).size, id).toBe(1);
    }
  });
});
