import { InputError } from '../estimates/inputError.ts';
import type { Architecture } from './architecture.ts';
import { parseHfConfig } from './hfConfig.ts';
import type { GgufHeader } from './gguf.ts';

const sharedNames: Readonly<Record<string, string>> = {
  block_count: 'num_hidden_layers',
  embedding_length: 'hidden_size',
  context_length: 'max_position_embeddings',
  'attention.head_count': 'num_attention_heads',
  feed_forward_length: 'intermediate_size',
  'attention.sliding_window': 'sliding_window',
  expert_count: 'num_local_experts',
  expert_used_count: 'num_experts_per_tok',
  expert_feed_forward_length: 'moe_intermediate_size',
  expert_shared_count: 'n_shared_experts',
  leading_dense_block_count: 'first_k_dense_replace',
  'attention.kv_lora_rank': 'kv_lora_rank',
  'attention.q_lora_rank': 'q_lora_rank',
  'rope.dimension_count': 'rope_dimensions',
  'attention.key_length': 'key_length',
  'attention.value_length': 'value_length',
  'attention.key_length_mla': 'key_length_mla',
  'attention.value_length_mla': 'value_length_mla',
  full_attention_interval: 'full_attention_interval',
};

/** The shape that a GGUF header describes, through the names that a config.json has for the same widths. */
export function ggufArchitecture(header: GgufHeader, id = 'model.gguf'): Architecture {
  const name = header.metadata.get('general.architecture');
  if (typeof name !== 'string') {
    throw new InputError('GGUF general.architecture', name, 'the name of an architecture');
  }
  const config: Record<string, unknown> = {};
  const named = header.metadata.get('general.name');
  config['_name_or_path'] = typeof named === 'string' ? named : id;
  for (const [gguf, field] of Object.entries(sharedNames)) {
    const value = header.metadata.get(`${name}.${gguf}`);
    if (value !== undefined) config[field] = value;
  }
  config['vocab_size'] =
    header.metadata.get(`${name}.vocab_size`) ?? header.arrayLengths.get('tokenizer.ggml.tokens');
  if (Array.isArray(config['intermediate_size'])) delete config['intermediate_size'];
  const kvHeads = header.metadata.get(`${name}.attention.head_count_kv`);
  if (typeof kvHeads === 'number') config['num_key_value_heads'] = kvHeads;
  const isUniform = !Array.isArray(kvHeads) || new Set(kvHeads).size === 1;
  if (Array.isArray(kvHeads) && isUniform) config['num_key_value_heads'] = kvHeads[0];
  if (typeof config['key_length'] === 'number') config['head_dim'] = config['key_length'];
  if (typeof config['kv_lora_rank'] === 'number') {
    const rope = Number(config['rope_dimensions'] ?? 64);
    config['qk_rope_head_dim'] = rope;
    config['qk_nope_head_dim'] = Number(config['key_length_mla'] ?? config['key_length']) - rope;
    config['v_head_dim'] = Number(config['value_length_mla'] ?? config['value_length']);
  }
  const scalingType = header.metadata.get(`${name}.rope.scaling.type`);
  if (typeof scalingType === 'string' && scalingType !== 'none') {
    config['rope_scaling'] = {
      rope_type: scalingType,
      factor: header.metadata.get(`${name}.rope.scaling.factor`),
      original_max_position_embeddings: header.metadata.get(
        `${name}.rope.scaling.original_context_length`,
      ),
    };
  }
  // Sliding windows of these families alternate with full attention in a fixed pattern.
  config['model_type'] = { gemma2: 'gemma2', gemma3: 'gemma3_text' }[name] ?? name;
  if (name === 'gpt-oss') config['sliding_window_pattern'] = 2;
  const read = parseHfConfig(JSON.stringify(config), id);
  const special =
    /^(mamba|jamba|granitehybrid|nemotron_h|falcon-h1|gemma3n|gemma4|llama4|cohere2|rwkv)/;
  if (!isUniform || special.test(name)) {
    const why = `the layer kinds of GGUF architecture ${name} are not in its header as we read it`;
    return { ...read, mixers: undefined, mixersUnknownBecause: why };
  }
  return read;
}
