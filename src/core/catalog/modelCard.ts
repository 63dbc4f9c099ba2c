import { trainedContextTokens } from '../architectures/architecture.ts';
import type { Architecture, RopeScaling } from '../architectures/architecture.ts';
import { architectures } from '../architectures/architectures.ts';
import { effectiveContextFor } from '../quality/effectiveContext.ts';
import type { EffectiveMeasurement } from '../quality/effectiveContext.ts';
import type { Model } from './model.ts';

/** What a model claims, how it attends, and how much of its window was found usable. */
export interface ModelCard {
  readonly model: Model;
  /** Absent: the weights are closed or the shape is not held. */
  readonly architecture?: Architecture;
  /** Absent with the architecture, or when its layers are not known. */
  readonly attention?: AttentionPattern;
  /** Length at which it was trained, before any stretching of RoPE. */
  readonly trainedTokens?: number;
  readonly ropeScaling?: RopeScaling;
  readonly measurements: readonly EffectiveMeasurement[];
}

export interface AttentionPattern {
  /** Layers of each kind with their span, in the order of first use. */
  readonly layers: readonly {
    readonly kind: string;
    readonly count: number;
    readonly spanTokens?: number;
  }[];
  /** Some layer sees every earlier token at once. */
  readonly seesAll: boolean;
  /**
   * Most tokens back that information can come from where no layer sees all: L windows of W stacked
   * reach L (W - 1) + 1, own position included. Absent when some layer sees all, when a state
   * carries it on, or when a chunk's border stops it.
   */
  readonly reachTokens?: number;
}

export function modelCard(model: Model): ModelCard {
  const architecture = architectures.find(({ id }) => id === model.architectureId);
  const attention = architecture && attentionPattern(architecture);
  const trainedTokens = architecture && trainedContextTokens(architecture);
  return {
    model,
    ...(architecture && { architecture }),
    ...(attention && { attention }),
    ...(trainedTokens !== undefined && { trainedTokens }),
    ...(architecture?.ropeScaling && { ropeScaling: architecture.ropeScaling }),
    measurements: effectiveContextFor(model),
  };
}

export function attentionPattern(architecture: Architecture): AttentionPattern | undefined {
  if (architecture.mixers === undefined) return undefined;
  const layers = architecture.mixers.map(({ count, layer }) => ({
    kind: layer.kind,
    count,
    ...('spanTokens' in layer &&
      layer.spanTokens !== undefined && { spanTokens: layer.spanTokens }),
  }));
  const seesAll = layers.some(({ kind }) => ['full', 'mla', 'encoder'].includes(kind));
  const slidingOnly = layers.every(
    ({ kind, spanTokens }) => kind === 'sliding' && spanTokens !== undefined,
  );
  const reachTokens = layers.reduce(
    (reach, { count, spanTokens = 1 }) => reach + count * (spanTokens - 1),
    1,
  );
  return { layers, seesAll, ...(slidingOnly && layers.length > 0 && { reachTokens }) };
}
