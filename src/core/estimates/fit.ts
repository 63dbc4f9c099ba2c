import type { Architecture } from '../architectures/architecture.ts';
import type { Deployment } from './deployment.ts';
import { gpuCount } from './deployment.ts';
import { unknown } from './explained.ts';
import type { Explained, ExplainedInput } from './explained.ts';
import { gibibytes } from './formulaText.ts';
import { InputError } from './inputError.ts';
import { memoryBytesPerGpu, memoryUtilization } from './memory.ts';
import type { MemoryOptions } from './memory.ts';

/** Bytes of one card that the engine may use; undefined when the card's memory is not known. */
export function usableBytes(deployment: Deployment): number | undefined {
  const all = deployment.hardware.memoryBytes;
  return all === undefined ? undefined : all * memoryUtilization;
}

/** Whether it fits on the deployment's GPUs; undefined when that is not known. */
export function fitsInMemory(
  architecture: Architecture,
  deployment: Deployment,
  options: MemoryOptions,
): boolean | undefined {
  const need = memoryBytesPerGpu(architecture, deployment, options).value;
  const room = usableBytes(deployment);
  return need === undefined || room === undefined ? undefined : need <= room;
}

function roomText({ hardware }: Deployment): string {
  return `${memoryUtilization} x ${gibibytes(hardware.memoryBytes ?? NaN)}`;
}

function memoryInput({ hardware }: Deployment): ExplainedInput {
  return {
    name: 'memory of a card',
    value: hardware.memoryBytes,
    unit: 'B',
    source: hardware.sources.join('; '),
    asOf: hardware.asOf,
  };
}

/** The most that `fits` accepts, from 1 up to `limit`; 0 when not even 1. `fits` must not turn true again. */
function largest(limit: number, fits: (value: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

const mostTokens = 2 ** 33;

/** Longest context in tokens that the GPUs hold, whatever the model was trained for; 0: not even one token. */
export function longestContextTokens(
  architecture: Architecture,
  deployment: Deployment,
  options: Omit<MemoryOptions, 'tokens'> = {},
): Explained {
  const name = 'longestContextTokens';
  if (fitsInMemory(architecture, deployment, { ...options, tokens: 1 }) === undefined) {
    return unknown(name, 'tokens', `${architecture.id} on ${deployment.hardware.name}: not known`);
  }
  const value = largest(
    mostTokens,
    (tokens) => fitsInMemory(architecture, deployment, { ...options, tokens }) === true,
  );
  const need = memoryBytesPerGpu(architecture, deployment, {
    ...options,
    tokens: Math.max(1, value),
  });
  const trained = architecture.contextWindowTokens;
  return {
    name,
    unit: 'tokens',
    value,
    formula: `most tokens for which ${need.formula} <= ${roomText(deployment)}`,
    inputs: [...need.inputs, memoryInput(deployment)],
    assumptions: [
      ...need.assumptions,
      ...(value >= mostTokens ? ['its memory does not grow with the text'] : []),
      ...(trained !== undefined && value > trained
        ? [`more than the ${trained} tokens that the model's configuration allows`]
        : []),
    ],
  };
}

/** Sequences of `tokens` that fit at the same time, on one replica's GPUs. */
export function concurrentUsers(
  architecture: Architecture,
  deployment: Deployment,
  options: MemoryOptions,
): Explained {
  const name = 'concurrentUsers';
  if (fitsInMemory(architecture, deployment, options) === undefined) {
    return unknown(name, 'users', `${architecture.id} on ${deployment.hardware.name}: not known`);
  }
  const value = largest(
    1_000_000,
    (sequences) => fitsInMemory(architecture, deployment, { ...options, sequences }) === true,
  );
  const gpus = gpuCount(deployment);
  const need = memoryBytesPerGpu(architecture, deployment, {
    ...options,
    sequences: Math.max(1, value),
  });
  return {
    name,
    unit: 'users',
    value,
    formula: `most sequences of ${options.tokens} tokens for which ${need.formula} <= ${roomText(deployment)}`,
    inputs: [...need.inputs, memoryInput(deployment)],
    assumptions: [
      'every user fills the whole context at the same time; nothing is shared',
      `on ${gpus} GPU(s): ${(value / gpus).toPrecision(3)} users per GPU`,
    ],
  };
}

export interface Layout {
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly gpus: number;
}

/**
 * Fewest GPUs on which it fits, with a layout: tensor parallelism in powers of two within a node of eight that
 * shares out the heads evenly, then pipeline stages over nodes. Undefined: not known, or none up to 64 nodes.
 */
export function smallestLayout(
  architecture: Architecture,
  deployment: Deployment,
  options: MemoryOptions,
): Layout | undefined {
  const layouts = [1, 2, 4, 8].map((tensorParallel) => ({ tensorParallel, pipelineParallel: 1 }));
  for (let stages = 2; stages <= 64; stages++) {
    layouts.push({ tensorParallel: 8, pipelineParallel: stages });
  }
  for (const layout of layouts) {
    try {
      if (fitsInMemory(architecture, { ...deployment, ...layout, contextParallel: 1 }, options)) {
        return { ...layout, gpus: layout.tensorParallel * layout.pipelineParallel };
      }
    } catch (error) {
      // A split that the heads do not allow is not a layout; anything else is the caller's mistake.
      if (!(error instanceof InputError) || error.field !== 'tensorParallel') throw error;
    }
  }
  return undefined;
}
