import type { Architecture } from '../../../src/core/architectures/architecture.ts';
import { architectureById } from '../../../src/core/architectures/architectures.ts';
import { typedArchitecture } from '../../../src/core/architectures/typedArchitecture.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import type { Deployment } from '../../../src/core/estimates/deployment.ts';
import type { Explained } from '../../../src/core/estimates/explained.ts';
import { decodeSecondsPerToken, prefillSeconds } from '../../../src/core/estimates/latency.ts';
import {
  measuredArchitectureIds,
  measuredEngine,
  measuredHardwareIds,
} from '../../../src/core/estimates/measuredLatency.ts';
import { hardwareById } from '../../../src/core/hardware/hardware.ts';
import measured from '../../../src/core/estimates/measurements/measured_prefill_h100.json';
import published from '../../../src/core/estimates/measurements/published_ttft.json';
import { heldOutPoints } from './crossValidation.ts';
import type { FitPoint, HeldOutPoint } from './crossValidation.ts';

/** One measured point beside what the model says. */
export interface ValidationPoint {
  readonly group: string;
  readonly label: string;
  readonly fitted: boolean;
  readonly measuredSeconds: number;
  readonly predictedSeconds: number;
  readonly inBand: boolean;
}

function point(
  group: string,
  label: string,
  fitted: boolean,
  measuredSeconds: number,
  predicted: Explained,
): ValidationPoint {
  const { value, band } = predicted;
  if (value === undefined || band === undefined) {
    throw new Error(`${label}: ${predicted.unknownBecause ?? 'no band'}`);
  }
  const inBand = measuredSeconds >= band.low && measuredSeconds <= band.high;
  return { group, label, fitted, measuredSeconds, predictedSeconds: value, inBand };
}

/** The measured shapes as architectures. */
function measuredShape(name: keyof typeof measured.shapes): Architecture {
  const shape = measured.shapes[name];
  return typedArchitecture({
    id: name,
    numLayers: shape.layers,
    hiddenSize: shape.hidden,
    numHeads: shape.queryHeads,
    numKvHeads: shape.kvHeads,
    headDim: shape.headDim,
    intermediateSize: shape.ffn,
    vocabSize: shape.vocab,
  });
}

/** Forward passes without an engine: single GPU fitted, two GPUs and one decode row not. */
export function barePoints(): readonly ValidationPoint[] {
  const on = (settings: Partial<Deployment>) =>
    deploymentOn(hardwareById('h100-sxm'), { engine: 'bareForward', ...settings });
  const single = measured.rows.flatMap((row) => {
    const shape = measuredShape(row.shape as keyof typeof measured.shapes);
    const label = `${row.shape} ${row.n} H100`;
    const prefill = prefillSeconds(shape, on({}), { promptTokens: row.n });
    const decode = decodeSecondsPerToken(shape, on({}), { contextTokens: row.n });
    const heldOut = row.shape === 'qwen3-4b' && row.n === 32_768;
    return [
      point('bare prefill', label, true, row.prefill_ms / 1e3, prefill),
      point('bare decode', label, !heldOut, row.decode_ms / 1e3, decode),
    ];
  });
  const split = measured.tensorParallel2.rows.map((row) => {
    const shape = measuredShape(row.shape as keyof typeof measured.shapes);
    const deployment = on({ tensorParallel: row.tensorParallel });
    const prefill = prefillSeconds(shape, deployment, { promptTokens: row.n });
    return point(
      'bare prefill',
      `${row.shape} ${row.n} 2 x H100`,
      false,
      row.prefill_ms / 1e3,
      prefill,
    );
  });
  return [...single, ...split];
}

/** The single-GPU rows, each predicted with constants that were fitted without it. */
export function crossValidated(leftOut: HeldOutPoint['leftOut']): readonly HeldOutPoint[] {
  const deployment = deploymentOn(hardwareById('h100-sxm'), { engine: 'bareForward' });
  return heldOutPoints(
    measured.rows.flatMap((row): readonly FitPoint[] => {
      const shape = measuredShape(row.shape as keyof typeof measured.shapes);
      const shared = { shapeId: row.shape, shape, deployment, tokens: row.n };
      const label = `${row.shape} ${row.n}`;
      return [
        { ...shared, label, kind: 'prefill', measuredSeconds: row.prefill_ms / 1e3 },
        { ...shared, label, kind: 'decode', measuredSeconds: row.decode_ms / 1e3 },
      ];
    }),
    leftOut,
  );
}

/** GPT-style 13B of FasterTransformer's measurements (40 layers, 5120 wide, MHA). */
const fasterTransformer13b = typedArchitecture({
  id: 'ft-13b',
  numLayers: 40,
  hiddenSize: 5120,
  numHeads: 40,
  numKvHeads: 40,
  headDim: 128,
  intermediateSize: 20_480,
  vocabSize: 51_200,
  gated: false,
});

const shapes: Record<string, Architecture> = {
  ...Object.fromEntries(
    Object.entries(measuredArchitectureIds).map(([name, id]) => [name, architectureById(id)]),
  ),
  'ft-13b': fasterTransformer13b,
};

type PublishedRow = (typeof published)[number];

/**
 * Rows on which a constant or an assumption was chosen; the others only check. Left to check: every H100 row,
 * by two engines, two models, three degrees of tensor parallelism and two dtypes.
 */
function isFitted(row: PublishedRow): boolean {
  return row.gpu !== 'H100';
}

function withoutQueue(prefill: Explained): Explained {
  const queue = prefill.parts?.find((part) => part.name === 'queueSeconds')?.value ?? 0;
  const { value, band } = prefill;
  if (value === undefined || band === undefined) return prefill;
  return {
    ...prefill,
    value: value - queue,
    band: { ...band, low: band.low - queue, high: band.high - queue },
  };
}

/** Published serving points. */
export function servingPoints(): readonly ValidationPoint[] {
  return published.flatMap((row) => {
    const engine = measuredEngine(row.sw);
    const hardware = hardwareById(measuredHardwareIds[row.gpu] ?? row.gpu);
    const label = `${row.name} ${row.n} ${row.gpus} x ${row.gpu} ${engine}`;
    if (row.ttft === undefined || row.model === undefined || row.tp === undefined) {
      const shape = architectureById('qwen3-8b');
      const deployment = deploymentOn(hardware, { engine: 'vllm', weightDtype: 'fp8' });
      // A throughput, so without the handling of a request.
      const prefill = withoutQueue(prefillSeconds(shape, deployment, { promptTokens: row.n }));
      return [
        point(
          'serving TTFT',
          label,
          isFitted(row),
          row.n / (row.prefill_tok_s_per_gpu ?? NaN),
          prefill,
        ),
      ];
    }
    const inSwitch = row.gpu === 'GH200';
    const deployment = deploymentOn(hardware, {
      engine,
      weightDtype: row.prec === 'fp8' ? 'fp8' : 'bf16',
      tensorParallel: row.tp,
      // NVIDIA does not state the precision or parallelism of its NVL32 figures: fp8 throughout is assumed.
      ...(inSwitch ? { inSwitchReduce: true, splitNorms: true, fp8Attention: true } : {}),
    });
    const shape = shapes[row.model];
    const concurrency = row.conc ?? 1;
    // 405B over 32 GPUs has kv heads copied; the engines allow it when ranks are a multiple of the heads.
    const prefill = prefillSeconds(shape, deployment, { promptTokens: row.n, concurrency });
    const fitted = isFitted(row);
    const points = [point('serving TTFT', label, fitted, row.ttft, prefill)];
    if (row.tpot !== undefined && row.out !== undefined) {
      const contextTokens = row.n + Math.round(row.out / 2);
      const options = { contextTokens, sequences: concurrency };
      const decode = decodeSecondsPerToken(shape, deployment, options);
      points.push(point('serving decode', label, fitted, row.tpot, decode));
    }
    return points;
  });
}

export interface ErrorSummary {
  readonly group: string;
  readonly fitted: boolean;
  readonly points: number;
  readonly meanAbsoluteError: number;
  readonly worst: number;
  readonly inBand: number;
}

export function summarize(points: readonly ValidationPoint[]): readonly ErrorSummary[] {
  const keys = [...new Set(points.map((one) => `${one.group}|${one.fitted}`))];
  return keys.map((key) => {
    const own = points.filter((one) => `${one.group}|${one.fitted}` === key);
    const errors = own.map((one) => Math.abs(relativeError(one)));
    return {
      group: own[0].group,
      fitted: own[0].fitted,
      points: own.length,
      meanAbsoluteError: errors.reduce((sum, error) => sum + error, 0) / own.length,
      worst: Math.max(...errors),
      inBand: own.filter((one) => one.inBand).length,
    };
  });
}

export function relativeError(
  one: Pick<ValidationPoint, 'predictedSeconds' | 'measuredSeconds'>,
): number {
  return one.predictedSeconds / one.measuredSeconds - 1;
}

/** The report that `npm run validate:estimates` prints. */
export function validationReport(): string {
  const points = [...barePoints(), ...servingPoints()];
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const lines = points.map((one) =>
    [
      one.group.padEnd(15),
      one.label.padEnd(62),
      one.fitted ? 'fitted    ' : 'not fitted',
      `${(one.measuredSeconds * 1e3).toFixed(2)} ms`.padStart(14),
      `${(one.predictedSeconds * 1e3).toFixed(2)} ms`.padStart(14),
      percent(relativeError(one)).padStart(9),
      one.inBand ? 'in band' : 'OUT OF BAND',
    ].join(' '),
  );
  const totals = summarize(points).map(
    (one) =>
      `${one.group.padEnd(15)} ${one.fitted ? 'fitted    ' : 'not fitted'} ${String(one.points).padStart(3)} points, mean error ${percent(one.meanAbsoluteError)}, worst ${percent(one.worst)}, ${one.inBand} of ${one.points} in band`,
  );
  return [
    'what            point, measured, predicted, error',
    ...lines,
    '',
    ...totals,
    '',
    ...crossValidationLines(percent),
  ].join('\n');
}

function crossValidationLines(percent: (share: number) => string): readonly string[] {
  const held = [...crossValidated('point'), ...crossValidated('shape')];
  return [
    'cross-validation: each single-GPU row with constants fitted on the others (point) or on the other shape (shape)',
    ...held.map(
      (one) =>
        `without the ${one.leftOut.padEnd(6)} ${one.kind.padEnd(8)} ${one.label.padEnd(24)} ${percent(relativeError(one)).padStart(9)}`,
    ),
    ...(['point', 'shape'] as const).flatMap((leftOut) =>
      (['prefill', 'decode'] as const).map((kind) => {
        const errors = held
          .filter((one) => one.leftOut === leftOut && one.kind === kind)
          .map((one) => Math.abs(relativeError(one)));
        const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
        return `without the ${leftOut.padEnd(6)} ${kind.padEnd(8)} mean error ${percent(mean)}, worst ${percent(Math.max(...errors))}`;
      }),
    ),
  ];
}
