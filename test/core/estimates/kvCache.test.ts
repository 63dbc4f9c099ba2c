import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  Architecture,
  AttentionMixer,
  LayerGroup,
  TokenMixer,
} from '../../../src/core/architectures/architecture.ts';
import { architectureById, architectures } from '../../../src/core/architectures/architectures.ts';
import { policyNames } from '../../../src/core/estimates/cachePolicy.ts';
import { kvBytesPerElement, kvDtypes } from '../../../src/core/estimates/dtypes.ts';
import { kvCacheBytes, kvCacheBytesPerToken } from '../../../src/core/estimates/kvCache.ts';
import golden from '../../golden/kv_cache_bytes.json';

const gib = 2 ** 30;

function attention(
  kind: AttentionMixer['kind'],
  numKvHeads: number,
  headDim: number,
  spanTokens?: number,
): AttentionMixer {
  const widths = { keyHeadDim: headDim, valueHeadDim: headDim };
  return { kind, spanTokens, numHeads: numKvHeads, numKvHeads, ...widths, ownsKv: true };
}

function withMixers(id: string, mixers: readonly LayerGroup<TokenMixer>[]): Architecture {
  return { id, name: id, kind: 'decoder', attentionName: 'test', mixers, sources: [] };
}

/** The layers of a golden case, from the widths it was recorded with. */
function goldenArchitecture(model: string, shape: Record<string, number | string | undefined>) {
  const width = (name: string) => Number(shape[name] ?? 0);
  const state = (count: number, elements: number, channels: number) => ({
    count,
    layer: {
      kind: 'state' as const,
      name: model,
      stateElements: elements,
      stateBytesPerElement: 4,
      convChannels: channels,
      convKernel: width('convKernel'),
      parameters: 0,
    },
  });
  const mixers: LayerGroup<TokenMixer>[] = [];
  const sliding = width('slidingLayers');
  const linear = width('linearLayers');
  const mamba = shape['kvHeads'] === undefined ? width('layers') : width('mambaLayers');
  if (shape['kvHeads'] !== undefined) {
    const full = width('layers') - sliding - linear - mamba;
    mixers.push({ count: full, layer: attention('full', width('kvHeads'), width('headDim')) });
  }
  if (sliding > 0) {
    const layer = attention('sliding', width('kvHeads'), width('headDim'), width('slidingWindow'));
    mixers.push({ count: sliding, layer });
  }
  if (linear > 0) {
    const dim = width('linearHeadDim');
    const values = width('linearValueHeads') * dim;
    mixers.push(state(linear, values * dim, values + 2 * width('linearKeyHeads') * dim));
  }
  if (mamba > 0) {
    const inner = width('innerSize') || width('heads') * width('headDim');
    const channels = inner + 2 * width('groups') * width('stateSize');
    mixers.push(state(mamba, inner * width('stateSize'), channels));
  }
  return withMixers(model, mixers);
}

describe('the KV cache', () => {
  it.each(golden.cases.map((one) => [`${one.model} at ${one.n} tokens`, one] as const))(
    'has the bytes that Hugging Face allocates for %s',
    (_name, { model, n, bytes, shape }) => {
      const architecture = goldenArchitecture(model, { ...shape });
      const policy = 'huggingFace';
      expect(kvCacheBytes(architecture, { tokens: n, policy }).value).toBe(bytes);
    },
  );

  it('gives the same bytes from the architecture data as from the golden shapes', () => {
    const known = [
      ['Llama-3.1-8B', 'llama-3.1-8b'],
      ['Llama-3.1-70B', 'llama-3.1-70b'],
      ['Llama-2-7B', 'llama-2-7b'],
      ['Mistral-7B-v0.1', 'mistral-7b-v0.1'],
      ['Gemma-2-9B', 'gemma-2-9b'],
      ['Gemma-3-12B', 'gemma-3-12b'],
      ['gpt-oss-20b', 'gpt-oss-20b'],
      ['Qwen3-8B', 'qwen3-8b'],
      ['Qwen3-Next-80B-A3B', 'qwen3-next-80b-a3b'],
    ];
    for (const [model, id] of known) {
      for (const one of golden.cases.filter((each) => each.model === model)) {
        const options = { tokens: one.n, policy: 'huggingFace' as const };
        expect(kvCacheBytes(architectureById(id), options).value, id).toBe(one.bytes);
      }
    }
  });

  it('agrees with the totals published for Gemma 3 27B, DeepSeek V3, Kimi K2 and Qwen3', () => {
    const at = (id: string, tokens: number) =>
      (kvCacheBytes(architectureById(id), { tokens }).value ?? NaN) / gib;
    expect(at('gemma-3-27b', 131_072)).toBeCloseTo(10.406, 3);
    expect(at('deepseek-v3', 163_840)).toBeCloseTo(10.723, 3);
    expect(at('kimi-k2-instruct', 262_144)).toBeCloseTo(17.156, 3);
    const small = withMixers('qwen3-0.6b', [{ count: 28, layer: attention('full', 8, 128) }]);
    expect((kvCacheBytes(small, { tokens: 40_960 }).value ?? NaN) / gib).toBe(4.375);
    const moe = withMixers('qwen3-30b-a3b', [{ count: 48, layer: attention('full', 4, 128) }]);
    expect(kvCacheBytesPerToken(moe)).toBe(96 * 1024);
    expect(kvCacheBytesPerToken(architectureById('llama-3.1-8b'))).toBe(131_072);
    expect(kvCacheBytesPerToken(architectureById('llama-3.1-70b'))).toBe(327_680);
    expect(kvCacheBytesPerToken(architectureById('deepseek-v3'))).toBe(70_272);
  });

  it('follows the formulas of vLLM and llama.cpp for pages and windows', () => {
    const mistral = architectureById('mistral-7b-v0.1');
    const perToken = 32 * 8 * 256 * 2;
    const vllm = kvCacheBytes(mistral, { tokens: 100_000, policy: 'vllm' }).value;
    expect(vllm).toBe((Math.ceil((4095 + 2048) / 16) + 1) * 16 * perToken);
    const llamaCpp = kvCacheBytes(mistral, { tokens: 100_000, policy: 'llamaCpp' }).value;
    expect(llamaCpp).toBe((4096 + 512) * perToken);
    const llama = architectureById('llama-3.1-8b');
    expect(kvCacheBytes(llama, { tokens: 1001, policy: 'vllm' }).value).toBe(1008 * 131_072);
    expect(kvCacheBytes(llama, { tokens: 1001, policy: 'llamaCpp' }).value).toBe(1024 * 131_072);
  });

  it('keeps encoders, shared and cross-attention layers apart', () => {
    expect(kvCacheBytes(architectureById('bert-base-uncased'), { tokens: 512 }).value).toBe(0);
    const shared = { ...attention('full', 8, 64), ownsKv: false };
    const own = attention('full', 8, 64);
    const mixers = [
      { count: 20, layer: own },
      { count: 10, layer: shared },
      { count: 4, layer: attention('cross', 8, 64, 1500) },
    ];
    const tokens = 1000;
    const bytes = kvCacheBytes(withMixers('shared', mixers), { tokens }).value;
    expect(bytes).toBe((20 * 1000 + 4 * 1500) * 8 * 128 * 2);
  });

  it('splits kv heads over GPUs, copies them when there are more GPUs, and never splits a latent', () => {
    const llama = architectureById('llama-3.1-70b');
    const at = (tensorParallel: number) =>
      kvCacheBytes(llama, { tokens: 4096, tensorParallel }).value ?? NaN;
    expect(at(4)).toBe(at(1) / 4);
    expect(at(16)).toBe(at(8));
    const deepseek = architectureById('deepseek-v3');
    const split = kvCacheBytes(deepseek, { tokens: 4096, tensorParallel: 8 }).value;
    expect(split).toBe(kvCacheBytes(deepseek, { tokens: 4096 }).value);
    expect(() => at(3)).toThrow(/tensorParallel is 3/);
  });

  it('prices scales into every quantized dtype', () => {
    const bytes = Object.fromEntries(kvDtypes.map((one) => [one, kvBytesPerElement(one, 128)]));
    expect(bytes).toMatchObject({ bf16: 2, fp8: 1, int8PerTokenHead: 1.03125, int4: 0.5625 });
    expect(bytes).toMatchObject({ q8_0: 1.0625, q4_0: 0.5625, q5_1: 0.75 });
  });

  it('is unknown, not zero, where the layers are', () => {
    const cache = kvCacheBytes(architectureById('deepseek-v4-flash'), { tokens: 1000 });
    expect(cache.value).toBeUndefined();
    expect(cache.unknownBecause).toMatch(/not been verified/);
  });

  it('names the field and value of bad input', () => {
    const llama = architectureById('llama-3.1-8b');
    expect(() => kvCacheBytes(llama, { tokens: -1 })).toThrow(/tokens is -1/);
    expect(() => kvCacheBytes(llama, { tokens: 1.5 })).toThrow(/tokens is 1.5/);
    expect(() => kvCacheBytes(llama, { tokens: 1, sequences: 0 })).toThrow(/sequences is 0/);
    const odd = { ...attention('full', 5, 64), numHeads: 32 };
    const bad = withMixers('bad', [{ count: 1, layer: odd }]);
    expect(() => kvCacheBytes(bad, { tokens: 1 })).toThrow(/numKvHeads is 5/);
  });

  it('grows with tokens, equals the sum of its parts, and ideal is never more than an engine', () => {
    const known = architectures.filter((one) => one.mixers !== undefined);
    fc.assert(
      fc.property(
        fc.constantFrom(...known),
        fc.constantFrom(...policyNames),
        fc.integer({ min: 0, max: 3_000_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (architecture, policy, tokens, more) => {
          const cache = kvCacheBytes(architecture, { tokens, policy });
          const bytes = cache.value ?? NaN;
          const parts = (cache.parts ?? []).reduce((sum, part) => sum + (part.value ?? NaN), 0);
          expect(parts).toBe(bytes);
          const longer = kvCacheBytes(architecture, { tokens: tokens + more, policy }).value;
          expect(longer).toBeGreaterThanOrEqual(bytes);
          if (policy === 'vllm' || policy === 'llamaCpp') {
            expect(bytes).toBeGreaterThanOrEqual(
              kvCacheBytes(architecture, { tokens }).value ?? NaN,
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
