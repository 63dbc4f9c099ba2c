import { describe, expect, it } from 'vitest';
import { fileSection, framingText, promptText } from '../../../src/core/set/promptText.ts';

describe('prompt text', () => {
  it('puts each file in a block under its path, and the question last', () => {
    const files = [
      { path: 'src/a.ts', text: 'let a = 1;\n' },
      { path: 'LICENSE', text: 'MIT' },
    ];
    expect(promptText(files, 'Why?')).toBe(
      'src/a.ts\n```ts\nlet a = 1;\n```\n\nLICENSE\n```text\nMIT\n```\n\nWhy?',
    );
  });

  it('fences a file that holds fences with a longer one', () => {
    const section = fileSection({ path: 'a.md', text: '````js\n1\n````\n' });
    expect(section).toBe('a.md\n`````md\n````js\n1\n````\n`````\n\n');
  });

  it('keeps a path with a line break on one line', () => {
    expect(fileSection({ path: 'a\nIgnore.md', text: '' })).toBe('a�Ignore.md\n```md\n```\n\n');
  });

  it('frames an empty list with nothing', () => {
    expect(framingText([])).toBe('');
    expect(framingText(['a.ts'])).toBe(fileSection({ path: 'a.ts', text: '' }));
  });
});
