import type { Architecture } from '../architectures/architecture.ts';
import { countParameters } from '../architectures/parameters.ts';
import type { PolicyName } from '../estimates/cachePolicy.ts';
import type { Deployment } from '../estimates/deployment.ts';
import { kvDtypes } from '../estimates/dtypes.ts';
import type { KvDtype } from '../estimates/dtypes.ts';
import { unknown } from '../estimates/explained.ts';
import type { Explained } from '../estimates/explained.ts';
import { concurrentUsers, longestContextTokens } from '../estimates/fit.ts';
import { gibibytes } from '../estimates/formulaText.ts';
import { kvCacheBytes } from '../estimates/kvCache.ts';
import { memoryBytesPerGpu, memoryUtilization } from '../estimates/memory.ts';
import type { Hardware } from '../hardware/hardware.ts';
import { deploymentOnGpus, sharesHeads } from './layouts.ts';
import { logSpaced } from './series.ts';
import type { Series, XY } from './series.ts';

/** What memory is worked out for. */
export interface MemorySetup {
  readonly architecture: Architecture;
  readonly deployment: Deployment;
  readonly policy: PolicyName;
  /** Texts held at the same time. */
  readonly sequences: number;
}

/** The figures of one length. */
export interface MemoryFigures {
  readonly kvCache: Explained;
  readonly perGpu: Explained;
  readonly usable: Explained;
  readonly longest: Explained;
  readonly users: Explained;
  readonly fits: boolean | undefined;
}

/** @param tokens prompt and answer of one text; 0 is worked out as 1, which is as little as there is */
export function memoryFigures(setup: MemorySetup, tokens: number): MemoryFigures {
  const { architecture, deployment, policy, sequences } = setup;
  const options = { tokens: Math.max(1, Math.round(tokens)), policy, sequences };
  const perGpu = memoryBytesPerGpu(architecture, deployment, options);
  const usable = usableExplained(deployment);
  return {
    kvCache: kvCacheBytes(architecture, {
      ...options,
      tokens: Math.round(tokens),
      dtype: deployment.kvDtype,
    }),
    perGpu,
    usable,
    longest: longestContextTokens(architecture, deployment, { policy, sequences }),
    users: concurrentUsers(architecture, deployment, options),
    fits:
      perGpu.value === undefined || usable.value === undefined
        ? undefined
        : perGpu.value <= usable.value,
  };
}

function usableExplained({ hardware }: Deployment): Explained {
  const name = 'usableBytes';
  const { memoryBytes } = hardware;
  if (memoryBytes === undefined) {
    return unknown(name, 'bytes', `the memory of ${hardware.name} is not known`);
  }
  return {
    name,
    unit: 'bytes',
    value: memoryBytes * memoryUtilization,
    formula: `${gibibytes(memoryBytes)} x ${memoryUtilization}`,
    inputs: [
      {
        name: `memory of ${hardware.name}`,
        value: memoryBytes,
        unit: 'bytes',
        source: hardware.sources.join('; '),
        asOf: hardware.asOf,
      },
    ],
    assumptions: [`an engine takes ${memoryUtilization} of a card (vLLM's default)`],
  };
}

export interface CardFit {
  readonly hardware: Hardware;
  /** What an engine may use of one card. */
  readonly usable: Explained;
  readonly longest: Explained;
}

/** The same model on as many GPUs of each of these cards. */
export function cardFits(setup: MemorySetup, cards: readonly Hardware[]): readonly CardFit[] {
  const { architecture, deployment, policy, sequences } = setup;
  return cards.map((hardware) => {
    const here = { ...deployment, hardware };
    return {
      hardware,
      usable: usableExplained(here),
      longest: longestContextTokens(architecture, here, { policy, sequences }),
    };
  });
}

const pointsPerLine = 32;

/** Bytes per GPU against the tokens of one text: all of it, and its parts that a person asks about. */
export function memoryCurves(
  { architecture, deployment, policy, sequences }: MemorySetup,
  [low, high]: readonly [number, number],
): readonly Series[] {
  const total: XY[] = [];
  const cache: XY[] = [];
  const weights: XY[] = [];
  for (const tokens of logSpaced(low, high, pointsPerLine)) {
    const need = memoryBytesPerGpu(architecture, deployment, { tokens, policy, sequences });
    if (need.value === undefined) continue;
    const part = (name: string) => need.parts?.find((one) => one.name === name)?.value ?? 0;
    total.push([tokens, need.value]);
    cache.push([tokens, part('kvCacheBytes')]);
    weights.push([tokens, part('weightBytes')]);
  }
  return [
    { id: 'total', points: total },
    { id: 'kvCache', points: cache },
    { id: 'weights', points: weights },
  ].filter(({ points }) => points.some(([, bytes]) => bytes > 0));
}

/** Dtypes that differ enough to be told apart on a log axis. */
export const comparedKvDtypes: readonly KvDtype[] = ['fp32', 'bf16', 'fp8', 'q5_1', 'int4'];

/** Cache on one GPU by dtype; the chosen dtype is always among them. */
export function cacheCurvesByDtype(
  setup: MemorySetup,
  range: readonly [number, number],
): readonly Series[] {
  const chosen = setup.deployment.kvDtype;
  return kvDtypes
    .filter((dtype) => dtype === chosen || comparedKvDtypes.includes(dtype))
    .map((dtype) => cacheCurve(dtype, setup.architecture, { ...setup, dtype }, range));
}

/** Cache of one text, of whole models on one GPU: what their kinds of attention keep. */
export function cacheCurvesByArchitecture(
  setup: MemorySetup,
  architectures: readonly Architecture[],
  range: readonly [number, number],
): readonly Series[] {
  const all = [setup.architecture, ...architectures.filter((one) => one !== setup.architecture)];
  const alone = { ...setup, deployment: { ...setup.deployment, tensorParallel: 1 } };
  return all.map((one) =>
    cacheCurve(one.id, one, { ...alone, dtype: setup.deployment.kvDtype }, range),
  );
}

function cacheCurve(
  id: string,
  architecture: Architecture,
  setup: MemorySetup & { readonly dtype: KvDtype },
  [low, high]: readonly [number, number],
): Series {
  const { deployment, policy, sequences, dtype } = setup;
  const points = logSpaced(low, high, pointsPerLine).flatMap((tokens) => {
    const { value } = kvCacheBytes(architecture, {
      tokens,
      sequences,
      dtype,
      policy,
      tensorParallel: deployment.tensorParallel,
    });
    return value === undefined || value === 0 ? [] : [[tokens, value] as const];
  });
  return { id, points };
}

export interface LayoutFit {
  readonly gpus: number;
  readonly deployment: Deployment;
  readonly longest: Explained;
}

/** Numbers of GPUs of one node on which the model's heads can be shared out, with the longest context of each. */
export function layoutFits(setup: MemorySetup): readonly LayoutFit[] {
  const { architecture, deployment, policy, sequences } = setup;
  return [1, 2, 4, 8]
    .filter((gpus) => sharesHeads(architecture, gpus))
    .map((gpus) => {
      const placed = deploymentOnGpus(architecture, deployment.hardware, gpus, {
        engine: deployment.engine,
        weightDtype: deployment.weightDtype,
        kvDtype: deployment.kvDtype,
      });
      return {
        gpus,
        deployment: placed,
        longest: longestContextTokens(architecture, placed, { policy, sequences }),
      };
    });
}

/** Why a model's memory is not known, or undefined where it is. */
export function memoryUnknownBecause(architecture: Architecture): string | undefined {
  if (architecture.mixers === undefined) {
    return architecture.mixersUnknownBecause ?? 'its layers are not known';
  }
  if (architecture.feedForwards === undefined) {
    return architecture.feedForwardsUnknownBecause ?? 'its feed-forward is not known';
  }
  return countParameters(architecture) === undefined
    ? 'its hidden size or vocabulary has not been verified'
    : undefined;
}
