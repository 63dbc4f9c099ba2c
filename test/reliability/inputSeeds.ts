// Good input of every kind, to be changed at random.
import { architectureById } from '../../src/core/architectures/architectures.ts';
import { initialState } from '../../src/core/dashboard/state.ts';

export const configs = [
  {
    model_type: 'llama',
    hidden_size: 4096,
    intermediate_size: 14336,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    num_hidden_layers: 32,
    vocab_size: 128256,
    max_position_embeddings: 131072,
    rope_scaling: { rope_type: 'llama3', factor: 8, original_max_position_embeddings: 8192 },
  },
  {
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
  },
  {
    hidden_size: 7168,
    num_attention_heads: 128,
    num_hidden_layers: 61,
    kv_lora_rank: 512,
    q_lora_rank: 1536,
    qk_rope_head_dim: 64,
    qk_nope_head_dim: 128,
    v_head_dim: 128,
    n_routed_experts: 256,
    num_experts_per_tok: 8,
  },
  {
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
  },
];
export const ggufEntries = {
  'general.architecture': 'llama',
  'general.name': 'A model',
  'llama.block_count': 32,
  'llama.embedding_length': 4096,
  'llama.context_length': 131072,
  'llama.feed_forward_length': 14336,
  'llama.attention.head_count': 32,
  'llama.attention.head_count_kv': 8,
  'tokenizer.ggml.tokens': Array.from({ length: 50 }, (_, i) => `token${i}`),
};
export const from = { source: 'a.json', asOf: '2026-12-01' };
export const userModels = [
  {
    id: 'my/model',
    name: 'Mine',
    maker: 'Me',
    aliases: ['mine'],
    contextWindowTokens: 100_000,
    maxOutputTokens: 5000,
    prices: {
      inputUsdPerMillionTokens: 2,
      outputUsdPerMillionTokens: 8,
      tiers: [{ aboveInputTokens: 200_000, inputUsdPerMillionTokens: 4 }],
    },
    tokenizer: 'o200k_base',
    architectureId: 'llama-3.1-8b',
  },
  { id: 'openai/gpt-4o', contextWindowTokens: 5 },
];
export const priceFile = [
  {
    id: 'openai',
    name: 'OpenAI',
    models: [
      {
        id: 'gpt-4o',
        match: { or: [{ equals: 'gpt-4o' }, { starts_with: 'gpt-4o-' }] },
        context_window: 128_000,
        prices: {
          input_mtok: { base: 2.5, tiers: [{ start: 200_000, price: 5 }] },
          output_mtok: 10,
        },
      },
      {
        id: 'gpt-4',
        match: { regex: '^gpt-4$' },
        prices: [
          { prices: { input_mtok: 30 } },
          {
            constraint: { start_date: '2026-01-01' },
            prices: { input_mtok: 20, cache_read_mtok: 1 },
          },
        ],
      },
    ],
  },
];
export const ownData = {
  files: [
    { kind: 'prices', ...from, text: JSON.stringify(priceFile), etag: '"1"' },
    { kind: 'models', ...from, source: 'b.json', text: JSON.stringify(userModels) },
  ],
  models: [
    {
      id: 'local/llama',
      name: 'Llama',
      ...from,
      contextWindowTokens: 8192,
      architecture: { ...architectureById('llama-3.1-8b'), id: 'local/llama' },
    },
  ],
};
export const notebook = {
  cells: [
    { cell_type: 'markdown', source: ['# A\n', 'b'] },
    { cell_type: 'code', source: 'print(1)', outputs: [{ text: 'x' }] },
  ],
  nbformat: 4,
};
export const ollama = {
  details: { family: 'qwen3' },
  model_info: {
    'general.architecture': 'qwen3',
    'general.parameter_count': 8_190_735_360,
    'qwen3.block_count': 36,
    'qwen3.context_length': 40_960,
    'qwen3.embedding_length': 4096,
    'qwen3.feed_forward_length': 12_288,
    'qwen3.attention.head_count': 32,
    'qwen3.attention.head_count_kv': 8,
    'qwen3.attention.key_length': 128,
  },
};
export const modelList = {
  object: 'list',
  data: [{ id: 'qwen3-8b', object: 'model', max_model_len: 32_768 }, { id: 'other' }],
};
export const state = {
  ...initialState,
  subject: { kind: 'typed', tokens: 5 },
  modelId: 'openai/gpt-4o',
  gpuCount: 2,
  tabs: { fit: { page: 1, query: 'x', pinned: ['a'] } },
};
export const counted = {
  source: 'clipboard',
  label: '',
  text: { encoding: 'o200k_base', countsByKind: { code: 12 } },
  characters: 50,
  lines: 2,
};
export const learnt = {
  'openai/gpt-4o': [
    { kind: 'code', baseTokens: 100, tokens: 120, source: 'x', asOf: '2026-12-01' },
  ],
};

export const rankFile =
  Array.from({ length: 256 }, (_, i) => `${Buffer.from([i]).toString('base64')} ${i}`).join('\n') +
  '\nYWI= 256\nYWJj 257\n';
