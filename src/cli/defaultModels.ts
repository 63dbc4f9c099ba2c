/** Rows of the fit table when no model is asked for: of each large maker one or two that people choose today. */
export const defaultModelIds: readonly string[] = [
  'openai/gpt-6.1-sol',
  'openai/gpt-5.4-mini',
  'openai/gpt-4.1',
  'openai/gpt-oss-120b',
  'anthropic/claude-opus-5-5',
  'anthropic/claude-haiku-5-5',
  'google/gemini-3.1-pro-preview',
  'google/gemini-3.8-flash',
  'xai/grok-4.7',
  'meta/llama-3.3-70b-instruct',
  'mistral/mistral-large-latest',
  'deepseek/deepseek-v4-pro',
  'qwen/qwen3.8-max',
  'moonshotai/kimi-k3',
  'zai/glm-5.3',
];
