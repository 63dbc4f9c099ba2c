import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { get_encoding } from 'tiktoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli } from './builtCli.ts';
import { tempTree } from '../node/tempTree.ts';
import { byteLevelJson, huggingFaceIds } from '../core/tokenizerFiles/miniTokenizers.ts';

const text = '# Größe\n\nconst a = 1; // 漢字\n';
let cli: BuiltCli;
let folder: string;

beforeAll(async () => {
  cli = await buildCli();
  folder = tempTree({
    'src/a.ts': text,
    'src/with,comma "x".ts': 'x',
    'esc\x1b[31m|`.md': 'y',
    'yarn.lock': 'lock',
  });
});
afterAll(() => {
  cli.dispose();
});

function run(...args: string[]) {
  return cli.run(...args);
}

interface Report {
  readonly files: readonly {
    readonly path: string;
    readonly counts: readonly { readonly lowTokens: number; readonly highTokens: number }[];
  }[];
  readonly leftOut: unknown;
}

describe('context-budget analyze', () => {
  it('prints JSON with every file, its counts, their encoding, exactness and interval', () => {
    const models = ['--model', 'openai/gpt-4', '--model', 'anthropic/claude-opus-5-5'];
    const { status, stdout, stderr } = run('analyze', folder, '--json', ...models);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as Report;
    const tokensOf = (name: 'o200k_base' | 'cl100k_base') =>
      get_encoding(name).encode(text, [], []).length;
    const [o200k, cl100k] = [tokensOf('o200k_base'), tokensOf('cl100k_base')];
    expect(report).toMatchObject({ schemaVersion: 1, folder, encoding: 'o200k_base' });
    expect(report.leftOut).toEqual([
      { path: 'yarn.lock', bytes: 4, fileCount: 1, reason: 'lockFile' },
    ]);
    const counts = report.files.find((file) => file.path === 'src/a.ts')?.counts ?? [];
    expect(counts).toMatchObject([
      { encoding: 'o200k_base', exact: true, tokens: o200k, lowTokens: o200k, highTokens: o200k },
      { encoding: 'cl100k_base', exact: true, tokens: cl100k },
      { encoding: 'cl100k_base', model: 'openai/gpt-4', exact: true, tokens: cl100k },
      { encoding: 'o200k_base', model: 'anthropic/claude-opus-5-5', exact: false },
    ]);
    expect(counts[3].lowTokens).toBeLessThan(counts[3].highTokens);
  });

  it('prints tables for people, and no control character of a file name', () => {
    const { status, stdout } = run('analyze', folder);
    expect(status).toBe(0);
    for (const part of ['Heaviest folders', 'src/a.ts', 'What it fits', 'Left out', 'lock files']) {
      expect(stdout).toContain(part);
    }
    expect(stdout).not.toContain('\x1b');
  });

  it('prints Markdown in which no file name is markup', () => {
    const { stdout } = run('analyze', folder, '--markdown');
    expect(stdout).toContain('## What it fits');
    expect(stdout).toContain('\\|\\`.md');
    expect(stdout).not.toContain('\x1b');
  });

  it('prints CSV with quoted fields', () => {
    const lines = run('analyze', folder, '--csv').stdout.split('\r\n');
    expect(lines[0]).toBe('path,kind,bytes,lines,model,encoding,exact,tokens,lowTokens,highTokens');
    expect(lines).toContain('"src/with,comma ""x"".ts",code,1,1,,o200k_base,true,1,1,1');
  });

  it('exits with 1 over the budget only when asked to fail', () => {
    expect(run('analyze', folder, '--budget', '3').status).toBe(0);
    expect(run('analyze', folder, '--budget', '3', '--fail-over').status).toBe(1);
    expect(run('analyze', folder, '--budget', '1_000', '--fail-over').status).toBe(0);
  });

  it('counts a model exactly with a tokenizer.json, and anew when the file is another', () => {
    const json = byteLevelJson();
    const tokenizer = path.join(
      tempTree({ 'tokenizer.json': JSON.stringify(json) }),
      'tokenizer.json',
    );
    const expected = huggingFaceIds(json)(text).length;
    const args = ['--model', 'meta/llama-3.1-8b-instruct', '--tokenizer', tokenizer, '--json'];
    const countsOf = (stdout: string) =>
      (JSON.parse(stdout) as Report).files.find((file) => file.path === 'src/a.ts')?.counts;
    const first = run('analyze', folder, ...args);
    expect(first.stderr).toBe('');
    const [total, , model] = countsOf(first.stdout) ?? [];
    expect(total).toMatchObject({ exact: true, tokens: expected });
    expect(model).toMatchObject({
      model: 'meta/llama-3.1-8b-instruct',
      exact: true,
      tokens: expected,
      basis: expect.stringMatching(
        /^counted with .*tokenizer\.json \(sha256 [0-9a-f]{8}\)$/,
      ) as string,
    });
    const bytesOnly = { ...json, model: { ...json.model, merges: [] } };
    writeFileSync(tokenizer, JSON.stringify(bytesOnly));
    expect(countsOf(run('analyze', folder, ...args).stdout)?.[0]).toMatchObject({
      tokens: Buffer.byteLength(text),
    });
  });

  it.each([
    [['analyze', '/nowhere/at/all'], 'There is no folder /nowhere/at/all'],
    [['analyze', import.meta.filename], 'is no folder'],
    [['analyze'], 'missing required argument'],
    [['analyze', '.', '--nonsense'], 'unknown option'],
    [['analyze', '.', '--budget', 'many'], 'whole number of tokens'],
    [['analyze', '.', '--fail-over'], '--fail-over needs'],
    [['analyze', '.', '--json', '--csv'], 'Choose one'],
    [['analyze', '.', '--model', 'openai/gtp-4'], 'No model "openai/gtp-4"'],
    [['analyze', 'src/cli', '--encoding', 'nonsense'], 'nonsense'],
    [['analyze', '.', '--tokenizer', '/nowhere/t.json'], 'no such file'],
    [['analyze', '.', '--tokenizer', 'src'], 'is no file'],
    [
      ['analyze', 'src/cli', '--tokenizer', 'package.json', '--no-cache'],
      'Its "model" is not there',
    ],
    [
      ['analyze', '.', '--tokenizer', 'a', '-m', 'openai/gpt-4', '-m', 'openai/gpt-5'],
      'one --model',
    ],
    [['analyze', '.', '--split', 'gpt2'], 'give the file with --tokenizer'],
    [['frobnicate'], 'unknown command'],
  ])('exits with 2 and says why: %j', (args, message) => {
    const { status, stdout, stderr } = run(...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
