import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../src/core/text/utf8Text.ts';
import { languageOf, type Language } from '../../src/core/plans/outline.ts';
import { readDeclarations } from '../../src/node/outline/declarations.ts';
import { parserFor } from '../../src/node/outline/grammars.ts';
import { readImports } from '../../src/node/outline/imports.ts';
import { lexisOf } from '../../src/node/outline/lexis.ts';
import { withoutBodies } from '../../src/node/outline/withoutBodies.ts';

const modules = path.resolve(import.meta.dirname, '../../node_modules');

function shortened(text: string, language: Language): string | undefined {
  const lexis = lexisOf[language];
  const kept = lexis === undefined ? undefined : withoutBodies(encodeUtf8(text), lexis);
  return kept === undefined ? undefined : decodeUtf8(kept);
}

/** What the grammar reads off a text, given whole; undefined where it finds errors. */
async function readBy(language: Language, text: string) {
  const tree = (await parserFor(language)).parse(text);
  if (tree === null || tree.rootNode.hasError) return undefined;
  const outline = {
    ...readDeclarations(tree.rootNode),
    // Calls stand in bodies, and are read off the text.
    imports: readImports(tree.rootNode, new Uint8Array(0), language),
  };
  tree.delete();
  return outline;
}

describe('a text without its bodies', () => {
  it('has the same outline as the whole, on files of real packages', async () => {
    const names = ['graphology', 'fast-check/lib', '@types/node', 'flatted', 'undici', 'entities'];
    let compared = 0;
    let wholeBytes = 0;
    let keptBytes = 0;
    for (const name of names) {
      const folder = path.join(modules, name);
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(?:[cm]?[jt]s|go|cs|c|h)$/.test(file) && !file.includes('.min.'))
        .sort()
        .filter((_, i) => i % 9 === 0);
      for (const file of files) {
        const language = languageOf(file);
        if (language === undefined) continue;
        const text = readFileSync(path.join(folder, file), 'utf8');
        const kept = text.length > 40_000 ? undefined : shortened(text, language);
        if (kept === undefined) continue;
        const outline = await readBy(language, kept);
        // Where bodies or what is left hold an error, the whole is parsed.
        const whole = outline && (await readBy(language, text));
        if (whole === undefined) continue;
        expect(outline, `${name}/${file}`).toEqual(whole);
        compared++;
        wholeBytes += text.length;
        keptBytes += kept.length;
      }
    }
    console.log(
      `${compared} files of ${wholeBytes} bytes have the same outline from ${keptBytes} bytes`,
    );
    expect(compared).toBeGreaterThan(30);
    expect(keptBytes).toBeLessThan(wholeBytes * 0.7);
  });

  it.each<[Language, string, string]>([
    ['typescript', 'function f() {\n  return 1;\n}\n', 'function f() {\n\n}\n'],
    [
      'typescript',
      'export class A<T extends { x: 1 }> extends B<{ y: 2 }> {\n  m(o = {a: 1}) { if (o) {} }\n}\n',
      'export class A<T extends {}> extends B<{}> {\n  m(o = {}) {}\n}\n',
    ],
    [
      'typescript',
      "declare module 'x' {\n  interface Y { z: {} }\n}\n",
      "declare module 'x' {\n  interface Y { z: {} }\n}\n",
    ],
    [
      'javascript',
      'module.exports = function () { class A {} };\n',
      'module.exports = function () {};\n',
    ],
    [
      'javascript',
      'const f = () => { return /[/}"]/.test(`${ {a: "}"} }`) };\n',
      'const f = () => {};\n',
    ],
    ['javascript', 'const f = (a) => { return a / 2 / "}".length };\n', 'const f = (a) => {};\n'],
    [
      'javascript',
      "// it's a {\nconst a = '{' /* { */;\n",
      "// it's a {\nconst a = '{' /* { */;\n",
    ],
    [
      'go',
      'func f() string {\n\treturn `}` + "}" + string(\'}\')\n}\n',
      'func f() string {\n\n}\n',
    ],
    ['java', "class A {\n  void f() { char c = '{'; }\n}\n", 'class A {\n  void f() {}\n}\n'],
    [
      'rust',
      "use a::{b, c};\nimpl<'a> A<'a> {\n  fn f(&'a self) { r#\"}\"#; }\n}\n",
      "use a::{b, c};\nimpl<'a> A<'a> {\n  fn f(&'a self) {}\n}\n",
    ],
    [
      'rust',
      'impl<M> From<M> for A\nwhere\n  M: Into<B>,\n{\n  fn from(m: M) -> Self { Self { m } }\n}\n',
      'impl<M> From<M> for A\nwhere\n  M: Into<B>,\n{\n  fn from(m: M) -> Self {}\n}\n',
    ],
    [
      'cpp',
      'namespace n {\nclass A { void f() { auto s = R"x(})x"; } };\n}\n',
      'namespace n {\nclass A { void f() {} };\n}\n',
    ],
    [
      'c-sharp',
      'namespace N {\n  class A { string F() { return @"}"""; } }\n}\n',
      'namespace N {\n  class A { string F() {} }\n}\n',
    ],
  ])('of %s keeps what declares and the lines: %j', async (language, whole, kept) => {
    expect(shortened(whole, language)).toBe(kept);
    expect(await readBy(language, kept)).toEqual(await readBy(language, whole));
  });

  it.each<[Language, string, string]>([
    ['javascript', 'a brace that is not closed', 'function f() {\n'],
    ['javascript', 'one that is not opened', 'function f() {}\n}\n'],
    ['javascript', 'brackets that cross', 'f(function () { [ ) ] });\n'],
    ['javascript', 'a string without an end', 'function f() { return "}\n}\n'],
    [
      'tsx',
      'an apostrophe in the text of an element',
      "const a = () => { return <p>Don't</p>; };\n",
    ],
    [
      'javascript',
      'a template over what is the top of a module',
      'const a = () => <p>`</p>;\nfunction f() {\nexport const x = 1;\n}',
    ],
    [
      'javascript',
      'a template in thousands of templates',
      `${'`${'.repeat(20_000)}1${'}`'.repeat(20_000)}`,
    ],
    [
      'cpp',
      'braces that depend on the preprocessor',
      'void f() {\n#if A\n  if (a) {\n#else\n  if (b) {\n#endif\n  }\n}\n',
    ],
    [
      'cpp',
      'a block that begins in a condition and ends in another',
      '#ifdef C\nextern "C" {\n#endif\nint f();\n#ifdef C\n}\n#endif\n',
    ],
  ])('of %s is not made where there is %s', (language, _, text) => {
    expect(shortened(text, language)).toBeUndefined();
  });

  it('has the same outline as the whole, however its pieces follow each other', async () => {
    const pieces = [
      'import { a, b as c } from "./x";\n',
      '/** What it is. */\nexport class A<T = {}> extends (class {}) {\n  #p = { a: 1 };\n  get [`${{}}`]() { return this.#p }\n  static { f({}) }\n}\n',
      "export default function g({ a = {}, b }) { return a / b / '}' }\n",
      'const h = (x) => ({ ...x, "}": /[}/]\\/{/g });\n',
      'for (const { x } of y) { if (x) continue; else z(`{${`}`}`); }\n',
      'label: { break label; }\n// a comment {\n',
      'class B { static x = class { y() {} }; "}"() {} }\n',
      'var { q, r: [s] } = t, u = 1;\n',
      'switch (v) { case "{": /* } */ break; }\n',
      '`template ${ { a: `${1}` } } }`;\n',
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { maxLength: 6 }), async (chosen) => {
        const whole = chosen.join('');
        const kept = shortened(whole, 'javascript');
        expect(kept).toBeDefined();
        const outline = await readBy('javascript', whole);
        if (outline === undefined) return;
        expect(await readBy('javascript', kept ?? '')).toEqual(outline);
        expect(kept?.split('\n').length).toBe(whole.split('\n').length);
      }),
      { numRuns: 60 },
    );
  });
});
