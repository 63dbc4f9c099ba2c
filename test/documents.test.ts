import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const documents = ['.', 'docs', 'vocabularies', 'media/walkthrough'].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name)),
);
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}
const { scripts, contributes } = JSON.parse(textOf('package.json')) as Manifest;
const settings = Object.keys(contributes.configuration.properties);
const ids = [...settings, ...contributes.commands.map(({ command }) => command)];
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, one]) => one);
/** Anchors of a document's headings, as they are made of them. */
const anchorsOf = (text: string) =>
  found(text, /^#+ (.*)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(documents)('%s', (file) => {
  const text = textOf(file);

  it('links to what there is', () => {
    const broken = found(text, /\]\(([^)\s]+)\)/g).filter((target) => {
      if (/^(https?|command):/.test(target)) return false;
      const [name, anchor] = target.split('#');
      const linked = name === '' ? file : path.join(path.dirname(file), name);
      if (!existsSync(path.join(root, linked))) return true;
      return anchor !== undefined && !anchorsOf(textOf(linked)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names files, scripts, settings and commands that there are', () => {
    const paths = found(text, /`((?:src|test|scripts|webview-ui|docs|media)\/[\w./-]+)`/g);
    expect(paths.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
    const run = [
      ...found(text, /npm run (?:-s )?([\w:]+)/g),
      ...found(text, /`((?:bench|check|test|write|build):[\w:]+)`/g),
    ];
    expect(run.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
    const named = found(text, /\b(contextBudget\.[\w.]+\w)/g);
    expect(
      named.filter((name) => !ids.some((id) => id === name || id.startsWith(`${name}.`))),
    ).toEqual([]);
  });
});

describe('README.md', () => {
  it('has every setting in its table, those of one group by the group’s name', () => {
    const rows = found(textOf('README.md'), /^\| `(contextBudget\.[\w.]+\w)/gm);
    const missing = settings.filter(
      (name) => !rows.some((row) => name === row || name.startsWith(`${row}.`)),
    );
    expect(missing).toEqual([]);
  });
});
