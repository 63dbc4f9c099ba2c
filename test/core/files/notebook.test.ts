import { describe, expect, it } from 'vitest';
import { isNotebookPath, notebookText, parseNotebook } from '../../../src/core/files/notebook.ts';

describe('notebook', () => {
  it('is its cells, whether a source is a string or lines', () => {
    const json = JSON.stringify({
      cells: [{ source: ['a\n', 'b'] }, { source: '', outputs: [] }, { source: 'c' }],
    });
    expect(parseNotebook(json)).toEqual({ text: 'a\nb\n\n\n\nc', outputBytes: 0 });
    expect(notebookText(['a\nb', '', 'c'])).toBe('a\nb\n\n\n\nc');
  });

  it('reads the older format with worksheets', () => {
    const json = JSON.stringify({
      worksheets: [{ cells: [{ source: 'a' }, { input: ['b'], outputs: [1] }] }, {}],
    });
    expect(parseNotebook(json)).toEqual({ text: 'a\n\nb', outputBytes: 3 });
  });

  it('tells the bytes of its outputs as a file has them', () => {
    const json = JSON.stringify({ cells: [{ source: '', outputs: ['é漢'] }] });
    expect(parseNotebook(json)).toMatchObject({ outputBytes: Buffer.byteLength('["é漢"]') });
  });

  it('is undefined for what is no notebook', () => {
    for (const json of [
      '',
      '{',
      '[]',
      'null',
      '{"cells":1}',
      '{"cells":[1]}',
      '{"cells":[{"source":[1]}]}',
    ]) {
      expect(parseNotebook(json)).toBeUndefined();
    }
  });

  it('is told by its name', () => {
    expect(isNotebookPath('a/B.IPYNB')).toBe(true);
    expect(isNotebookPath('a.ipynb.txt')).toBe(false);
  });
});
