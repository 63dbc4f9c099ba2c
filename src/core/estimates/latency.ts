import type { Architecture } from '../architectures/architecture.ts';
import { countParameters } from '../architectures/parameters.ts';
import { chunkSamples } from './chunkSamples.ts';
import { calibrationDate, chipCalibration, collectives, engineCalibration } from './calibration.ts';
import { chipRates } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { headBytesPerElement, weightBytesPerElement } from './dtypes.ts';
import { sumOf, unknown } from './explained.ts';
import type { Band, Explained, ExplainedInput } from './explained.ts';
import { forwardSeconds } from './forwardPass.ts';
import type { ForwardSeconds } from './forwardPass.ts';
import { checkCount, InputError } from './inputError.ts';
import { architectureInputs, kvCacheBytes } from './kvCache.ts';
import { allReduceSeconds, touchedExperts } from './operators.ts';

export interface PrefillOptions {
  readonly promptTokens: number;
  /** Tokens of the prompt whose keys and values are already in the cache. Default 0. */
  readonly cachedPrefixTokens?: number;
  /** Default: the whole prompt at once. */
  readonly chunkTokens?: number;
  /** Prompts computed together. Default 1. */
  readonly sequences?: number;
  /** Requests served at the same time, this one included; more than 1 adds queueing. Default 1. */
  readonly concurrency?: number;
}

/**
 * Seconds from the request to the first token: GEMM + attention + elementwise + communication + overhead +
 * queue, each a part. A bare forward pass has no queue. A hosted API's latency is not arithmetic: not here.
 */
export function prefillSeconds(
  architecture: Architecture,
  deployment: Deployment,
  options: PrefillOptions,
): Explained {
  const { promptTokens } = options;
  const cached = options.cachedPrefixTokens ?? 0;
  const sequences = options.sequences ?? 1;
  const concurrency = options.concurrency ?? 1;
  checkCount('promptTokens', promptTokens, 1);
  checkCount('cachedPrefixTokens', cached, 0);
  checkCount('sequences', sequences);
  checkCount('concurrency', concurrency);
  if (cached >= promptTokens) {
    throw new InputError('cachedPrefixTokens', cached, `less than the prompt's ${promptTokens}`);
  }
  const chunkTokens = options.chunkTokens ?? promptTokens - cached;
  checkCount('chunkTokens', chunkTokens);
  const total = { gemm: 0, attention: 0, elementwise: 0, communication: 0, overhead: 0, flops: 0 };
  for (const { at, newTokens, times } of chunkSamples(cached, promptTokens, chunkTokens)) {
    const pass = forwardSeconds(architecture, deployment, {
      newTokens,
      cachedTokens: at,
      sequences,
    });
    if (typeof pass === 'string') {
      return unknown('prefillSeconds', 'seconds', `${architecture.id}: ${pass}`);
    }
    for (const key of Object.keys(total) as (keyof ForwardSeconds)[]) {
      total[key] += times * pass[key];
    }
  }
  const engine = engineCalibration(deployment.engine);
  const queue = engine.requestSeconds + (concurrency - 1) * engine.requestSecondsPerOther;
  const numChunks = Math.ceil((promptTokens - cached) / chunkTokens);
  const teraflops = (total.flops / 1e12).toPrecision(4);
  const part = (name: string, value: number, formula: string) =>
    ({ name, unit: 'seconds', value, formula, inputs: [], assumptions: [] }) satisfies Explained;
  const parts = [
    part('gemmSeconds', total.gemm, `matrix products, part of ${teraflops} TFLOP in all`),
    part(
      'attentionSeconds',
      total.attention,
      '2 x heads x (key + value width) x pairs of each layer / (peak x efficiency)',
    ),
    part('elementwiseSeconds', total.elementwise, 'bytes of norms, RoPE, activations / bandwidth'),
    part(
      'communicationSeconds',
      total.communication,
      deployment.tensorParallel > 1
        ? `two all-reduces a layer over ${deployment.tensorParallel} GPUs`
        : 'one GPU per layer',
    ),
    part('overheadSeconds', total.overhead, `launches and ${numChunks} steps`),
    part('queueSeconds', queue, `request handling at concurrency ${concurrency}`),
  ];
  const value = parts.reduce((sum, one) => sum + one.value, 0);
  return sumOf('prefillSeconds', 'seconds', parts, {
    formula: `${promptTokens - cached} new tokens after ${cached} cached, in ${numChunks} step(s): ${parts.map((one) => one.value.toPrecision(3)).join(' + ')} s`,
    inputs: latencyInputs(architecture, deployment),
    assumptions: [
      engine.label,
      `weights ${deployment.weightDtype}, cache ${deployment.kvDtype}`,
      `tensor parallel ${deployment.tensorParallel}, context parallel ${deployment.contextParallel}, pipeline stages ${deployment.pipelineParallel}`,
      ...(deployment.tensorParallel > 1
        ? [`all-reduce ${deployment.inSwitchReduce ? 'in the switch' : 'as a ring'}`]
        : []),
      ...(deployment.weightDtype === 'fp8' && deployment.hardware.fp8FlopPerSecond === undefined
        ? [`${deployment.hardware.name} has no fp8 unit: products in 16 bits`]
        : []),
      'no network',
    ],
    band: bandAround(value, deployment),
  });
}

export interface DecodeOptions {
  /** Tokens in the cache of each sequence. */
  readonly contextTokens: number;
  /** Sequences decoded together. Default 1. */
  readonly sequences?: number;
}

/**
 * Seconds of one decode step, which gives every sequence one token: the weights and the cache are read once;
 * with many sequences the arithmetic takes longer than the reading.
 */
export function decodeSecondsPerToken(
  architecture: Architecture,
  deployment: Deployment,
  options: DecodeOptions,
): Explained {
  const name = 'decodeSecondsPerToken';
  const sequences = options.sequences ?? 1;
  checkCount('contextTokens', options.contextTokens, 0);
  checkCount('sequences', sequences);
  const counts = countParameters(architecture);
  const cache = kvCacheBytes(architecture, {
    tokens: options.contextTokens,
    sequences,
    dtype: deployment.kvDtype,
    tensorParallel: deployment.tensorParallel,
  });
  const bandwidth = deployment.hardware.memoryBytesPerSecond;
  if (counts === undefined || cache.value === undefined || !architecture.feedForwards) {
    return unknown(name, 'seconds', cache.unknownBecause ?? `${architecture.id}: shape not known`);
  }
  if (bandwidth === undefined) {
    return unknown(name, 'seconds', `${deployment.hardware.name}: unknown bandwidth`);
  }
  const engine = engineCalibration(deployment.engine);
  const rates = chipRates(deployment, engine.fp8GemmFactor);
  const tensorParallel = deployment.tensorParallel;
  const headWidth = counts.embedding;
  const read = weightsRead(architecture, counts.activePerToken, sequences);
  const each = weightBytesPerElement[deployment.weightDtype];
  const weightBytes =
    ((read - headWidth) * each + headWidth * headBytesPerElement(deployment.weightDtype)) /
    tensorParallel;
  const effective = bandwidth * chipCalibration(deployment.hardware).bandwidthEfficiency;
  const arithmetic =
    typeof rates === 'string'
      ? 0
      : (2 * counts.activePerToken * sequences) /
        tensorParallel /
        (rates.gemmFlopPerSecond * rates.calibration.gemmEfficiency);
  const weightSeconds = Math.max(weightBytes / effective, arithmetic);
  const cacheSeconds = cache.value / effective;
  const link = deployment.hardware.linkBytesPerSecond ?? Infinity;
  const message = sequences * (architecture.hiddenSize ?? 0) * 2;
  const layers = architecture.numLayers ?? 0;
  const reduce = allReduceSeconds(
    message,
    tensorParallel,
    link,
    deployment.inSwitchReduce,
    collectives,
  );
  const part = (partName: string, value: number, formula: string) =>
    ({
      name: partName,
      unit: 'seconds',
      value,
      formula,
      inputs: [],
      assumptions: [],
    }) satisfies Explained;
  const gigabytes = (bytes: number) => (bytes / 1e9).toPrecision(4);
  const rate = gigabytes(effective);
  const parts = [
    part(
      'weightSeconds',
      weightSeconds,
      `${gigabytes(weightBytes)} GB of weights / ${rate} GB/s, or their arithmetic`,
    ),
    part('cacheSeconds', cacheSeconds, `${gigabytes(cache.value)} GB of cache / ${rate} GB/s`),
    part('communicationSeconds', 2 * layers * reduce, `2 x ${layers} all-reduces`),
    part(
      'overheadSeconds',
      layers * engine.decodeLayerSeconds + engine.decodeStepSeconds,
      `${layers} layers x ${engine.decodeLayerSeconds} s + ${engine.decodeStepSeconds} s`,
    ),
  ];
  const value = parts.reduce((sum, one) => sum + one.value, 0);
  return sumOf(name, 'seconds', parts, {
    formula: `${parts.map((one) => one.value.toPrecision(3)).join(' + ')} s for ${sequences} sequence(s) over ${options.contextTokens} cached tokens`,
    inputs: latencyInputs(architecture, deployment),
    assumptions: [
      engine.label,
      `weights ${deployment.weightDtype}, cache ${deployment.kvDtype}`,
      `tensor parallel ${tensorParallel}`,
      'no speculative decoding',
    ],
    band: bandAround(value, deployment),
  });
}

/** Weights that one step of `tokens` reads: all but the experts that nobody chose. */
function weightsRead(architecture: Architecture, activePerToken: number, tokens: number): number {
  const hiddenSize = architecture.hiddenSize ?? 0;
  return (architecture.feedForwards ?? []).reduce((sum, { count, layer }) => {
    if (layer.kind === 'dense') return sum;
    const expert = (layer.gated ? 3 : 2) * hiddenSize * layer.expertIntermediateSize;
    const touched = touchedExperts(layer.routedExperts, layer.expertsPerToken, tokens);
    return sum + count * expert * (touched - layer.expertsPerToken);
  }, activePerToken);
}

/** Half widths: what at least nine in ten measurements of that kind lie within (see the validation report). */
export function bandWidth(deployment: Deployment): {
  readonly share: number;
  readonly basis: string;
} {
  if (!chipCalibration(deployment.hardware).measured) {
    return { share: 0.4, basis: `no measurement of ${deployment.hardware.name}` };
  }
  return deployment.engine === 'bareForward'
    ? { share: 0.1, basis: 'measured forward passes on this chip' }
    : { share: 0.2, basis: 'published serving measurements on this chip' };
}

function bandAround(value: number, deployment: Deployment): Band {
  const { share, basis } = bandWidth(deployment);
  return { low: value * (1 - share), high: value * (1 + share), basis };
}

function latencyInputs(
  architecture: Architecture,
  deployment: Deployment,
): readonly ExplainedInput[] {
  const { hardware } = deployment;
  const chip = chipCalibration(hardware);
  const engine = engineCalibration(deployment.engine);
  const from = { source: hardware.sources.join('; '), asOf: hardware.asOf };
  return [
    { name: 'dense 16-bit rate', value: hardware.bf16FlopPerSecond, unit: 'FLOP/s', ...from },
    { name: 'memory bandwidth', value: hardware.memoryBytesPerSecond, unit: 'B/s', ...from },
    {
      name: 'GEMM efficiency',
      value: chip.gemmEfficiency,
      source: chip.source,
      asOf: calibrationDate,
    },
    {
      name: 'attention efficiency',
      value: chip.attentionEfficiency,
      source: chip.source,
      asOf: calibrationDate,
    },
    {
      name: 'engine',
      value: deployment.engine,
      source: engine.source,
      asOf: calibrationDate,
    },
    ...(deployment.tensorParallel > 1
      ? [
          {
            name: 'link',
            value: hardware.linkBytesPerSecond,
            unit: 'B/s',
            source: collectives.source,
            asOf: calibrationDate,
          },
        ]
      : []),
    ...architectureInputs(architecture),
  ];
}
