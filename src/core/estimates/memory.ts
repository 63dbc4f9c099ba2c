import type { Architecture } from '../architectures/architecture.ts';
import { countParameters } from '../architectures/parameters.ts';
import type { PolicyName } from './cachePolicy.ts';
import type { Deployment } from './deployment.ts';
import { headBytesPerElement, weightBytesPerElement } from './dtypes.ts';
import { sumOf, unknown } from './explained.ts';
import type { Explained } from './explained.ts';
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
  const weights = ((counts.total - edges) * each + edges * headEach) / shards;
  const tokens = Math.ceil(options.tokens / contextParallel);
  const chunk = Math.min(tokens, options.chunkTokens ?? 8192);
  const activations = activationBytes(architecture, tensorParallel, chunk);
  const scores =
    options.flashAttention === false
      ? (largestHeads(architecture) / tensorParallel) * chunk * tokens * 2
      : 0;
  const rows = options.logitsForAllTokens === true ? tokens * 6 : 4;
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toPrecision(4)} GiB`;
  const part = (
    partName: string,
    value: number,
    formula: string,
    assumptions: readonly string[] = [],
  ): Explained => ({ name: partName, unit: 'bytes', value, formula, inputs: [], assumptions });
  const parts = [
    part(
      'weightBytes',
      weights,
      `${counts.total - edges} weights x ${each} B + ${edges} of embedding and head x ${headEach} B, over ${shards} GPUs`,
    ),
    part('kvCacheBytes', cache.value / pipelineParallel, cache.formula),
    part('activationBytes', activations, `${chunk} tokens at once`, [
      '2 x tokens x heads x head dim x 11 (dense) or 22 (experts), at least 70 MiB: ai-dynamo/aiconfigurator base_backend.py',
    ]),
    ...(scores > 0
      ? [part('scoreBytes', scores, `heads x ${chunk} x ${tokens} x 2 B, without flash attention`)]
      : []),
    part('logitsBytes', (sequences * vocabSize * rows) / tensorParallel, `${vocabSize} logits`),
    part(
      'reserveBytes',
      (tensorParallel > 1 ? 0.6 : 0.15) * 2 ** 30 + 0.5 * 2 ** 30,
      'driver, collectives and captured graphs',
      ['0.15 GiB, 0.6 with several GPUs (inference-sim kv_capacity.go); 0.5 GiB of graphs assumed'],
    ),
  ];
  return sumOf(name, 'bytes', parts, {
    formula: parts.map((one) => gib(one.value ?? NaN)).join(' + '),
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
  return Math.max(70 * 2 ** 20, 2 * tokens * (architecture.hiddenSize ?? 0) * coefficient);
}
