// Secrets planted in a tree, and where nothing of them may be found; names that lead elsewhere; what leaves the machine.
import { lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { plainFileName } from '../../src/core/format/fileNames.ts';
import { requestFileName } from '../../src/core/plans/manifest.ts';
import { ownModelId } from '../../src/core/catalog/ownModels.ts';
import { buildCli, type BuiltCli } from '../cli/builtCli.ts';
import { tempTree } from '../node/tempTree.ts';
import { attack, isFull, often, recorder } from './attack.ts';
import { Randomly, strangeValue } from './mutations.ts';
import { plantedTree, tracesIn } from './plantedSecrets.ts';

let cli: BuiltCli;
let root: string;

beforeAll(async () => {
  process.env['NODE_OPTIONS'] = `--import ${recorder}`;
  cli = await buildCli();
  root = tempTree(plantedTree);
});
afterAll(() => {
  delete process.env['NODE_OPTIONS'];
  cli.dispose();
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
}

describe('secrets in a tree', () => {
  it('are in no output, no error, no export and no cache', () =>
    attack('privacy', 'planted secrets in output, errors, exports, caches', async (tally) => {
      const out = path.join(tempTree(), 'out');
      const runs: Record<string, readonly [status: number, args: readonly string[]]> = {
        text: [0, ['analyze', root]],
        json: [0, ['analyze', root, '--json']],
        markdown: [0, ['analyze', root, '--markdown']],
        csv: [0, ['analyze', root, '--csv']],
        plans: [0, ['plan', root, '-m', 'gpt-4o', '-q', 'where is the token']],
        'plans as JSON': [0, ['plan', root, '-m', 'gpt-4o', '--json', '--measure']],
        'plans again, from what was kept': [0, ['plan', root, '-m', 'gpt-4o']],
        export: [1, ['plan', root, '-m', 'gpt-4o', '-s', 'full', '-o', out]],
        'a config that is none': [
          2,
          ['estimate', '--config', path.join(root, '.env'), '--tokens', '5'],
        ],
        'a config that is broken': [
          2,
          ['estimate', '--config', path.join(root, 'bad.json'), '--tokens', '5'],
        ],
        'prices that are none': [2, ['models', '--prices', path.join(root, '.npmrc')]],
        'models that are broken': [2, ['models', '--models', path.join(root, 'bad.json')]],
        'a tokenizer that is none': [
          2,
          ['analyze', root, '--tokenizer', path.join(root, '.env'), '--split', 'gpt2'],
        ],
        'a template that is none': [
          2,
          ['plan', root, '-m', 'gpt-4o', '--template', path.join(root, 'bad.json')],
        ],
      };
      const sampled = ['export', 'a config that is none'];
      for (const [what, [expected, args]] of Object.entries(runs)) {
        if (!isFull && !sampled.includes(what)) continue;
        const result = await tally.try(what, () => cli.run(...args));
        if (result === undefined) continue;
        tally.equal(result.status, expected, `${what}: exit code, ${result.stderr.slice(0, 300)}`);
        tally.equal(tracesIn(result.stdout + result.stderr), [], `${what}: secrets printed`);
      }
      const kept = filesBelow(cli.cacheFolder);
      tally.check(
        kept.some((file) => file.endsWith('.index')),
        'an index was kept',
      );
      tally.check(
        kept.some((file) => file.endsWith('.counts')),
        'counts were kept',
      );
      for (const file of kept)
        tally.equal(tracesIn(readFileSync(file)).join(), '', `secrets in ${file}`);
      tally.check(
        kept.some((file) => readFileSync(file).includes('src/parse.ts')),
        'the other files are kept',
      );
    }));
});

describe('names that lead elsewhere', () => {
  it('become one segment in every name that is made of them', () =>
    attack('privacy', 'names with ../ in exports, imports and saved pictures', (tally) => {
      const random = new Randomly(40);
      tally.note(`seed ${random.seed}`);
      const parts = [
        '..',
        '.',
        '/',
        '\\',
        '\0',
        'C:',
        '~',
        '%2e%2e%2f',
        '\u202e',
        'name',
        '.svg',
        ' ',
        '\n',
        'con',
        ':',
      ];
      for (let i = 0; i < often(500, 20_000); i++) {
        tally.tried++;
        const asked =
          random.below(30) === 0
            ? `${JSON.stringify(strangeValue(random))}`
            : Array.from({ length: random.below(9) }, () => random.of(parts)).join('');
        for (const name of [plainFileName(asked), ownModelId(asked).slice('local/'.length)]) {
          const joined = path.posix.join('/folder', name);
          tally.check(
            joined === `/folder/${name}` && !name.includes('\\') && !name.includes('\0'),
            `${JSON.stringify(asked)} became ${JSON.stringify(name)}`,
          );
        }
      }
      for (const format of ['markdown', 'xml', 'plain'] as const) {
        const name = requestFileName(3, { format, lineNumbers: false });
        tally.check(/^request-0004\.(?:md|xml|txt)$/.test(name), name);
      }
    }));

  it.runIf(process.platform !== 'win32')(
    'as links in the folder of an export are replaced, not followed',
    () =>
      attack('privacy', 'links in the folder of an export', async (tally) => {
        const safe = tempTree({ 'a.ts': 'const a = 1;\n' });
        const outside = tempTree({ target: 'as it was' });
        const out = tempTree();
        symlinkSync(path.join(outside, 'target'), path.join(out, 'request-0001.md'));
        symlinkSync(path.join(outside, 'target'), path.join(out, 'manifest.json'));
        const result = await tally.try('plan', () =>
          cli.run('plan', safe, '-m', 'gpt-4o', '-s', 'full', '-o', out),
        );
        tally.equal(result?.status, 0, `exit code, ${result?.stderr}`);
        tally.equal(
          readFileSync(path.join(outside, 'target'), 'utf8'),
          'as it was',
          'the file outside',
        );
        tally.equal(readdirSync(outside), ['target'], 'files outside');
        for (const name of ['request-0001.md', 'manifest.json']) {
          tally.check(lstatSync(path.join(out, name)).isFile(), `${name} is a file of its own`);
        }
      }),
  );
});
