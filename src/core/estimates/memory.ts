import type { Architecture } from '../architectures/architecture.ts';
import { countParameters } from '../architectures/parameters.ts';
import type { PolicyName } from './cachePolicy.ts';
import type { Deployment } from './deployment.ts';
import { headBytesPerElement, weightBytesPerElement } from './dtypes.ts';
import { sumOf, unknown } from './explained.ts';
import type { Explained } from './explained.ts';
import { gibibytes, sumText } from './formulaText.ts';
import { checkCount } from './inputError.ts';
import { architectureInputs, kvCacheBytes } from './kvCache.ts';

export interface MemoryOptions {
  /** Tokens held per sequence, prompt and output together. */
  readonly tokens: number;
  readonly sequences?: number;
  readonly policy?: PolicyName;
  /** Tokens computed at once; default 8192, or all of them without chunked prefill (`Infinity`). */
  readonly chunkTokens?: number;
  /** Without it, each layer writes its score matrix to memory. Default true. */
  readonly flashAttention?: boolean;
  /** Logits of every prompt token, as some Hugging Face models compute them. Default false. */
  readonly logitsForAllTokens?: boolean;
}

/** Share of a card's memory that an engine takes (vLLM's `gpu_memory_utilization`). */
export const memoryUtilization = 0.9;

/** Bytes that every GPU of the deployment needs, as the sum of its parts. */
export function memoryBytesPerGpu(
  architecture: Architecture,
  deployment: Deployment,
  options: MemoryOptions,
): Explained {
  const name = 'memoryBytesPerGpu';
  const sequences = options.sequences ?? 1;
  checkCount('tokens', options.tokens, 1);
  const counts = countParameters(architecture);
  const { hiddenSize, vocabSize } = architecture;
  if (counts === undefined || !hiddenSize || !vocabSize) {
    return unknown(name, 'bytes', `${architecture.id}: its shape is not fully known`);
  }
  const { tensorParallel, pipelineParallel, contextParallel } = deployment;
  const cache = kvCacheBytes(architecture, {
    tokens: Math.ceil(options.tokens / contextParallel),
    sequences,
    dtype: deployment.kvDtype,
    policy: options.policy,
    tensorParallel,
  });
  if (cache.value === undefined) return unknown(name, 'bytes', cache.unknownBecause ?? 'cache');
  const each = weightBytesPerElement[deployment.weightDtype];
  const headEach = headBytesPerElement(deployment.weightDtype);
  const shards = tensorParallel * pipelineParallel;
  const edges = counts.embedding + counts.head;
  const tokens = Math.ceil(options.tokens / contextParallel);
  const chunk = Math.min(tokens, options.chunkTokens ?? 8192);
  const activations = activationBytes(architecture, tensorParallel, chunk);
  const heads = largestHeads(architecture) / tensorParallel;
  const rows = options.logitsForAllTokens === true ? tokens : 1;
  const rowBytes = options.logitsForAllTokens === true ? 6 : 4;
  const nonTorch = tensorParallel > 1 ? 0.6 : 0.15;
  const part = (
    partName: string,
    value: number,
    formula: string,
    assumptions: readonly string[] = [],
  ): Explained => ({ name: partName, unit: 'bytes', value, formula, inputs: [], assumptions });
  const parts = [
    part(
      'weightBytes',
      ((counts.total - edges) * each + edges * headEach) / shards,
      `(${counts.total - edges} weights x ${each} B + ${edges} of embedding and head x ${headEach} B) / ${shards} GPUs`,
    ),
    part(
      'kvCacheBytes',
      cache.value / pipelineParallel,
      `${cache.value} B / ${pipelineParallel} stages`,
      (cache.parts ?? []).map((one) => `${one.name}: ${one.formula}`),
    ),
    part('activationBytes', activations.value, activations.formula, [
      `${chunk} tokens computed at once; 11 (dense) or 22 (experts) on one GPU, less when split: ai-dynamo/aiconfigurator base_backend.py`,
    ]),
    ...(options.flashAttention === false
      ? [
          part(
            'scoreBytes',
            heads * chunk * tokens * 2,
            `${heads} heads x ${chunk} x ${tokens} tokens x 2 B`,
            ['without flash attention, a layer writes its whole score matrix'],
          ),
        ]
      : []),
    part(
      'logitsBytes',
      (sequences * rows * vocabSize * rowBytes) / tensorParallel,
      `${sequences} sequences x ${rows} tokens x ${vocabSize} logits x ${rowBytes} B / ${tensorParallel}`,
    ),
    part('reserveBytes', nonTorch * 2 ** 30 + 0.5 * 2 ** 30, `${nonTorch} GiB + 0.5 GiB`, [
      'driver and collectives 0.15 GiB, 0.6 with several GPUs (inference-sim kv_capacity.go); 0.5 GiB of captured graphs assumed',
    ]),
  ];
  return sumOf(name, 'bytes', parts, {
    formula: sumText(
      parts.map((one) => one.value ?? NaN),
      gibibytes,
    ),
    inputs: architectureInputs(architecture),
    assumptions: [
      `weights ${deployment.weightDtype}, cache ${deployment.kvDtype}, ${sequences} sequence(s) of ${options.tokens} tokens`,
      `tensor parallel ${tensorParallel}, pipeline stages ${pipelineParallel}, context parallel ${contextParallel}`,
    ],
  });
}

function largestHeads(architecture: Architecture): number {
  const heads = (architecture.mixers ?? []).map(({ layer }) =>
    layer.kind === 'state' ? 0 : layer.numHeads,
  );
  return Math.max(0, ...heads);
}

/** aiconfigurator's table (base_backend.py @095f58a): coefficient by tensor-parallel size. */
function activationBytes(architecture: Architecture, tensorParallel: number, tokens: number) {
  const hasExperts = architecture.feedForwards?.some(({ layer }) => layer.kind === 'moe') ?? false;
  const table = hasExperts ? [22, 13, 10, 10] : [11, 6.5, 5, 5];
  const coefficient = table[Math.min(3, Math.floor(Math.log2(tensorParallel)))];
  const width = architecture.hiddenSize ?? 0;
  return {
    value: Math.max(70 * 2 ** 20, 2 * tokens * width * coefficient),
    formula: `max(70 MiB, 2 x ${tokens} tokens x ${width} x ${coefficient} B)`,
  };
}
