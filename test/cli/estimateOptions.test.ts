import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerCard } from '../../src/cli/card.ts';
import { registerEstimate } from '../../src/cli/estimate.ts';
import { registerModels } from '../../src/cli/models.ts';
import { hardware } from '../../src/core/hardware/hardware.ts';

let folder: string;
let server: Server;
let address: string;
const asked: string[] = [];

const modelInfo = {
  'general.architecture': 'qwen3',
  'qwen3.block_count': 36,
  'qwen3.context_length': 40_960,
  'qwen3.embedding_length': 4096,
  'qwen3.feed_forward_length': 12_288,
  'qwen3.vocab_size': 151_936,
  'qwen3.attention.head_count': 32,
  'qwen3.attention.head_count_kv': 8,
  'qwen3.attention.key_length': 128,
  'qwen3.attention.value_length': 128,
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'estimate-'));
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const send = (body: unknown) => response.end(JSON.stringify(body));
    const ollama = request.url?.startsWith('/ollama/') === true;
    if (request.url?.endsWith('/v1/models') === true) {
      const id = ollama ? 'qwen3:8b' : 'meta-llama/Meta-Llama-3.1-8B';
      return send({
        data: [{ id, ...(ollama ? {} : { max_model_len: 16_384 }) }, { id: 'mystery' }],
      });
    }
    if (ollama && request.url === '/ollama/api/show') return send({ model_info: modelInfo });
    return response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

/** What `context-budget <args>` prints. */
async function run(...args: string[]): Promise<string> {
  const program = new Command().exitOverride();
  for (const register of [registerEstimate, registerCard, registerModels]) register(program);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await program.parseAsync(args, { from: 'user' });
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

type Printed = Readonly<Record<string, unknown>>;

async function estimate(...args: string[]): Promise<Printed> {
  return JSON.parse(await run('estimate', ...args, '--json')) as Printed;
}

const llama = ['--model', 'llama-3.1-8b', '--tokens', '20000'];

describe('context-budget estimate', () => {
  it('says of a hosted model whether it fits and what it costs, and that its latency is unknown', async () => {
    const printed = await estimate(
      '--model',
      'claude-haiku-4-5',
      '--tokens',
      '150000',
      '--output',
      '1000',
    );
    expect(printed).toMatchObject({
      hosted: { verdict: 'fits', limitTokens: 199_000 },
      prefillSeconds: null,
    });
    expect(printed['callUsd']).toBeCloseTo(0.15 + 0.005, 12);
    expect(printed['batchCallUsd']).toBeCloseTo(0.0775, 12);
    expect(printed['prefillSecondsUnknownBecause']).toMatch(/not arithmetic/);
    const over = await estimate('--model', 'claude-haiku-4-5', '--tokens', '250000');
    expect(over['hosted']).toMatchObject({ verdict: 'doesNotFit', marginTokens: -50_000 });
  });

  it('multiplies by calls, and tells when a cached prefix pays', async () => {
    const printed = await estimate(
      ...['--model', 'claude-haiku-4-5', '--tokens', '100000', '--cached-prefix', '90000'],
      ...['--calls-per-day', '10', '--cache-hit-rate', '0.9'],
    );
    expect(printed['callUsd']).toBeCloseTo(0.01 + 0.009, 12);
    expect(printed['dayUsd']).toBeCloseTo(0.19, 12);
    expect(printed['monthUsd']).toBeCloseTo(0.19 * 30.4375, 12);
    const prefix = printed['cachedPrefix'] as Record<string, number>;
    expect(prefix['uncachedUsd']).toBeCloseTo(0.1, 12);
    expect(prefix['writeUsd']).toBeCloseTo(0.01 + 0.1125, 12);
    expect(prefix['readUsd']).toBeCloseTo(0.01 + 0.009, 12);
    expect(prefix['breakEvenRequests']).toBe(2);
  });

  it('works out a conversation: tokens, cost, first token with and without the cache, when it is full', async () => {
    const printed = await estimate(
      ...['--model', 'llama-3.1-8b', '--tokens', '60000', '--output', '1000', '--gpu', 'h100'],
      ...['--turns', '10', '--turn-prompt', '9000'],
    );
    const talk = printed['conversation'] as { turns: Record<string, number>[] } & Record<
      string,
      number
    >;
    expect(talk.turns.map((turn) => turn['inputTokens'])).toEqual(
      Array.from({ length: 10 }, (_, i) => 69_000 + i * 10_000),
    );
    for (const [index, turn] of talk.turns.entries()) {
      if (index === 0) expect(turn['cachedPrefillSeconds']).toBe(turn['prefillSeconds']);
      else expect(turn['cachedPrefillSeconds']).toBeLessThan(turn['prefillSeconds'] / 3);
    }
    expect(talk['windowFullAtTurn']).toBe(8);
    expect(talk['memoryFullAtTurn']).toBeNull();
    const small = await estimate(
      ...['--model', 'llama-3.1-8b', '--tokens', '30000', '--gpu', 'rtx-4090', '--turns', '9'],
      ...['--turn-prompt', '5000'],
    );
    expect((small['conversation'] as Record<string, number>)['memoryFullAtTurn']).toBeGreaterThan(
      1,
    );
  });

  it('compares GPUs of one’s own with hosted calls', async () => {
    const printed = await estimate(
      ...['--model', 'llama-3.1-8b', '--tokens', '8192', '--output', '256', '--gpu', 'h100'],
      ...['--gpu-hour-usd', '3', '--utilization', '0.4', '--users', '8'],
      ...['--priced-as', 'claude-haiku-4-5'],
    );
    const own = printed['selfHosting'] as Record<string, number> & {
      crossing: Record<string, number>;
    };
    expect(own['dayUsd']).toBe(72);
    expect(own['callsPerDay']).toBeCloseTo(own['callsPerBusyHour'] * 24 * 0.4, 6);
    expect(own['callUsd']).toBeCloseTo(72 / own['callsPerDay'], 12);
    expect(own.crossing['callsPerDay']).toBeCloseTo(72 / Number(printed['callUsd']), 6);
  });

  it('stacks techniques on the chosen cards', async () => {
    const printed = await estimate(
      ...['--model', 'llama-3.1-70b', '--tokens', '1000', '--gpu', 'h100', '--dtype', 'fp8'],
      ...['--stack', 'gqa,flash,fp8,tp=8'],
    );
    const stack = printed['stack'] as { technique: string; longestContextTokens: number }[];
    expect(stack.map(({ technique }) => technique)).toEqual([
      ...['none', 'sharedKvHeads', 'flashAttention', 'fp8Cache', 'tensorParallel'],
    ]);
    const tokens = stack.map(({ longestContextTokens }) => longestContextTokens);
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
  });

  it('takes a model that is typed in, the same as the one it describes', async () => {
    const typed = await estimate(
      ...[
        '--shape',
        'layers=32,heads=32,kv-heads=8,head-dim=128,hidden=4096,ffn=14336,vocab=128256',
      ],
      ...['--tokens', '20000', '--gpu', 'h100'],
    );
    const known = await estimate(...llama, '--gpu', 'h100');
    for (const name of [
      'kvCacheBytes',
      'memoryBytesPerGpu',
      'prefillSeconds',
      'decodeSecondsPerToken',
    ]) {
      expect(typed[name], name).toBe(known[name]);
    }
  });

  it('reads the shape from a running Ollama, and the window of an OpenAI-compatible server', async () => {
    const ollama = await estimate(
      '--server',
      `${address}/ollama`,
      '--served',
      'qwen3:8b',
      '--tokens',
      '1000',
    );
    expect(ollama['kvCacheBytes']).toBe(1000 * 2 * 36 * 8 * 128 * 2);
    const other = await estimate(
      ...['--server', address, '--served', 'meta-llama/Meta-Llama-3.1-8B', '--tokens', '1000'],
    );
    expect(other).toMatchObject({ kvCacheBytes: 131_072_000, servedContextWindowTokens: 16_384 });
    await expect(run('estimate', '--server', address, '--tokens', '1')).rejects.toThrow(
      /served is missing: .*Meta-Llama-3.1-8B, mystery/,
    );
    await expect(
      run('estimate', '--server', address, '--served', 'mystery', '--tokens', '1'),
    ).rejects.toThrow(/served is "mystery".*the server tells none/);
    expect(asked).toContain('POST /ollama/api/show');
  });

  it('takes models and prices of one’s own from files', async () => {
    const own = path.join(folder, 'own.json');
    const prices = { inputUsdPerMillionTokens: 7, outputUsdPerMillionTokens: 8 };
    await writeFile(own, JSON.stringify([{ id: 'me/mine', contextWindowTokens: 9000, prices }]));
    const mine = await estimate('--models', own, '--model', 'me/mine', '--tokens', '1000');
    expect(mine).toMatchObject({ hosted: { verdict: 'fits', limitTokens: 9000 } });
    expect(mine['callUsd']).toBeCloseTo(0.007, 12);
    const list = path.join(folder, 'prices.json');
    const rule = {
      match: { equals: 'claude-haiku-4-5' },
      prices: { input_mtok: 2, output_mtok: 3 },
    };
    await writeFile(list, JSON.stringify([{ id: 'anthropic', models: [{ id: 'x', ...rule }] }]));
    const dearer = await estimate(
      '--prices',
      list,
      '--model',
      'claude-haiku-4-5',
      '--tokens',
      '1000',
    );
    expect(dearer['callUsd']).toBeCloseTo(0.002, 12);
    const text = await run(
      'estimate',
      '--prices',
      list,
      '--model',
      'claude-haiku-4-5',
      '--tokens',
      '9',
    );
    expect(text).toMatch(/genai-prices.* says otherwise: 1 in, 5 out/);
  });

  it('counts scores without flash attention, and all logits', async () => {
    const bytes = async (...more: string[]) =>
      Number(
        (await estimate(...llama, '--gpu', 'h100', '--count', '1', ...more))['memoryBytesPerGpu'],
      );
    const [usual, scores, logits] = [
      await bytes(),
      await bytes('--no-flash', '--chunk', '20000'),
      await bytes('--all-logits'),
    ];
    expect(scores - usual).toBeGreaterThan(32 * 20_000 ** 2 * 2);
    expect(logits - usual).toBe(128_256 * (20_000 * 6 - 4));
  });
});

describe('context-budget card and models', () => {
  it('print what is known of a model with its sources', async () => {
    const card = await run('card', 'claude-sonnet-4-5', '--tokens', '1000');
    expect(card).toMatch(/# Claude Sonnet 4.5/i);
    expect(card).toMatch(/\| others say \|.*genai-prices|others say/);
    expect(card).toMatch(/whole request above 200,000 \| 6 \| 22.5/);
    expect(card).toMatch(/No published measurement|RULER|NoLiMa/);
    const shape = await run('card', 'mistral-7b-v0.1');
    expect(shape).toMatch(/131,041 tokens through all windows = 32 x \(4,096 - 1\) \+ 1/);
    expect(shape).toContain(
      '- Sliding window attention: all 32 layers, window of 4,096 tokens (command “Context Budget: Demo: Sliding window attention”)',
    );
    await expect(run('card', 'nope')).rejects.toThrow(/model is "nope"/);
  });

  it('list the catalogue by a part of a name, and a server’s models', async () => {
    const rows = JSON.parse(await run('models', 'haiku', '--json')) as { id: string }[];
    expect(rows.map(({ id }) => id)).toContain('anthropic/claude-haiku-4-5');
    expect(rows.every(({ id }) => id.includes('haiku'))).toBe(true);
    expect(await run('models', '--server', address)).toMatch(
      /Meta-Llama-3.1-8B {2}16.4K window\nmystery +unknown window\n$/,
    );
  });
});

/** Option, bad values, and what the error must name. */
const bad: readonly (readonly [string, string, RegExp])[] = [
  ['--tokens', '-5', /tokens is -5/],
  ['--tokens', '1.5', /tokens is 1.5/],
  ['--tokens', 'many', /tokens is "many"/],
  ['--tokens', '', /tokens is ""/],
  ['--tokens', '1e300', /tokens is 1e\+300/],
  ['--output', '-1', /output is -1/],
  ['--gpu', 'x1', /gpu is "x1".*h100-sxm/],
  ['--gpu', '', /gpu is ""/],
  ['--count', '0', /count is 0/],
  ['--count', '3', /tensorParallel is 3/],
  ['--stages', '-1', /stages is -1/],
  ['--ring', '0', /ring is 0/],
  ['--dtype', 'fp3', /dtype is "fp3"/],
  ['--kv-dtype', 'fp3', /kvDtype is "fp3"/],
  ['--policy', 'none', /policy is "none"/],
  ['--engine', 'none', /engine is "none"/],
  ['--chunk', '0', /chunk is 0/],
  ['--cached-prefix', '20000', /cached-prefix is 20000.*less than the 20000/],
  ['--cached-prefix', '-1', /cached-prefix is -1/],
  ['--users', '0', /users is 0/],
  ['--stretch', 'yarn', /stretch is "yarn"/],
  ['--stretch', 'yarn:0.5', /stretch is "yarn:0.5"/],
  ['--stack', 'gqa,magic', /stack is "magic"/],
  ['--stack', 'tp=0', /stack tp is 0/],
  ['--turns', '0', /turns is 0/],
  ['--turns', '100000', /turns is 100000/],
  ['--calls-per-day', '-1', /calls-per-day is "-1"/],
  ['--gpu-hour-usd', '-1', /gpu-hour-usd is "-1"/],
  ['--utilization', '0', /utilization is "0"/],
  ['--utilization', '1.1', /utilization is "1.1"/],
  ['--shape', 'layers=32', /shape heads is missing|left out/],
  ['--models', '/nowhere/at/all.json', /models is "\/nowhere/],
  ['--prices', '/nowhere/at/all.json', /prices is "\/nowhere/],
  ['--priced-as', 'nope-nope', /nope-nope/],
];

describe('bad input', () => {
  it.each(bad)('%s %s is named with its value', async (option, value, error) => {
    const args = [...llama, '--gpu', 'h100', '--turn-prompt', '200'];
    await expect(run('estimate', ...args, `${option}=${value}`)).rejects.toThrow(error);
  });

  it.each([
    ['kv heads that do not divide', { num_key_value_heads: 5 }, /num_key_value_heads is 5/],
    [
      'heads that do not divide the width',
      { hidden_size: 100, num_attention_heads: 7 },
      /num_attention_heads is 7/,
    ],
    [
      'more experts a token than there are',
      { num_local_experts: 4, num_experts_per_tok: 8 },
      /num_experts_per_tok is 8/,
    ],
    [
      'layer kinds of another number of layers',
      { layer_types: ['full_attention'] },
      /layer_types is a list of 1/,
    ],
    [
      'windowed layers without a window',
      { layer_types: Array<string>(32).fill('sliding_attention') },
      /sliding_window is missing/,
    ],
    ['a negative width', { hidden_size: -4096 }, /hidden_size is -4096/],
    ['a text for a number', { hidden_size: '4096' }, /hidden_size is "4096"/],
    ['no layers', { num_hidden_layers: null }, /num_hidden_layers is missing/],
  ])('a config with %s is named', async (name, change, error) => {
    const file = path.join(folder, `${name.replaceAll(' ', '-')}.json`);
    const config = {
      hidden_size: 4096,
      num_attention_heads: 32,
      num_hidden_layers: 32,
      intermediate_size: 1000,
    };
    await writeFile(file, JSON.stringify({ ...config, ...change }));
    await expect(run('estimate', '--config', file, '--tokens', '5')).rejects.toThrow(error);
  });

  it('of any kind ends in an error that names a field, or in numbers that can be', async () => {
    const number = fc.oneof(
      fc.integer({ min: -10, max: 2_000_000 }).map(String),
      fc.constantFrom('NaN', 'Infinity', '1e9', '0x10', ' ', 'ten', '-0', '3.7'),
    );
    const options = fc.record(
      {
        tokens: number,
        output: number,
        users: number,
        count: number,
        chunk: number,
        'cached-prefix': number,
        gpu: fc.oneof(
          fc.constantFrom(...hardware.map(({ id }) => id)),
          fc.string({ maxLength: 5 }),
        ),
      },
      { requiredKeys: ['tokens'] },
    );
    await fc.assert(
      fc.asyncProperty(
        options,
        fc.constantFrom('llama-3.1-8b', 'deepseek-v3', 'mamba2-2.7b'),
        async (typed, id) => {
          const args = Object.entries(typed).map(([name, value]) => `--${name}=${value}`);
          let printed: Printed;
          try {
            printed = await estimate('--model', id, ...args);
          } catch (error) {
            expect((error as Error).message).toMatch(/ is .*: it must be |must be/);
            return;
          }
          for (const name of [
            'kvCacheBytes',
            'memoryBytesPerGpu',
            'prefillSeconds',
            'decodeSecondsPerToken',
          ]) {
            const value = printed[name];
            if (value === null || value === undefined) continue;
            expect(value, `${name} of ${args.join(' ')}`).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 80 },
    );
  });
});
