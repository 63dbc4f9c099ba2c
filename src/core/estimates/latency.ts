import type { Architecture } from '../architectures/architecture.ts';
import { countParameters } from '../architectures/parameters.ts';
import { calibrationDate, collectives } from './calibration.ts';
import { chunkSamples } from './chunkSamples.ts';
import { chipOf, chipRates, engineOf } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { headBytesPerElement, weightBytesPerElement } from './dtypes.ts';
import { sumOf, unknown } from './explained.ts';
import type { Band, Explained, ExplainedInput } from './explained.ts';
import { gigabytes, plain, secondsText, sumText, terascale } from './formulaText.ts';
import { forwardPass } from './forwardPass.ts';
import { checkCount, InputError } from './inputError.ts';
import { architectureInputs, kvCacheBytes } from './kvCache.ts';
import { allReduceTime, touchedExperts } from './operators.ts';
import { prefillParts, secondsPart } from './prefillParts.ts';
import type { WeightedPass } from './prefillParts.ts';

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
  const passes: WeightedPass[] = [];
  for (const { at, newTokens, times } of chunkSamples(cached, promptTokens, chunkTokens)) {
    const pass = forwardPass(architecture, deployment, { newTokens, cachedTokens: at, sequences });
    if (typeof pass === 'string') {
      return unknown('prefillSeconds', 'seconds', `${architecture.id}: ${pass}`);
    }
    passes.push({ ...pass, times });
  }
  const engine = engineOf(deployment);
  const others = concurrency - 1;
  const parts = [
    ...prefillParts(passes),
    secondsPart(
      'queueSeconds',
      engine.requestSeconds + others * engine.requestSecondsPerOther,
      `${secondsText(engine.requestSeconds)} + ${others} other requests x ${secondsText(engine.requestSecondsPerOther)}`,
    ),
  ];
  const values = parts.map((one) => one.value ?? 0);
  const value = values.reduce((sum, one) => sum + one, 0);
  const flops = passes.reduce((sum, pass) => sum + pass.times * pass.flops, 0);
  const numSteps = Math.ceil((promptTokens - cached) / chunkTokens);
  return sumOf('prefillSeconds', 'seconds', parts, {
    formula: sumText(values, secondsText),
    inputs: latencyInputs(architecture, deployment),
    assumptions: [
      engine.label,
      `${promptTokens - cached} new tokens after ${cached} cached, in ${numSteps} step(s): ${plain(flops / 1e12)} TFLOP in all`,
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
  const engine = engineOf(deployment);
  const chip = chipOf(deployment);
  const rates = chipRates(deployment);
  const { tensorParallel } = deployment;
  const headWidth = counts.embedding;
  const read = weightsRead(architecture, counts.activePerToken, sequences);
  const each = weightBytesPerElement[deployment.weightDtype];
  const headEach = headBytesPerElement(deployment.weightDtype);
  const weightBytes = ((read - headWidth) * each + headWidth * headEach) / tensorParallel;
  const reading = weightBytes / (bandwidth * chip.bandwidthEfficiency);
  const flops = (2 * counts.activePerToken * sequences) / tensorParallel;
  const gemmRate = typeof rates === 'string' ? Infinity : rates.gemmFlopPerSecond;
  const arithmetic = flops / (gemmRate * chip.gemmEfficiency);
  const rate = `(${gigabytes(bandwidth, 'GB/s')} x ${chip.bandwidthEfficiency})`;
  const link = deployment.hardware.linkBytesPerSecond ?? Infinity;
  const message = sequences * (architecture.hiddenSize ?? 0) * 2;
  const layers = architecture.numLayers ?? 0;
  const { inSwitchReduce } = deployment;
  const reduce = allReduceTime(message, tensorParallel, link, inSwitchReduce, collectives);
  const parts = [
    secondsPart(
      'weightSeconds',
      Math.max(reading, arithmetic),
      reading >= arithmetic
        ? `${gigabytes(weightBytes)} of weights / ${rate}`
        : `${terascale(flops, 'FLOP')} / (${terascale(gemmRate, 'FLOP/s')} x ${chip.gemmEfficiency})`,
    ),
    secondsPart(
      'cacheSeconds',
      cache.value / (bandwidth * chip.bandwidthEfficiency),
      `${gigabytes(cache.value)} of cache / ${rate}`,
    ),
    secondsPart(
      'communicationSeconds',
      2 * layers * reduce.seconds,
      `2 x ${layers} layers x ${reduce.formula()}`,
    ),
    secondsPart(
      'overheadSeconds',
      layers * engine.decodeLayerSeconds + engine.decodeStepSeconds,
      `${layers} layers x ${secondsText(engine.decodeLayerSeconds)} + ${secondsText(engine.decodeStepSeconds)}`,
    ),
  ];
  const values = parts.map((one) => one.value ?? 0);
  const value = values.reduce((sum, one) => sum + one, 0);
  return sumOf(name, 'seconds', parts, {
    formula: sumText(values, secondsText),
    inputs: latencyInputs(architecture, deployment),
    assumptions: [
      engine.label,
      `${sequences} sequence(s) over ${options.contextTokens} cached tokens`,
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
  if (!chipOf(deployment).measured) {
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
  const chip = chipOf(deployment);
  const engine = engineOf(deployment);
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
