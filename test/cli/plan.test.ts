import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { strategyIds } from '../../src/core/plans/plan.ts';
import { startEmbeddingServer } from '../node/embeddingServer.ts';
import { tempTree } from '../node/tempTree.ts';
import { buildCli, type BuiltCli } from './builtCli.ts';

interface PlanJson {
  readonly whatWouldFit: {
    readonly fit: { readonly verdict: string; readonly limitTokens: number };
    readonly smallestCut: {
      readonly numFiles: number;
      readonly files: readonly { readonly path: string; readonly tokens: number }[];
    };
    readonly nearestModel: { readonly id: string; readonly contextWindowTokens: number };
  };
  readonly recommended: readonly {
    readonly strategy: string;
    readonly held: readonly { readonly id: string }[];
  }[];
  readonly rules: readonly { readonly id: string }[];
  readonly plans: readonly { readonly fit: { readonly verdict: string } }[];
}

let cli: BuiltCli;
let folder: string;
/** More than a window of the models below holds. */
let large: string;
/** Of the form that GitHub's tokens have; it opens nothing. */
const secret = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`;

beforeAll(async () => {
  cli = await buildCli();
  folder = tempTree({
    'src/main.ts': "import { parseHeader } from './header';\nparseHeader('a');\n",
    'src/header.ts':
      '/** Reads a header. */\nexport function parseHeader(text: string) {\n  return text;\n}\n',
    'src/other.py': 'def unrelated():\n    return 1\n',
  });
  const code = (i: number) =>
    Array.from({ length: 300 }, (_, n) => `export const value${i}_${n} = ${n};`).join('\n');
  const parts = Array.from({ length: 9 }, (_, i) => [`big/part${i}.ts`, code(i)] as const);
  large = tempTree({ ...Object.fromEntries(parts), 'small.ts': "import './big/part0';\n" });
});
afterAll(() => {
  cli.dispose();
});

describe('context-budget plan', () => {
  it('prints every strategy with its calls, tokens and losses as JSON, made as its options say', () => {
    const args = ['plan', folder, '-m', 'gpt-4o', '-q', 'where is parseHeader', '--json'];
    const { status, stdout, stderr } = cli.run(
      ...[...args, '--reserved-output-tokens', '20'],
      ...['--order', 'path', '--window-tokens', '120', '--overlap', '0'],
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { plans } = JSON.parse(stdout) as {
      readonly plans: readonly {
        readonly strategy: string;
        readonly plan: {
          readonly requests: readonly {
            readonly tokens: number;
            readonly parts: readonly { readonly fileIdx: number }[];
          }[];
          readonly coverage: number;
          readonly losses: Readonly<Record<string, number>>;
        };
      }[];
    };
    expect(plans.map((entry) => entry.strategy)).toEqual(strategyIds);
    const [full, windows] = plans;
    expect(full.plan.coverage).toBe(1);
    expect(full.plan.losses).toMatchObject({ dependencies: 2, dependenciesTogether: 2 });
    // For a question the important files would stand at the ends.
    expect(full.plan.requests[0].parts.map(({ fileIdx }) => fileIdx)).toEqual([0, 1, 2]);
    expect(windows.plan.requests.length).toBeGreaterThan(1);
    for (const { tokens } of windows.plan.requests) expect(tokens).toBeLessThanOrEqual(120);
    expect(cli.run(...args, '--overlap', '80').stderr).toContain('from 0 to 50');
  });

  it('writes one file per request and a manifest', () => {
    const out = path.join(folder, '../plan-out');
    const { status, stdout } = cli.run('plan', folder, '-m', 'gpt-4o', '-s', 'full', '-o', out);
    expect(status).toBe(0);
    expect(stdout).toContain('1 requests and manifest.json');
    expect(readdirSync(out).sort()).toEqual(['manifest.json', 'request-0001.md']);
    const text = readFileSync(path.join(out, 'request-0001.md'), 'utf8');
    expect(text).toContain('## src/header.ts');
    // What is needed stands before what needs it.
    expect(text.indexOf('src/header.ts')).toBeLessThan(text.indexOf('src/main.ts'));
  });

  it.each([
    ['openai/gpt-4o', ['--overhead-tokens', '110000']],
    // Counted by cl100k_base: other models are estimated from o200k_base, which is counted as well.
    ['openai/gpt-4', ['--reserved-output-tokens', '500', '--overhead-tokens', '1500']],
  ])('says what would fit for %s when not everything does', (model, reserved) => {
    const args = ['plan', large, '-m', model, ...reserved];
    const { stdout, stderr } = cli.run(...args, '--json');
    expect(stderr).toBe('');
    const { whatWouldFit, recommended, rules, plans } = JSON.parse(stdout) as PlanJson;
    expect(whatWouldFit.fit.verdict).toBe('doesNotFit');
    const { smallestCut, nearestModel } = whatWouldFit;
    expect(smallestCut.files.length).toBe(smallestCut.numFiles);
    expect(smallestCut.files.map((file) => file.path)).not.toContain('big/part0.ts');
    expect(nearestModel.contextWindowTokens).toBeGreaterThan(whatWouldFit.fit.limitTokens);
    expect(plans[0].fit.verdict).toBe('doesNotFit');
    const full = recommended.find(({ strategy }) => strategy === 'full');
    expect(full?.held.map(({ id }) => id)).toContain('does not fit whole');
    expect(rules.map(({ id }) => id)).toContain('may fit whole');

    if (model !== 'openai/gpt-4o') return;
    const text = cli.run(...args, '--rules', '--cut').stdout;
    expect(text).toContain('What would fit into one request');
    for (const { path: cut } of smallestCut.files) expect(text).toContain(cut);
    expect(text).toContain(nearestModel.id);
    expect(text).toContain('the limit lies inside the interval of the count');
  });

  it('refuses a window without room for code, in words', () => {
    const { status, stdout } = cli.run(
      ...['plan', folder, '-m', 'gpt-4', '--overhead-tokens', '8000', '--json'],
    );
    expect(status).toBe(0);
    const { plans } = JSON.parse(stdout) as { plans: readonly { refused?: string }[] };
    for (const { refused } of plans) expect(refused).toMatch(/leaves 0 tokens for code/);
  });

  it.each([
    [['--format', 'xml', '--tree'], 'request-0001.xml', ['<tree>', '<file path="src/header.ts">']],
    [
      ['--format', 'plain', '--line-numbers'],
      'request-0001.txt',
      ['===== src/header.ts =====', '2: export function parseHeader'],
    ],
  ])('writes requests with %s', (options, name, holds) => {
    const out = path.join(folder, `../out${options.join('')}`);
    cli.run('plan', folder, '-m', 'gpt-4o', '-s', 'full', '-o', out, ...options);
    const text = readFileSync(path.join(out, name), 'utf8');
    for (const each of holds) expect(text).toContain(each);
  });

  it('writes requests in your own form, and says what is wrong with one', () => {
    const template = path.join(folder, '../template.json');
    const out = path.join(folder, '../templated');
    writeFileSync(
      template,
      JSON.stringify({ file: 'F {path}\n{code}', prompt: '{files}{instruction}' }),
    );
    const run = () =>
      cli.run(...['plan', folder, '-m', 'gpt-4o', '-s', 'full', '-o', out, '--template', template]);
    expect(run().status).toBe(0);
    expect(readFileSync(path.join(out, 'request-0001.txt'), 'utf8')).toContain(
      'F src/header.ts\n/**',
    );
    writeFileSync(template, JSON.stringify({ file: '{path}', prompt: '{files}{instruction}' }));
    const wrong = run();
    expect(wrong.status).not.toBe(0);
    expect(wrong.stderr).toContain('{code} must stand in it once');
  });

  it('writes nothing when something looks like a secret, and never shows it', () => {
    const withSecret = tempTree({ 'a.js': `const k = "${secret}";\n` });
    const out = path.join(withSecret, '../secret-out');
    const { status, stdout, stderr } = cli.run(
      'plan',
      withSecret,
      '-m',
      'gpt-4o',
      '-s',
      'full',
      '-o',
      out,
    );
    expect(status).toBe(1);
    expect(stderr).toContain('a.js:1: looks like a github token');
    expect(stdout + stderr).not.toContain(secret);
    expect(existsSync(out)).toBe(false);
  });

  it('says what is wrong: no model, an unknown one, no such folder, --out without --strategy', () => {
    expect(cli.run('plan', folder).status).toBe(2);
    expect(cli.run('plan', folder, '-m', 'gpt-404').stderr).toContain('gpt-404');
    expect(cli.run('plan', '/no/such/folder', '-m', 'gpt-4o').stderr).toContain('/no/such/folder');
    expect(cli.run('plan', folder, '-m', 'gpt-4o', '-o', 'x').stderr).toContain('--strategy');
  });

  it('retrieves by embeddings too, of the server that is named; what was sent is not sent again', async () => {
    const server = await startEmbeddingServer();
    try {
      const key = 'test-key-0123456789abcdef';
      const at = ['--embeddings', `${server.address}/v1/embeddings`, '--embedding-model', 'words'];
      const args = ['plan', folder, '-m', 'gpt-4o', '-q', 'where is a header read', ...at];
      const run = () =>
        cli.runBeside([...args, '--measure', '--json'], { CONTEXT_BUDGET_EMBEDDING_KEY: key });
      const first = await run();
      expect(first.status).toBe(0);
      expect(first.stderr).toContain(`sending 3 pieces`);
      expect(first.stderr).toContain(`${server.address}/v1/embeddings`);
      expect(server.requests[0].authorization).toBe(`Bearer ${key}`);
      expect(first.stdout + first.stderr).not.toContain(key);
      const { plans, recall } = JSON.parse(first.stdout) as {
        readonly plans: readonly {
          readonly strategy: string;
          readonly plan: { notes: string[] };
        }[];
        readonly recall: { readonly embeddings: { readonly modelName: string } };
      };
      const rag = plans.find(({ strategy }) => strategy === 'rag');
      expect(rag?.plan.notes.join()).toContain('the ranks fused');
      expect(recall.embeddings.modelName).toBe('words');
      expect((await run()).stderr).toBe('');

      const wrong = await cli.runBeside([...args.slice(0, -1), 'missing']);
      expect(wrong.status).not.toBe(0);
      expect(wrong.stderr).toContain('has no model "missing"');
      const withSecret = tempTree({ 'a.js': `const k = "${secret}";\n` });
      const asked = server.requests.length;
      const refused = await cli.runBeside(['plan', withSecret, ...args.slice(2)]);
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain('nothing was sent to be embedded');
      expect(server.requests.length).toBe(asked);
    } finally {
      await server.close();
    }
  });

  it('says what is wrong with an address of embeddings before it reads anything', () => {
    const run = (...args: string[]) => cli.run('plan', folder, '-m', 'gpt-4o', ...args).stderr;
    expect(run('--embeddings', 'https://a.example/v1/embeddings')).toContain('--embedding-model');
    expect(run('--embeddings', 'https://a.example/x', '--embedding-model', 'm')).toContain(
      'must end in /v1/embeddings',
    );
    expect(
      run('--embeddings', 'http://a.example/v1/embeddings', '--embedding-model', 'm'),
    ).toContain('must be an https address');
  });
});
