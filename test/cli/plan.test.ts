import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempTree } from '../node/tempTree.ts';
import { buildCli, type BuiltCli } from './builtCli.ts';

let cli: BuiltCli;
let folder: string;
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
});
afterAll(() => {
  cli.dispose();
});

describe('context-budget plan', () => {
  it('prints every strategy with its calls, tokens and losses as JSON', () => {
    const { status, stdout, stderr } = cli.run(
      'plan',
      folder,
      '-m',
      'gpt-4o',
      '-q',
      'where is parseHeader',
      '--json',
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { plans } = JSON.parse(stdout) as {
      plans: {
        strategy: string;
        plan: { requests: unknown[]; coverage: number; losses: Record<string, number> };
      }[];
    };
    expect(plans.map((entry) => entry.strategy)).toEqual([
      'full',
      'slidingWindow',
      'rag',
      'mapReduce',
      'refine',
      'retrievalIntoWindow',
      'truncate',
      'summariseThenAsk',
    ]);
    expect(plans[0].plan.coverage).toBe(1);
    expect(plans[0].plan.losses).toMatchObject({ dependencies: 2, dependenciesTogether: 2 });
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
});
