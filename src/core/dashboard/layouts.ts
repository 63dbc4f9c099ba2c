import type { Architecture } from '../architectures/architecture.ts';
import { deploymentOn } from '../estimates/deployment.ts';
import type { Deployment } from '../estimates/deployment.ts';
import { smallestLayout } from '../estimates/fit.ts';
import { InputError } from '../estimates/inputError.ts';
import { kvHeadsPerGpu } from '../estimates/kvCache.ts';
import type { MemoryOptions } from '../estimates/memory.ts';
import type { Hardware } from '../hardware/hardware.ts';

/** Whether the model's heads can be shared out over so many GPUs. */
export function sharesHeads(architecture: Architecture, tensorParallel: number): boolean {
  return (architecture.mixers ?? []).every(({ layer }) => {
    if (layer.kind === 'state') return true;
    if (layer.kind === 'mla') return layer.numHeads % tensorParallel === 0;
    try {
      return kvHeadsPerGpu(layer.numHeads, layer.numKvHeads, tensorParallel) > 0;
    } catch (error) {
      if (error instanceof InputError && error.field === 'tensorParallel') return false;
      throw error;
    }
  });
}

/**
 * So many GPUs as nodes of eight would use them: every layer shared by as many as its heads allow, the layers
 * dealt out over the rest.
 */
export function layoutOnGpus(architecture: Architecture, gpus: number) {
  const tensorParallel =
    [8, 7, 6, 5, 4, 3, 2].find((size) => gpus % size === 0 && sharesHeads(architecture, size)) ?? 1;
  return { tensorParallel, pipelineParallel: gpus / tensorParallel };
}

export function deploymentOnGpus(
  architecture: Architecture,
  hardware: Hardware,
  gpus: number,
  settings: Partial<Deployment> = {},
): Deployment {
  return deploymentOn(hardware, { ...settings, ...layoutOnGpus(architecture, gpus) });
}

export interface PlacedModel {
  readonly deployment: Deployment;
  /** Nobody asked for a number of GPUs, and these are the fewest that hold it. */
  readonly isSmallest: boolean;
}

/** On the GPUs that were asked for, else on as few as hold it, else (none do, or it is not known) on one. */
export function placeModel(
  architecture: Architecture,
  hardware: Hardware,
  gpus: number | undefined,
  settings: Partial<Deployment>,
  memory: MemoryOptions,
): PlacedModel {
  if (gpus !== undefined) {
    return {
      deployment: deploymentOnGpus(architecture, hardware, gpus, settings),
      isSmallest: false,
    };
  }
  const layout = smallestLayout(architecture, deploymentOn(hardware, settings), memory);
  return {
    deployment: deploymentOnGpus(architecture, hardware, layout?.gpus ?? 1, settings),
    isSmallest: layout !== undefined,
  };
}
