import type { EngineName } from './calibration.ts';
import type { WeightDtype } from './dtypes.ts';
import measured from './measurements/measured_prefill_h100.json';
import published from './measurements/published_ttft.json';

/** A time to first token that somebody measured. */
export interface MeasuredPrefill {
  /** Id in the architecture data of the same shape. */
  readonly architectureId: string;
  /** As the measurement names the model. */
  readonly modelName: string;
  readonly hardwareId: string;
  readonly tensorParallel: number;
  readonly engine: EngineName;
  readonly weightDtype: WeightDtype;
  readonly concurrency: number;
  readonly promptTokens: number;
  readonly seconds: number;
  /** What ran, in words. */
  readonly software: string;
  readonly source: string;
}

/** Names of the published rows' models, cards and software in our data. */
export const measuredArchitectureIds: Readonly<Record<string, string>> = {
  'llama-8b': 'llama-3.1-8b',
  'llama-70b': 'llama-3.1-70b',
  'llama-405b': 'llama-3.1-405b',
  'qwen2.5-72b': 'qwen2.5-72b',
};

export const measuredHardwareIds: Readonly<Record<string, string>> = {
  A100: 'a100-80-sxm',
  'A100-40': 'a100-40-sxm',
  H100: 'h100-sxm',
  H200: 'h200-sxm',
  GH200: 'gh200-96',
  H20: 'h20',
};

export function measuredEngine(software: string): EngineName {
  if (software.startsWith('HF')) return 'huggingFace';
  // A benchmark loop around the library, without a server.
  if (software.startsWith('FasterTransformer')) return 'bareForward';
  return /TensorRT|NIM/.test(software) ? 'tensorRtLlm' : 'vllm';
}

const ours = `measured for this project, ${measured.date}: PyTorch ${measured.torch} on ${measured.gpu}`;

function bareRow(
  row: { readonly shape: string; readonly n: number; readonly prefill_ms: number },
  tensorParallel: number,
): MeasuredPrefill {
  return {
    architectureId: row.shape,
    modelName: row.shape,
    hardwareId: 'h100-sxm',
    tensorParallel,
    engine: 'bareForward',
    weightDtype: 'bf16',
    concurrency: 1,
    promptTokens: row.n,
    seconds: row.prefill_ms / 1e3,
    software: 'plain PyTorch forward pass, no engine',
    source: ours,
  };
}

/** Every measured time to first token whose model and card are named, with its source. */
export const measuredPrefills: readonly MeasuredPrefill[] = [
  ...measured.rows.map((row) => bareRow(row, 1)),
  ...measured.tensorParallel2.rows.map((row) => bareRow(row, row.tensorParallel)),
  ...published.flatMap((row) => {
    const { model, ttft, tp } = row;
    if (model === undefined || ttft === undefined || tp === undefined) return [];
    const architectureId = measuredArchitectureIds[model];
    // Shapes that our data does not hold can stand beside no prediction.
    if (architectureId === undefined) return [];
    return [
      {
        architectureId,
        modelName: row.name,
        hardwareId: measuredHardwareIds[row.gpu] ?? row.gpu,
        tensorParallel: tp,
        engine: measuredEngine(row.sw),
        weightDtype: row.prec === 'fp8' ? ('fp8' as const) : ('bf16' as const),
        concurrency: row.conc ?? 1,
        promptTokens: row.n,
        seconds: ttft,
        software: row.sw,
        source: row.src,
      },
    ];
  }),
];
