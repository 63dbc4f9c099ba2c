import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerEstimate } from '../../src/cli/estimate.ts';
import { ggufBytes } from '../core/architectures/ggufBytes.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'estimate-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** What `context-budget estimate ...` prints. */
async function run(...args: string[]): Promise<string> {
  const program = new Command().exitOverride();
  registerEstimate(program);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await program.parseAsync(['estimate', ...args], { from: 'user' });
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

async function runJson(...args: string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await run(...args, '--json')) as Record<string, unknown>;
}

describe('context-budget estimate', () => {
  it('prints plain numbers in named units', async () => {
    const printed = await runJson('--model', 'llama-3.1-8b', '--tokens', '8192', '--gpu', 'h100');
    expect(printed).toMatchObject({
      kvCacheBytes: 2 ** 30,
      gpus: 1,
      fitsInMemory: true,
      verdict: { verdict: 'fits' },
    });
    expect(printed['prefillSeconds']).toBeGreaterThan(0.13);
    expect(printed['prefillSecondsLow']).toBeLessThan(Number(printed['prefillSeconds']));
    expect(printed['decodeSecondsPerToken']).toBeGreaterThan(0.005);
    expect(printed['explained']).toBeUndefined();
  });

  it('chooses as few GPUs as hold the model', async () => {
    const printed = await runJson(
      '--model',
      'llama-3.1-70b',
      '--tokens',
      '131072',
      '--gpu',
      'h100',
    );
    expect(printed).toMatchObject({ gpus: 4, tensorParallel: 4, fitsInMemory: true });
  });

  it('explains every number with its formula, sources and assumptions', async () => {
    const text = await run(
      ...['--model', 'mistral-7b-v0.1', '--tokens', '20000', '--gpu', 'h100', '--explain'],
    );
    expect(text).toMatch(/4096 tokens x 8 kv heads x \(128 \+ 128\) x 2 B/);
    expect(text).toMatch(/fitting is not seeing/);
    expect(text).toMatch(/input memory bandwidth 3350000000000 B\/s: .*2026-11-22/);
    expect(text).toMatch(/assumed: no speculative decoding/);
  });

  it('says unknown where the data does', async () => {
    const printed = await runJson('--model', 'deepseek-v4-flash', '--tokens', '1000');
    expect(printed['kvCacheBytes']).toBeNull();
    expect(printed['kvCacheBytesUnknownBecause']).toMatch(/verified/);
  });

  it('reads a config.json, and only the header of a GGUF of any size', async () => {
    const config = path.join(folder, 'config.json');
    const shape = { hidden_size: 4096, num_attention_heads: 32, num_hidden_layers: 32 };
    await writeFile(config, JSON.stringify({ ...shape, num_key_value_heads: 8 }));
    expect(await runJson('--config', config, '--tokens', '1000')).toMatchObject({
      kvCacheBytes: 131_072_000,
    });
    const gguf = path.join(folder, 'model.gguf');
    await writeFile(
      gguf,
      ggufBytes({
        'general.architecture': 'llama',
        'llama.block_count': 32,
        'llama.embedding_length': 4096,
        'llama.attention.head_count': 32,
        'llama.attention.head_count_kv': 8,
        'tokenizer.ggml.tokens': Array.from({ length: 20_000 }, (_, index) => `token${index}`),
      }),
    );
    // 40 GB of tensors that nobody reads.
    await truncate(gguf, 40e9);
    expect(await runJson('--config', gguf, '--tokens', '1000')).toMatchObject({
      kvCacheBytes: 131_072_000,
    });
  });

  it('names the field and value of bad input', async () => {
    const model = ['--model', 'llama-3.1-8b'];
    await expect(run(...model, '--tokens', '-5')).rejects.toThrow(/tokens is -5/);
    await expect(run(...model, '--tokens', 'many')).rejects.toThrow(/tokens is "many"/);
    await expect(run(...model, '--tokens', '5', '--gpu', 'x1')).rejects.toThrow(/gpu is "x1"/);
    await expect(run('--tokens', '5')).rejects.toThrow(/model is missing/);
    await expect(run('--model', 'nope', '--tokens', '5')).rejects.toThrow(/model is "nope"/);
    await expect(run('--config', folder, '--tokens', '5')).rejects.toThrow(/config is .*a file/);
    await expect(run(...model, '--tokens', '5', '--kv-dtype', 'fp3')).rejects.toThrow(/kvDtype/);
    await expect(run(...model, '--tokens', '5', '--gpu', 'h100', '--count', '3')).rejects.toThrow(
      /tensorParallel is 3/,
    );
    const cut = path.join(folder, 'cut.gguf');
    await writeFile(cut, ggufBytes({ 'general.architecture': 'llama' }).subarray(0, 40));
    await expect(run('--config', cut, '--tokens', '5')).rejects.toThrow(/header is cut off/);
  });
});
