import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintText } from '../../src/node/findSecrets.ts';
import { hintedRules, mayHoldSecret, secretlintVersion } from '../../src/node/secretHints.ts';
import { withoutSecrets } from '../../src/node/withoutSecrets.ts';
import '../propertySeed.ts';

const packages = path.resolve(import.meta.dirname, '../../node_modules');
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (utf8: Uint8Array) => new TextDecoder().decode(utf8);

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const some = (length: number, characters = letters, maxLength = length) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength });
const oneOf = (...texts: string[]) => fc.constantFrom(...texts);
/** Texts one after the other; what is put together here stands nowhere as it is. */
const sequence = (...parts: (string | fc.Arbitrary<string>)[]) =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(''));
const space = oneOf('', ' ', '\n', ' \n\n  ');
const user = some(2, letters, 30);
const word = some(4, letters, 30);

/** Secrets by the rule that looks for them: the file's name, what stands there, and the value alone. */
const planted: Readonly<Record<string, readonly [name: string, fc.Arbitrary<string>][]>> = {
  aws: [
    [
      'a.env',
      sequence(
        oneOf('', 'AWS_', 'aws', '"aws_'),
        oneOf('SECRET_ACCESS_KEY', 'secretAccessKey', 'SecretAccessKey'),
        oneOf('', '"'),
        space,
        oneOf(':', '=>', '='),
        space,
        oneOf('', '"', "'"),
        some(39, `${letters}/+`),
        'x',
      ),
    ],
  ],
  gcp: [
    [
      'key.json',
      sequence(
        '{"private_key_id": "a", "priv',
        oneOf('ate', '\\u0061te'),
        '_key": "-----BEGIN PRIVATE',
        oneOf(' ', '\\u0020'),
        'KEY-----\\n',
        some(120),
        '"}',
      ),
    ],
  ],
  privatekey: [
    [
      'key.txt',
      sequence(
        '-----BEGIN RSA PRIVATE',
        ' KEY-----\nMI',
        some(120, letters, 400),
        '\n-----END RSA PRIVATE',
        ' KEY-----',
      ),
    ],
  ],
  npm: [
    ['package.json', sequence('https://', word, ':x-oauth-', 'basic@github.com/a')],
    ['.npmrc', sequence('//r.io/:_auth', 'Token=', word)],
    ['a.ts', sequence('npm', '_', some(36))],
  ],
  basicauth: [
    ['a.md', sequence(oneOf('http', 'https', 'ftp'), '://', user, ':', word, '@', word, '.org')],
  ],
  'database-connection-string': [
    [
      'a.py',
      sequence(
        oneOf('mongodb', 'MongoDB+srv', 'mysql', 'mysqlx', 'postgres', 'PostgreSQL'),
        '://',
        user,
        ':',
        some(4, `${letters}!ß漢`, 200),
        '@',
        word,
        '/x',
      ),
    ],
  ],
  slack: [
    [
      'a.ts',
      sequence(
        oneOf('xoxb', 'xoxp', 'xapp', 'xoxa', 'xoxo', 'xoxr'),
        '-',
        some(1, letters, 40),
        '-',
        some(1, letters, 40),
      ),
    ],
    [
      'a.ts',
      sequence(
        'https://',
        oneOf('hooks.slack', 'HOOKS.Slack'),
        '.com/services/T',
        word,
        '/B',
        word,
        '/',
        word,
      ),
    ],
  ],
  sendgrid: [['a.ts', sequence('SG', '.', some(22), '.', some(43))]],
  shopify: [
    ['a.ts', sequence(oneOf('shppa', 'shpca', 'shpat', 'shpss'), '_', some(32, letters, 64))],
  ],
  github: [
    ['a.ts', sequence(oneOf('ghp', 'gho', 'ghu', 'ghs', 'ghr'), '_', some(36))],
    ['a.ts', sequence('github', '_pat_', some(82))],
  ],
  openai: [
    ['a.ts', sequence('sk-', some(20), 'T3Blb', 'kFJ', some(20))],
    ['a.ts', sequence('sk-proj-', some(74), 'T3Blb', 'kFJ', some(74))],
  ],
  anthropic: [['a.ts', sequence('sk-ant-', 'api03-', some(93), 'AA')]],
  linear: [['a.ts', sequence('lin_', 'api_', some(32, letters, 128))]],
  '1password': [
    [
      'a.ts',
      // The token ends where the JSON does: 3n + 1 bytes.
      some(100, letters, 300).map((text) => {
        const json = JSON.stringify({
          text: text.padEnd(text.length + 2 - (text.length % 3)),
        });
        return `ops${'_'}${Buffer.from(json).toString('base64')}`;
      }),
    ],
  ],
};
const code = oneOf('', 'const a = 1;\n', 'ü = "漢字";\n\n', '  key: ');

describe('telling at one look that no secret is in a file', () => {
  it('knows every rule that the installed secretlint has', () => {
    const installed = path.join(
      packages,
      '@secretlint/secretlint-rule-preset-recommend/package.json',
    );
    const { version } = JSON.parse(readFileSync(installed, 'utf8')) as { version: string };
    expect(secretlintVersion).toBe(version);
    const ids = rules.map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', ''));
    expect([...hintedRules].sort()).toEqual([...ids].sort());
    const finding = hintedRules.filter((rule) => rule !== 'filter-comments');
    expect(Object.keys(planted).sort()).toEqual(finding.sort());
  });

  describe.each(Object.entries(planted))('%s', (rule, cases) => {
    it('never misses what secretlint finds, and leaves nothing of it in what is indexed', async () => {
      for (const [name, secret] of cases) {
        let found = 0;
        const law = fc.asyncProperty(code, secret, code, async (before, planted, after) => {
          const isAll = rule === 'gcp';
          const text = isAll ? planted : `${before}${planted}\n${after}`;
          if ((await lintText(name, text)).length === 0) return;
          found++;
          const utf8 = encode(text);
          expect(mayHoldSecret(name, utf8)).toBe(true);
          const blanked = await withoutSecrets(name, utf8);
          expect(blanked?.length).toBe(utf8.length);
          const rest = decode(blanked ?? utf8);
          expect(rest.split('\n').length).toBe(text.split('\n').length);
          expect(await lintText(name, rest)).toEqual([]);
          // Not a word of it, unless it stands outside of it too.
          for (const word of planted.match(/[A-Za-z0-9]{4,}/g) ?? [])
            if (!`${before}${after}`.includes(word)) expect(rest).not.toContain(word);
        });
        await fc.assert(law, { numRuns: 40 });
        expect(found).toBeGreaterThan(20);
      }
    });
  });

  it('misses none of the real files in which secretlint finds something', async () => {
    const files = readdirSync(packages, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:[cm]?[jt]s|json|md|ya?ml|py|sh)$|npmrc$/.test(name))
      .sort();
    const sampled =
      process.env.CONTEXT_BUDGET_ALL_FILES === '1' ? 1 : Math.ceil(files.length / 150);
    const missed: string[] = [];
    let searched = 0;
    for (let i = 0; i < files.length; i += sampled) {
      const file = path.join(packages, files[i]);
      const stats = statSync(file);
      if (!stats.isFile() || stats.size > 400_000) continue;
      const utf8 = readFileSync(file);
      if (mayHoldSecret(files[i], utf8)) continue;
      searched++;
      if ((await lintText(files[i], decode(utf8))).length > 0) missed.push(files[i]);
    }
    expect(searched).toBeGreaterThan(100);
    expect(missed).toEqual([]);
  });
});

describe('leaving secrets out of what is indexed', () => {
  it('keeps the rest of a file that is one line, and all of one that has no secret', async () => {
    const token = `gh${'p_'}${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    const text = `${'f(1);'.repeat(100)}k="${token}";${'g(2);'.repeat(100)}`;
    const rest = decode((await withoutSecrets('a.js', encode(text))) ?? new Uint8Array());
    expect(rest).toContain('f(1);'.repeat(100));
    expect(rest).toContain('g(2);'.repeat(50));
    expect(rest).not.toContain(token.slice(8));
    expect(await withoutSecrets('a.js', encode('const a = 1;'))).toBeUndefined();
  });

  it('leaves out all of a file whose bytes are no text where something in it looks like a secret', async () => {
    const token = encode(`k = 'gh${'p_'}${'a1B2c3D4e5'.repeat(4).slice(0, 36)}'\nother\n`);
    const utf8 = Uint8Array.of(0xff, 0xfe, 0xff, ...token);
    expect(decode((await withoutSecrets('a.js', utf8)) ?? utf8).trim()).toBe('');
  });
});
