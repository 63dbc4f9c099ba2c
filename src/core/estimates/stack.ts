import type { Architecture, TokenMixer } from '../architectures/architecture.ts';
import type { Deployment } from './deployment.ts';
import type { Explained } from './explained.ts';
import { longestContextTokens } from './fit.ts';
import type { MemoryOptions } from './memory.ts';

/** Techniques that can be switched on one after the other. */
export interface StackSwitches {
  /** The model's own grouped, multi-query or latent attention instead of a kv head per query head. */
  readonly sharedKvHeads: boolean;
  readonly flashAttention: boolean;
  /** Pages instead of one contiguous reservation per sequence. */
  readonly paging: boolean;
  readonly chunkedPrefill: boolean;
  /** fp8 cache instead of 16 bits. */
  readonly fp8Cache: boolean;
  /** The model's own windows or state layers instead of full attention everywhere. */
  readonly windows: boolean;
  /** GPUs that share every layer; 1: off. */
  readonly tensorParallel: number;
  /** GPUs around a ring that share the text; 1: off. */
  readonly ring: number;
}

export interface StackStep {
  readonly technique: keyof StackSwitches | 'none';
  readonly longestContextTokens: number | undefined;
  /** The same number with its reasons. */
  readonly reason: () => Explained;
  /** Against the step before; undefined when nothing fitted there. */
  readonly multiplier: number | undefined;
}

const order = [
  'sharedKvHeads',
  'windows',
  'flashAttention',
  'chunkedPrefill',
  'paging',
  'fp8Cache',
  'tensorParallel',
  'ring',
] as const;

/** Of the memory reserved for caches, engines without paging hold tokens in 20.4-38.2 % (arXiv 2309.06180, fig. 2). */
export const contiguousUse = 0.382;

/** Longest context after each technique that is on, and what each multiplies it by, in a fixed order. */
export function techniqueStack(
  architecture: Architecture,
  deployment: Deployment,
  switches: StackSwitches,
): readonly StackStep[] {
  const on = new Set<string>();
  const steps: StackStep[] = [];
  const record = (technique: StackStep['technique']) => {
    const longest = contextWith(architecture, deployment, switches, on);
    const tokens = longest.value;
    const before = steps.at(-1)?.longestContextTokens;
    const multiplier =
      technique === 'none' || !before || tokens === undefined ? undefined : tokens / before;
    steps.push({ technique, longestContextTokens: tokens, reason: () => longest, multiplier });
  };
  record('none');
  for (const technique of order) {
    const value = switches[technique];
    if (value === false || value === 1) continue;
    on.add(technique);
    record(technique);
  }
  return steps;
}

function contextWith(
  architecture: Architecture,
  deployment: Deployment,
  switches: StackSwitches,
  on: ReadonlySet<string>,
): Explained {
  const shape: Architecture = {
    ...architecture,
    mixers: architecture.mixers?.map(({ count, layer }) => {
      const plain = on.has('windows') ? layer : withoutWindow(layer);
      return { count, layer: on.has('sharedKvHeads') ? plain : withOwnKvHeads(plain) };
    }),
  };
  const placed: Deployment = {
    ...deployment,
    kvDtype: on.has('fp8Cache') ? 'fp8' : 'bf16',
    tensorParallel: on.has('tensorParallel') ? switches.tensorParallel : 1,
    contextParallel: on.has('ring') ? switches.ring : 1,
  };
  const options: Omit<MemoryOptions, 'tokens'> = {
    flashAttention: on.has('flashAttention'),
    chunkTokens: on.has('chunkedPrefill') ? 8192 : Infinity,
    policy: on.has('paging') ? 'vllm' : 'ideal',
  };
  const longest = longestContextTokens(shape, placed, options);
  if (longest.value === undefined || on.has('paging')) return longest;
  // One reservation per sequence is made for the longest text; the average one fills only a part of it.
  return {
    ...longest,
    value: Math.floor(longest.value * contiguousUse),
    formula: `${longest.value} x ${contiguousUse}`,
    assumptions: [
      `${longest.value} tokens are the ${longest.formula}`,
      `of memory reserved for caches, engines without paging fill ${contiguousUse} at most (arXiv 2309.06180, fig. 2); rounded down`,
      ...longest.assumptions,
    ],
  };
}

function withoutWindow(layer: TokenMixer): TokenMixer {
  const isWindowed = layer.kind === 'sliding' || layer.kind === 'chunked';
  return isWindowed ? { ...layer, kind: 'full', spanTokens: undefined } : layer;
}

function withOwnKvHeads(layer: TokenMixer): TokenMixer {
  if (layer.kind === 'state') return layer;
  if (layer.kind === 'mla') {
    return {
      kind: 'full',
      numHeads: layer.numHeads,
      numKvHeads: layer.numHeads,
      keyHeadDim: layer.qkNopeHeadDim + layer.qkRopeHeadDim,
      valueHeadDim: layer.valueHeadDim,
      ownsKv: true,
    };
  }
  return { ...layer, numKvHeads: layer.numHeads };
}
