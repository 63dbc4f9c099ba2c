import { describe, expect, it } from 'vitest';
import { contentKindOf } from '../../../src/core/files/contentKind.ts';

const kindOf = (path: string, text: string) => contentKindOf(path, new TextEncoder().encode(text));

describe('what a file mostly is', () => {
  it.each([
    ['src/a.ts', 'export const a = 1;\n', 'code'],
    ['lib/index.d.ts', 'export declare const a: number;\n', 'typeDeclarations'],
    ['lib/index.d.mts', '', 'typeDeclarations'],
    ['lib/styles.d.css.ts', '', 'typeDeclarations'],
    ['docs/guide.md', '# Guide\n', 'markdown'],
    ['LICENSE', 'MIT License\n', 'markdown'],
    ['C:\\work\\README', 'Read me\n', 'markdown'],
    ['package.json', '{}\n', 'json'],
    ['data.JSONL', '{}\n', 'json'],
    ['dist/app.min.js', 'var a=1', 'minified'],
    ['dist/bundle.js', 'a(1);'.repeat(2000), 'minified'],
    ['site.scss', 'a { color: red }\n', 'css'],
    ['Makefile', 'all:\n\tcc a.c\n', 'code'],
    ['.gitignore', 'dist\n', 'code'],
    ['a.constructor', 'x', 'code'],
    ['empty', '', 'code'],
  ])('%s is told by its name or its lines', (path, text, kind) => {
    expect(kindOf(path, text)).toBe(kind);
  });

  it.each([
    ['readme.zh.md', '这是一个说明文件，介绍如何使用。', 'chinese'],
    ['readme.ja.md', 'これは使い方を説明する文書です。', 'japanese'],
    ['readme.ko.md', '이 문서는 사용 방법을 설명합니다.', 'korean'],
    ['readme.ru.md', 'Этот документ описывает использование.', 'russian'],
    ['i18n/zh.json', '{"title":"这是一个说明文件，介绍如何使用"}', 'chinese'],
  ])('%s is told by its script', (path, text, kind) => {
    expect(kindOf(path, text)).toBe(kind);
  });

  it('stays code with a comment in another script', () => {
    expect(kindOf('a.ts', '// 注释\n' + 'const someValue = compute();\n'.repeat(4))).toBe('code');
  });

  it('passes over bytes that are no UTF-8', () => {
    expect(contentKindOf('a.md', Uint8Array.of(0xff, 0xfe, 0x61, 0xe3))).toBe('markdown');
  });
});
