/** Knobs of the tabs Memory, Cost, Latency and Quality, with what they begin at. */

export const memoryTabId = 'memory';
export const memoryDefaults = {
  policy: 'vllm',
  users: 1,
  /** Cards whose limits are drawn, besides the chosen one. */
  cards: ['h200-sxm', 'l40s', 'rtx-4090'] as readonly string[],
  /** What the second chart compares. */
  compare: 'architectures',
  others: [
    'llama-2-7b',
    'deepseek-v3',
    'gemma-3-27b',
    'qwen3-next-80b-a3b',
    'mamba2-2.7b',
  ] as readonly string[],
  // The stack of techniques.
  sharedKvHeads: true,
  windows: true,
  flashAttention: true,
  chunkedPrefill: true,
  paging: true,
  fp8Cache: false,
  stackTensorParallel: 1,
  stackRing: 1,
  // A shape as a person types it in; it begins as Llama 3.1 8B.
  isTyped: false,
  typedLayers: 32,
  typedHeads: 32,
  typedKvHeads: 8,
  typedHeadDim: 128,
  typedHiddenSize: 4096,
  typedIntermediateSize: 14_336,
  typedVocabSize: 128_256,
  /** 0: full attention. */
  typedWindowTokens: 0,
};
export type MemoryKnobs = typeof memoryDefaults;

export const costTabId = 'cost';
export const costDefaults = {
  callsPerDay: 100,
  cachedPercent: 0,
  turns: 20,
  promptTokensPerTurn: 300,
  hitPercent: 100,
  utilizationPercent: 50,
  /** 0: not said. */
  gpuHourUsd: 0,
  /** Requests that the GPUs decode together. */
  batch: 8,
};
export type CostKnobs = typeof costDefaults;

export const latencyTabId = 'latency';
export const latencyDefaults = {
  engine: 'vllm',
  /** 0: the whole prompt at once. */
  chunkTokens: 2048,
  cachedPercent: 0,
  concurrency: 1,
};
export type LatencyKnobs = typeof latencyDefaults;

export const qualityTabId = 'quality';
