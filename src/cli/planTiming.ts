import type { Architecture } from '../core/architectures/architecture.ts';
import { architectureById } from '../core/architectures/architectures.ts';
import type { Model } from '../core/catalog/model.ts';
import { placeModel } from '../core/dashboard/layouts.ts';
import type { Deployment } from '../core/estimates/deployment.ts';
import { parseWeightDtype } from '../core/estimates/dtypes.ts';
import { hardwareById } from '../core/hardware/hardware.ts';

export interface PlanTiming {
  readonly architecture: Architecture;
  readonly deployment: Deployment;
  /** Whose times these are, in words. */
  readonly label: string;
}

/**
 * Where times are worked out for: the model's own shape if its weights are open, else the reference that was asked for by name;
 * undefined: a hosted model without a reference, whose times nobody can work out.
 */
export function planTiming(
  model: Model,
  reference: string | undefined,
  gpu: string,
  mostTokens: number,
): PlanTiming | undefined {
  const id = reference ?? model.architectureId;
  if (id === undefined) return undefined;
  const architecture = architectureById(id);
  const hardware = hardwareById(gpu);
  const weightDtype = parseWeightDtype(architecture.weightDtype ?? 'bf16');
  const { deployment } = placeModel(
    architecture,
    hardware,
    undefined,
    { weightDtype },
    { tokens: mostTokens, sequences: 1, policy: 'ideal' },
  );
  const cards = deployment.tensorParallel * deployment.pipelineParallel;
  const label = `${architecture.id} on ${cards} x ${hardware.name}, ${weightDtype}`;
  return { architecture, deployment, label };
}
