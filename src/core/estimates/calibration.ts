import type { Hardware } from '../hardware/hardware.ts';
import data from './calibration.json';
import { InputError } from './inputError.ts';

/** What share of a chip's peaks its kernels reach. */
export interface ChipCalibration {
  /** Share of the dense peak that large GEMMs reach. */
  readonly gemmEfficiency: number;
  /** Rows (tokens) at which a GEMM reaches half of that: efficiency x m / (m + half). */
  readonly gemmHalfRows: number;
  readonly attentionEfficiency: number;
  readonly attentionHalfTokens: number;
  /** Attention takes 1 + mean keys per pair / this as long: its keys leave the cache of the chip. */
  readonly attentionSlowdownTokens: number;
  readonly bandwidthEfficiency: number;
  /** fp8 products draw so much power that engines fall short of the kernels' peak by `fp8GemmFactor`. */
  readonly fp8PowerLimited: boolean;
  /** False: no measurement of this chip stands behind the constants. */
  readonly measured: boolean;
  readonly source: string;
}

/** What a piece of software adds around the kernels. */
export interface EngineCalibration {
  readonly label: string;
  readonly layerSeconds: number;
  readonly stepSeconds: number;
  readonly decodeLayerSeconds: number;
  readonly decodeStepSeconds: number;
  /** Launched one by one by the processor: the work of a layer runs while the next one is launched. */
  readonly eager?: boolean;
  /** Tokenise, schedule, sample, answer: once per request. */
  readonly requestSeconds: number;
  /** Waiting for each other request that is being served. */
  readonly requestSecondsPerOther: number;
  /** Share of a lone kernel's rate that fp8 products reach when they run back to back. */
  readonly fp8GemmFactor: number;
  /** How often each width is read or written by elementwise kernels per layer. */
  readonly passes: {
    readonly hidden: number;
    readonly heads: number;
    readonly kv: number;
    readonly feedForward: number;
  };
  readonly bandwidthEfficiency: number;
  readonly source: string;
}

export interface CollectiveCalibration {
  readonly latencySeconds: number;
  readonly linkEfficiency: number;
  readonly inSwitchLinkEfficiency: number;
  readonly smallLatencySeconds: number;
  readonly smallLinkEfficiency: number;
  readonly source: string;
}

export type EngineName = keyof typeof data.engines;

export const engineNames = Object.keys(data.engines) as readonly EngineName[];
export const calibrationDate = data.asOf;
export const collectives: CollectiveCalibration = data.collectives;
export const flashAttention2OnHopperFactor = data.attentionKernels.flashAttention2OnHopper.factor;
export const fp8AttentionFactor = data.attentionKernels.fp8.factor;

export function engineCalibration(name: EngineName): EngineCalibration {
  return data.engines[name];
}

export function chipCalibration(hardware: Hardware): ChipCalibration {
  const chips: readonly (ChipCalibration & { readonly hardware: readonly string[] })[] =
    Object.values(data.chips);
  return chips.find((chip) => chip.hardware.includes(hardware.id)) ?? data.chips.default;
}

export function parseEngine(text: string): EngineName {
  const plain = text.toLowerCase().replace(/[^a-z]/g, '');
  const short: Record<string, EngineName> = {
    bare: 'bareForward',
    trtllm: 'tensorRtLlm',
    tensorrtllm: 'tensorRtLlm',
    hf: 'huggingFace',
    transformers: 'huggingFace',
  };
  const found = engineNames.find((one) => one.toLowerCase() === plain) ?? short[plain];
  if (found === undefined) throw new InputError('engine', text, `one of ${engineNames.join(', ')}`);
  return found;
}
