// Secrets planted in a tree, and where nothing of them may be found; names that lead elsewhere; what leaves the machine.
import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainFileName } from '../../src/core/format/fileNames.ts';
import { requestFileName } from '../../src/core/plans/manifest.ts';
import { ownModelId } from '../../src/core/catalog/ownModels.ts';
import { buildCli, type BuiltCli } from '../cli/builtCli.ts';
import { tempTree } from '../node/tempTree.ts';
import { attack, isFull, often, recordedEnv, recorder } from './attack.ts';
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
      const sampled = [
        'plans as JSON',
        'export',
        'a config that is none',
        'a tokenizer that is none',
      ];
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

describe('the recorder of connections', () => {
  it('sees every kind of them, in processes and their threads', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const log = path.join(tempTree(), 'log');
    // fetch refuses port 9. 192.0.2.0/24 is for documentation (RFC 5737), and .invalid is no domain (RFC 2606): nothing answers there.
    const calls = `
      const quiet = () => {};
      require('node:net').connect(9, '192.0.2.1').on('error', quiet).destroy();
      require('node:tls').connect({ port: 9, host: '192.0.2.2' }).on('error', quiet).destroy();
      require('node:http').get('http://192.0.2.3:9/').on('error', quiet).destroy();
      fetch('http://192.0.2.4:8080/', { signal: AbortSignal.timeout(2000) }).catch(quiet);
      require('node:dns').lookup('a.invalid', quiet);
      require('node:dgram').createSocket('udp4').on('error', quiet).send('x', 9, '192.0.2.5', quiet);
      require('node:net').connect(${port}, '127.0.0.1').on('error', quiet);
      require('node:net').createServer().listen(0, '127.0.0.1');
      setTimeout(() => {}, 2500);`;
    const files = tempTree({
      'thread.cjs': calls,
      'main.cjs': `new (require('node:worker_threads').Worker)(__dirname + '/thread.cjs');
        require('node:net').connect(9, '192.0.2.9').on('error', () => {}).destroy();
        setTimeout(() => process.exit(), 3000);`,
    });
    const { status, stderr } = spawnSync(process.execPath, [path.join(files, 'main.cjs')], {
      env: recordedEnv({ CONTEXT_BUDGET_NETWORK_LOG: log }),
    });
    expect([status, stderr.toString()]).toEqual([0, '']);
    await new Promise((resolve) => server.close(resolve));
    const entries = readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { what: string; host: string; port?: number });
    const isLocal = ({ what }: { what: string }) => what === 'local' || what === 'listening';
    const portsOf = (wanted: string) =>
      entries.filter(({ what }) => what === wanted).map((entry) => entry.port);
    expect(portsOf('local')).toEqual([port]);
    expect(portsOf('listening')).toEqual([expect.any(Number)]);
    const hosts = entries.filter((entry) => !isLocal(entry)).map(({ host }) => host);
    expect([...new Set(hosts)].sort()).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
      '192.0.2.4',
      '192.0.2.5',
      '192.0.2.9',
      'a.invalid',
    ]);
  });
});
