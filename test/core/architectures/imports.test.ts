import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { architectureById } from '../../../src/core/architectures/architectures.ts';
import { parseGgufHeader, GgufNeedsMoreBytes } from '../../../src/core/architectures/gguf.ts';
import { ggufArchitecture } from '../../../src/core/architectures/ggufArchitecture.ts';
import { parseHfConfig } from '../../../src/core/architectures/hfConfig.ts';
import { kvCacheBytes } from '../../../src/core/estimates/kvCache.ts';
import { ggufBytes } from './ggufBytes.ts';

const llama = {
  model_type: 'llama',
  hidden_size: 4096,
  intermediate_size: 14336,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  num_hidden_layers: 32,
  vocab_size: 128256,
  max_position_embeddings: 131072,
  rope_scaling: { rope_type: 'llama3', factor: 8, original_max_position_embeddings: 8192 },
};

const bytesAt = (config: object, tokens: number) =>
  kvCacheBytes(parseHfConfig(JSON.stringify(config)), { tokens }).value;

describe('a config.json', () => {
  it('gives the cache of the model in our data', () => {
    const data = kvCacheBytes(architectureById('llama-3.1-8b'), { tokens: 5000 }).value;
    expect(bytesAt(llama, 5000)).toBe(data);
  });

  it('reads windows, patterns, latents, experts and hybrids', () => {
    const gemma = {
      text_config: {
        model_type: 'gemma3_text',
        hidden_size: 5376,
        num_attention_heads: 32,
        num_key_value_heads: 16,
        head_dim: 128,
        num_hidden_layers: 62,
        sliding_window: 1024,
        intermediate_size: 21504,
      },
    };
    const expected = (id: string) => kvCacheBytes(architectureById(id), { tokens: 20_000 }).value;
    expect(bytesAt(gemma, 20_000)).toBe(expected('gemma-3-27b'));
    const deepseek = {
      hidden_size: 7168,
      num_attention_heads: 128,
      num_hidden_layers: 61,
      kv_lora_rank: 512,
      q_lora_rank: 1536,
      qk_rope_head_dim: 64,
      qk_nope_head_dim: 128,
      v_head_dim: 128,
    };
    expect(bytesAt(deepseek, 20_000)).toBe(expected('deepseek-v3'));
    const next = {
      hidden_size: 2048,
      num_attention_heads: 16,
      num_key_value_heads: 2,
      head_dim: 256,
      num_hidden_layers: 48,
      full_attention_interval: 4,
      linear_num_key_heads: 16,
      linear_num_value_heads: 32,
      linear_key_head_dim: 128,
      linear_value_head_dim: 128,
      linear_conv_kernel_dim: 4,
    };
    expect(bytesAt(next, 20_000)).toBe(expected('qwen3-next-80b-a3b'));
    const off = { ...llama, sliding_window: 4096, use_sliding_window: false };
    expect(bytesAt(off, 20_000)).toBe(bytesAt(llama, 20_000));
  });

  it('leaves unknown what has not been verified', () => {
    const special = parseHfConfig(JSON.stringify({ ...llama, model_type: 'deepseek_v4' }));
    expect(special.mixers).toBeUndefined();
  });

  it('names the field and value of what is wrong', () => {
    const parse = (config: object) => () => parseHfConfig(JSON.stringify(config));
    expect(() => parseHfConfig('not json')).toThrow(
      /config.json is "8 characters": it must be JSON \(Unexpected token/,
    );
    expect(() => parseHfConfig('[]')).toThrow(/a list of 0/);
    expect(parse({})).toThrow(/num_hidden_layers is missing/);
    expect(parse({ ...llama, num_key_value_heads: 5 })).toThrow(/num_key_value_heads is 5/);
    expect(parse({ ...llama, hidden_size: -1 })).toThrow(/hidden_size is -1/);
    expect(parse({ ...llama, num_attention_heads: 3, num_key_value_heads: 3 })).toThrow(
      /num_attention_heads is 3/,
    );
    expect(parse({ ...llama, layer_types: ['full_attention'] })).toThrow(/layer_types/);
  });
});

describe('a GGUF header', () => {
  const entries = {
    'general.architecture': 'llama',
    'general.name': 'Llama Größe 8B',
    'llama.block_count': 32,
    'llama.embedding_length': 4096,
    'llama.context_length': 131072,
    'llama.feed_forward_length': 14336,
    'llama.attention.head_count': 32,
    'llama.attention.head_count_kv': 8,
    'tokenizer.ggml.tokens': Array.from({ length: 500 }, (_, index) => `token${index}`),
  };

  it('gives the shape, and steps over the vocabulary', () => {
    const header = parseGgufHeader(ggufBytes(entries));
    const shape = ggufArchitecture(header);
    expect(shape.name).toBe('Llama Größe 8B');
    expect(shape.vocabSize).toBe(500);
    expect(header.metadata.has('tokenizer.ggml.tokens')).toBe(false);
    const data = kvCacheBytes(architectureById('llama-3.1-8b'), { tokens: 5000 }).value;
    expect(kvCacheBytes(shape, { tokens: 5000 }).value).toBe(data);
  });

  it('asks for more bytes wherever it is cut off', () => {
    const bytes = ggufBytes(entries);
    for (let length = 0; length < bytes.length; length += 37) {
      expect(() => parseGgufHeader(bytes.subarray(0, length))).toThrow(GgufNeedsMoreBytes);
    }
  });

  it('refuses what is not GGUF, and absurd counts and lengths', () => {
    const zip = new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 0]);
    expect(() => parseGgufHeader(zip)).toThrow(/begins with "GGUF"/);
    const huge = ggufBytes(entries);
    new DataView(huge.buffer).setBigUint64(16, 2n ** 60n, true);
    expect(() => parseGgufHeader(huge)).toThrow(/key-value count/);
    const longKey = ggufBytes(entries);
    new DataView(longKey.buffer).setBigUint64(24, 2n ** 40n, true);
    expect(() => parseGgufHeader(longKey)).toThrow(/GGUF key length is 1099511627776/);
  });

  it('ends in a header or a named error on any bytes', () => {
    const valid = ggufBytes(entries);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const bytes = valid.slice();
          for (const [at, value] of changes) bytes[at] = value;
          try {
            parseGgufHeader(bytes);
          } catch (error) {
            expect(error instanceof Error ? error.name : '').toMatch(
              /^(InputError|GgufNeedsMoreBytes)$/,
            );
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
