import { describe, expect, it } from 'vitest';
import {
  tableMarkdown,
  tablesCsv,
  tablesJson,
  tablesMarkdown,
  type ExportTable,
} from '../../../src/core/dashboard/exportTables.ts';

const table: ExportTable = {
  title: 'Files',
  columns: ['path', 'tokens'],
  rows: [
    ['a "b", c.ts', 12],
    ['=cmd|calc\nx', undefined],
    ['</script>|`', 0],
  ],
};

describe('an exported table', () => {
  it('is Markdown in which no name has a meaning and unknown is a word', () => {
    expect(tableMarkdown(table)).toBe(
      [
        '| path | tokens |',
        '| :-- | --: |',
        '| a "b", c.ts | 12 |',
        '| =cmd\\|calc x | unknown |',
        '| \\</script\\>\\|\\` | 0 |',
      ].join('\n'),
    );
  });

  it('is CSV that a spreadsheet runs nothing of', () => {
    expect(tablesCsv([table])).toBe(
      'path,tokens\r\n"a ""b"", c.ts",12\r\n"\'=cmd|calc\nx",\r\n</script>|`,0\r\n',
    );
  });

  it('stands under its title where there are several', () => {
    const two = tablesCsv([
      { ...table, rows: [] },
      { title: 'T, 2', columns: ['a'], rows: [[1]] },
    ]);
    expect(two).toBe('Files\r\npath,tokens\r\n\r\n"T, 2"\r\na\r\n1\r\n');
  });

  it('is JSON with null for unknown, beside the facts and the knobs', () => {
    const read: unknown = JSON.parse(tablesJson('Page', [['Model', 'm']], { tab: 'fit' }, [table]));
    expect(read).toEqual({
      title: 'Page',
      Model: 'm',
      state: { tab: 'fit' },
      tables: [
        {
          title: 'Files',
          rows: [
            { path: 'a "b", c.ts', tokens: 12 },
            { path: '=cmd|calc\nx', tokens: null },
            { path: '</script>|`', tokens: 0 },
          ],
        },
      ],
    });
  });

  it('is a document with what it was made with', () => {
    expect(tablesMarkdown('Page', [['Model', 'a*b']], [{ ...table, rows: [] }])).toBe(
      '# Page\n\n- Model: a\\*b\n\n## Files\n\n| path | tokens |\n| :-- | :-- |\n',
    );
  });
});
