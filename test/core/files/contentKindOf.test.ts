import { describe, expect, it } from 'vitest';
import { contentKindOf } from '../../../src/core/files/contentKindOf.ts';

const kindOf = (path: string, text: string) => contentKindOf(path, new TextEncoder().encode(text));

describe('content kind', () => {
  it.each([
    ['a.ts', 'const a = 1;', 'code'],
    ['Makefile', 'all:', 'code'],
    ['types/a.d.ts', 'declare const a: 1;', 'typeDeclarations'],
    ['README.md', '# Title', 'markdown'],
    ['a.JSON', '{}', 'json'],
    ['a.module.scss', 'a {}', 'css'],
    ['a.js', `${'a=1;'.repeat(1000)}\n`, 'minified'],
    ['a.js', `${'a = 1;\n'.repeat(1000)}`, 'code'],
    ['a.json', '[1,2,3],'.repeat(1000), 'json'],
    ['zh.md', '上下文窗口是模型一次能读的最多的词元。', 'chinese'],
    ['ja.md', 'これは日本語の文章です。漢字も含まれています。', 'japanese'],
    ['ko.md', '이것은 한국어 문장입니다.', 'korean'],
    ['ru.md', 'Это русский текст, а не код.', 'russian'],
    ['i18n.ts', 'export const a = "漢字";\n'.repeat(20), 'code'],
    ['', '', 'code'],
  ])('takes %s with %j for %s', (path, text, kind) => {
    expect(kindOf(path, text)).toBe(kind);
  });
});
