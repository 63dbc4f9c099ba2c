import type { Architecture } from '../architectures/architecture.ts';
import type { PolicyName } from './cachePolicy.ts';
import { contextVerdict } from './contextVerdict.ts';
import type { ContextVerdict, Stretch } from './contextVerdict.ts';
import { deploymentOn, gpuCount } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import type { KvDtype } from './dtypes.ts';
import type { Explained } from './explained.ts';
import { concurrentUsers, fitsInMemory, longestContextTokens, smallestLayout } from './fit.ts';
import type { Layout } from './fit.ts';
import { kvCacheBytes } from './kvCache.ts';
import { decodeSecondsPerToken, prefillSeconds } from './latency.ts';
import { memoryBytesPerGpu } from './memory.ts';

export interface EstimateRequest {
  readonly tokens: number;
  readonly outputTokens: number;
  readonly policy: PolicyName;
  readonly kvDtype: KvDtype;
  readonly users: number;
  readonly cachedPrefixTokens: number;
  /** Tokens computed at once; absent: as the engine does by itself (`defaultChunkTokens`). */
  readonly chunkTokens?: number;
  /** Default true. */
  readonly flashAttention?: boolean;
  /** Logits of every prompt token, not of the last alone. Default false. */
  readonly logitsForAllTokens?: boolean;
  readonly stretch?: Stretch;
  /** Absent: nothing that depends on hardware is estimated. */
  readonly deployment?: Deployment;
  /** GPUs the user asked for; absent: as few as hold it. */
  readonly gpuCount?: number;
}

/** All that we can say about a model at a length; the same object in the CLI and the dashboard. */
export interface ModelEstimate {
  readonly architecture: Architecture;
  readonly request: EstimateRequest;
  readonly verdict: ContextVerdict;
  readonly deployment?: Deployment;
  readonly smallestLayout?: Layout;
  readonly fitsInMemory?: boolean;
  readonly numbers: readonly Explained[];
}

/** Serving engines cut long prompts by themselves (vLLM's and TensorRT-LLM's default on large cards); the others do not. */
export function defaultChunkTokens({ engine }: Deployment): number | undefined {
  return engine === 'vllm' || engine === 'tensorRtLlm' ? 8192 : undefined;
}

export function estimateModel(architecture: Architecture, request: EstimateRequest): ModelEstimate {
  const total = request.tokens + request.outputTokens;
  const verdict = contextVerdict(architecture, total, request.stretch);
  const cache = kvCacheBytes(architecture, {
    tokens: total,
    sequences: request.users,
    dtype: request.kvDtype,
    policy: request.policy,
  });
  if (request.deployment === undefined) {
    return { architecture, request, verdict, numbers: [cache] };
  }
  const asked = request.deployment;
  const chunkTokens = request.chunkTokens ?? defaultChunkTokens(asked);
  const memory = {
    tokens: total,
    sequences: request.users,
    policy: request.policy,
    chunkTokens: chunkTokens ?? Infinity,
    flashAttention: request.flashAttention,
    logitsForAllTokens: request.logitsForAllTokens,
  };
  const layout = smallestLayout(architecture, asked, memory);
  const deployment =
    request.gpuCount !== undefined || layout === undefined || gpuCount(asked) > 1
      ? asked
      : deploymentOn(asked.hardware, {
          ...asked,
          tensorParallel: layout.tensorParallel,
          pipelineParallel: layout.pipelineParallel,
          inSwitchReduce: deploymentOn(asked.hardware, { tensorParallel: layout.tensorParallel })
            .inSwitchReduce,
        });
  const numbers = [
    cache,
    memoryBytesPerGpu(architecture, deployment, memory),
    longestContextTokens(architecture, deployment, { ...memory }),
    concurrentUsers(architecture, deployment, memory),
    prefillSeconds(architecture, deployment, {
      promptTokens: request.tokens,
      cachedPrefixTokens: request.cachedPrefixTokens,
      ...(chunkTokens !== undefined && { chunkTokens }),
      concurrency: request.users,
    }),
    decodeSecondsPerToken(architecture, deployment, {
      contextTokens: total,
      sequences: request.users,
    }),
  ];
  return {
    architecture,
    request,
    verdict,
    deployment,
    smallestLayout: layout,
    fitsInMemory: fitsInMemory(architecture, deployment, memory),
    numbers,
  };
}
