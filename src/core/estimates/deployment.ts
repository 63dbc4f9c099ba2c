import type { Hardware } from '../hardware/hardware.ts';
import type { ChipCalibration, EngineCalibration, EngineName } from './calibration.ts';
import {
  chipCalibration,
  engineCalibration,
  flashAttention2OnHopperFactor,
  fp8AttentionFactor,
} from './calibration.ts';
import type { KvDtype, WeightDtype } from './dtypes.ts';
import { checkCount } from './inputError.ts';
import type { ChipRates } from './operators.ts';

/** Where and how a model runs. */
export interface Deployment {
  readonly hardware: Hardware;
  readonly engine: EngineName;
  readonly weightDtype: WeightDtype;
  readonly kvDtype: KvDtype;
  /** Ranks over which every layer is split. */
  readonly tensorParallel: number;
  /** Ranks over which the text is split (ring attention). */
  readonly contextParallel: number;
  /** Stages over which the layers are split. */
  readonly pipelineParallel: number;
  /** All-reduce inside the switch (NVLink SHARP). Default: with four GPUs or more on NVLink 4 or 5. */
  readonly inSwitchReduce: boolean;
  /** Norms and residuals split over the tensor-parallel ranks (sequence parallelism). */
  readonly splitNorms: boolean;
  /** Ring attention's layout of the text: zig-zag balances the causal triangle, contiguous does not. */
  readonly ringLayout: 'zigZag' | 'contiguous';
  /** FlashAttention-2 on Hopper reaches about half of the native kernel's rate. */
  readonly attentionKernel: 'native' | 'flashAttention2';
  /** Scores and values multiplied in fp8 (TensorRT-LLM's fp8 context attention). */
  readonly fp8Attention: boolean;
  /** Constants in place of those of calibration.json, for what one has measured oneself. */
  readonly constants?: {
    readonly chip?: Partial<ChipCalibration>;
    readonly engine?: Partial<EngineCalibration>;
  };
}

export function chipOf({ hardware, constants }: Deployment): ChipCalibration {
  return { ...chipCalibration(hardware), ...constants?.chip };
}

export function engineOf({ engine, constants }: Deployment): EngineCalibration {
  return { ...engineCalibration(engine), ...constants?.engine };
}

export function deploymentOn(hardware: Hardware, settings: Partial<Deployment> = {}): Deployment {
  const deployment = {
    hardware,
    engine: 'vllm' as const,
    weightDtype: 'bf16' as const,
    kvDtype: 'bf16' as const,
    tensorParallel: 1,
    contextParallel: 1,
    pipelineParallel: 1,
    inSwitchReduce: hasSwitch(hardware) && (settings.tensorParallel ?? 1) >= 4,
    splitNorms: false,
    ringLayout: 'zigZag' as const,
    attentionKernel: 'native' as const,
    fp8Attention: false,
    ...settings,
  };
  for (const field of ['tensorParallel', 'contextParallel', 'pipelineParallel'] as const) {
    checkCount(field, deployment[field], 1, 4096);
  }
  return deployment;
}

function hasSwitch(hardware: Hardware): boolean {
  return /^NVLink[45]/.test(hardware.linkName ?? '');
}

export function gpuCount(deployment: Deployment): number {
  return deployment.tensorParallel * deployment.contextParallel * deployment.pipelineParallel;
}

/** The chip's rates for these dtypes, or why they are not known. */
export function chipRates(deployment: Deployment): ChipRates | string {
  const { hardware, weightDtype } = deployment;
  const base = chipOf(deployment);
  const { fp8GemmFactor } = engineOf(deployment);
  const half = hardware.bf16FlopPerSecond;
  if (half === undefined) return `${hardware.name}: no published 16-bit rate`;
  if (hardware.memoryBytesPerSecond === undefined) return `${hardware.name}: unknown bandwidth`;
  const isFp8 = weightDtype === 'fp8' && hardware.fp8FlopPerSecond !== undefined;
  const isInt8 = weightDtype === 'int8' && hardware.int8OpPerSecond !== undefined;
  // Weights of four bits, and eight bits without a unit for them, are widened and multiplied in 16 bits.
  const gemm = isFp8 ? hardware.fp8FlopPerSecond : isInt8 ? hardware.int8OpPerSecond : half;
  const isHopper = base.source.includes('FlashAttention-3');
  const slower = deployment.attentionKernel === 'flashAttention2' && isHopper;
  const fp8Attention = deployment.fp8Attention && hardware.fp8FlopPerSecond !== undefined;
  const attention = slower ? flashAttention2OnHopperFactor : fp8Attention ? fp8AttentionFactor : 1;
  return {
    gemmFlopPerSecond:
      (gemm ?? half) * ((isFp8 || isInt8) && base.fp8PowerLimited ? fp8GemmFactor : 1),
    attentionFlopPerSecond: half * attention,
    memoryBytesPerSecond: hardware.memoryBytesPerSecond,
    linkBytesPerSecond: hardware.linkBytesPerSecond,
    calibration: base,
  };
}
