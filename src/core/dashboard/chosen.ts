import type { Architecture } from '../architectures/architecture.ts';
import type { BudgetOptions } from '../budget/budgetFor.ts';
import { findModel, UnknownModelError } from '../catalog/findModel.ts';
import type { Model } from '../catalog/model.ts';
import { deploymentOn } from '../estimates/deployment.ts';
import type { Deployment } from '../estimates/deployment.ts';
import type { Hardware } from '../hardware/hardware.ts';
import type { DashboardCatalogue, DashboardSnapshot } from './snapshot.ts';
import type { DashboardState } from './state.ts';

/** What the knobs at the top mean, looked up. */
export interface Chosen {
  /** Undefined: the id is not in the catalogue (any more). */
  readonly model?: Model;
  /** The id that was looked for. */
  readonly modelId: string;
  readonly budget: BudgetOptions;
  readonly overhead: Overhead;
  readonly shape: ChosenShape;
  readonly hardware: Hardware;
  readonly deployment: Deployment;
}

/** Tokens that a tool sends besides the code, by part; the parts sum up to `totalTokens`. */
export interface Overhead {
  readonly settingTokens: number;
  readonly systemPromptTokens: number;
  readonly toolDefinitionTokens: number;
  /** 0 while instruction files are not counted in. */
  readonly instructionTokens: number;
  readonly totalTokens: number;
}

/** The shape that memory and latency are worked out for. */
export interface ChosenShape {
  readonly architecture: Architecture;
  /** True: the model's own weights are not open, so that this is another model, to be labelled as reference. */
  readonly isReference: boolean;
}

export function chosenOf({ catalogue, now }: DashboardSnapshot, state: DashboardState): Chosen {
  const modelId = state.modelId ?? now.settings.modelId;
  const model = modelOf(catalogue, modelId);
  const overhead = overheadOf(now, state);
  const hardware = hardwareOf(catalogue, state.hardwareId);
  return {
    modelId,
    ...(model !== undefined && { model }),
    overhead,
    budget: {
      reservedOutputTokens: state.reservedOutputTokens ?? now.settings.reservedOutputTokens,
      overheadTokens: overhead.totalTokens,
    },
    shape: shapeOf(catalogue, model, state.referenceArchitectureId),
    hardware,
    deployment: deploymentOn(hardware, {
      weightDtype: state.weightDtype,
      kvDtype: state.kvDtype,
      tensorParallel: state.gpuCount ?? 1,
    }),
  };
}

export function modelOf({ models }: DashboardCatalogue, id: string): Model | undefined {
  try {
    return findModel(id, models);
  } catch (error) {
    if (error instanceof UnknownModelError) return undefined;
    throw error;
  }
}

export function overheadOf(now: DashboardSnapshot['now'], state: DashboardState): Overhead {
  const { systemPromptTokens, toolDefinitionTokens, countInstructionFiles } = state;
  const settingTokens = now.settings.overheadTokens;
  const instructionTokens = countInstructionFiles
    ? now.overheadFiles.reduce((sum, { tokens }) => sum + tokens, 0)
    : 0;
  return {
    settingTokens,
    systemPromptTokens,
    toolDefinitionTokens,
    instructionTokens,
    totalTokens: settingTokens + systemPromptTokens + toolDefinitionTokens + instructionTokens,
  };
}

/** The model's own shape, else the reference's, else the first there is. */
export function shapeOf(
  { architectures }: DashboardCatalogue,
  model: Model | undefined,
  referenceId: string,
): ChosenShape {
  const byId = (id: string | undefined) => architectures.find((one) => one.id === id);
  const own = byId(model?.architectureId);
  if (own !== undefined) return { architecture: own, isReference: false };
  return { architecture: byId(referenceId) ?? architectures[0], isReference: true };
}

function hardwareOf({ hardware }: DashboardCatalogue, id: string): Hardware {
  return hardware.find((one) => one.id === id) ?? hardware[0];
}
