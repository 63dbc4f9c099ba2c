import type { Architecture } from '../architectures/architecture.ts';
import { collectives, engineCalibration } from './calibration.ts';
import { chipRates, gpuCount } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { headBytesPerElement, weightBytesPerElement } from './dtypes.ts';
import {
  attentionWork,
  feedForwardGemms,
  feedForwardWidth,
  mixerGemms,
  mixerWidths,
} from './layerWork.ts';
import type { Step } from './layerWork.ts';
import { allReduceSeconds, attentionSeconds, gemmSeconds } from './operators.ts';
import type { ChipRates } from './operators.ts';

/** Seconds of one forward pass by what they are spent on. */
export interface ForwardSeconds {
  readonly gemm: number;
  readonly attention: number;
  readonly elementwise: number;
  readonly communication: number;
  readonly overhead: number;
  /** Matrix and attention FLOPs of all GPUs together. */
  readonly flops: number;
}

export interface Pass {
  readonly newTokens: number;
  readonly cachedTokens: number;
  readonly sequences: number;
}

/**
 * Time of one forward pass of new tokens over a cache, or why it is not known. Operators run one after the
 * other; each takes the longer of its arithmetic and its bytes. Logits for the last token of each sequence.
 */
export function forwardSeconds(
  architecture: Architecture,
  deployment: Deployment,
  pass: Pass,
): ForwardSeconds | string {
  const { hiddenSize, vocabSize, mixers, feedForwards } = architecture;
  if (mixers === undefined) return architecture.mixersUnknownBecause ?? 'its layers are not known';
  if (feedForwards === undefined) {
    return architecture.feedForwardsUnknownBecause ?? 'its feed-forward is not known';
  }
  if (hiddenSize === undefined || vocabSize === undefined) {
    return 'its hidden size or vocabulary has not been verified';
  }
  const engine = engineCalibration(deployment.engine);
  const rates = chipRates(deployment, engine.fp8GemmFactor);
  if (typeof rates === 'string') return rates;
  if (gpuCount(deployment) > 1 && rates.linkBytesPerSecond === undefined) {
    return `${deployment.hardware.name}: unknown link between GPUs`;
  }
  const { tensorParallel, contextParallel } = deployment;
  const isEightBit = deployment.weightDtype === 'fp8' || deployment.weightDtype === 'int8';
  const step: Step = {
    newTokens: pass.newTokens / contextParallel,
    cachedTokens: pass.cachedTokens,
    sequences: pass.sequences,
    tensorParallel,
    weightBytesPerElement: weightBytesPerElement[deployment.weightDtype],
    activationBytesPerElement: isEightBit ? 1 : 2,
    kvDtype: deployment.kvDtype,
  };
  const rows = step.newTokens * step.sequences;
  let gemm = 0;
  let attention = 0;
  let elementwiseWidth = 0;
  let exposedRing = 0;
  let flops = 0;
  let numBlocks = 0;
  let numLayers = 0;
  const { passes } = engine;
  const hiddenPasses = passes.hidden / 2 / (deployment.splitNorms ? tensorParallel : 1);
  for (const { count, layer } of mixers) {
    for (const one of mixerGemms(layer, hiddenSize, step)) {
      gemm += count * gemmSeconds(one, rates);
      flops += count * 2 * one.rows * one.inner * one.columns;
    }
    const ring = ringAttention(layer, step, pass, deployment, rates);
    attention += count * ring.seconds;
    exposedRing += count * ring.exposedSeconds;
    flops += count * ring.flops;
    const widths = mixerWidths(layer, tensorParallel);
    elementwiseWidth +=
      count * (hiddenPasses * hiddenSize + passes.heads * widths.heads + passes.kv * widths.kv);
    numBlocks += count;
    numLayers += count;
  }
  for (const { count, layer } of feedForwards) {
    for (const { gemm: one, times } of feedForwardGemms(layer, hiddenSize, step)) {
      gemm += count * times * gemmSeconds(one, rates);
      flops += count * times * 2 * one.rows * one.inner * one.columns;
    }
    const width = feedForwardWidth(layer, tensorParallel);
    elementwiseWidth += count * (hiddenPasses * hiddenSize + passes.feedForward * width);
    numBlocks += count;
  }
  const head = {
    rows: pass.sequences,
    inner: hiddenSize,
    columns: vocabSize / tensorParallel,
    weightBytesPerElement: headBytesPerElement(deployment.weightDtype),
    activationBytesPerElement: 2,
  };
  gemm += gemmSeconds(head, rates);
  flops += 2 * head.rows * head.inner * head.columns;
  const elementwise =
    (2 * rows * elementwiseWidth) / (rates.memoryBytesPerSecond * engine.bandwidthEfficiency);
  const hiddenBytes = rows * hiddenSize * 2;
  const link = rates.linkBytesPerSecond ?? Infinity;
  const reduce = allReduceSeconds(
    hiddenBytes,
    tensorParallel,
    link,
    deployment.inSwitchReduce,
    collectives,
  );
  const stages = deployment.pipelineParallel - 1;
  const handOver =
    stages * (collectives.smallLatencySeconds + hiddenBytes / (link * collectives.linkEfficiency));
  return {
    gemm,
    attention,
    elementwise,
    communication: numBlocks * reduce + handOver + exposedRing,
    overhead: numLayers * engine.layerSeconds + engine.stepSeconds,
    flops: flops * tensorParallel * contextParallel,
  };
}

/**
 * Attention of one layer. Over R ranks, keys and values pass round in R steps while each rank computes; what
 * the transfer takes longer than the computation stands open, R - 1 times (Ring Attention, arXiv 2310.01889).
 */
function ringAttention(
  layer: Parameters<typeof attentionWork>[0],
  step: Step,
  pass: Pass,
  deployment: Deployment,
  rates: ChipRates,
) {
  const ranks = deployment.contextParallel;
  const whole = attentionWork(layer, { ...step, newTokens: pass.newTokens });
  const one = attentionSeconds(
    whole.flops / ranks,
    whole.keyTokens,
    whole.meanKeyTokens,
    whole.kvBytes / ranks,
    rates,
  );
  if (ranks === 1 || layer.kind === 'state') {
    return { seconds: one, exposedSeconds: 0, flops: whole.flops / ranks };
  }
  // The last rank of a contiguous layout computes (2 R - 1) / R times the average.
  const imbalance = deployment.ringLayout === 'contiguous' ? (2 * ranks - 1) / ranks : 1;
  const link = (rates.linkBytesPerSecond ?? Infinity) * collectives.linkEfficiency;
  const transfer = whole.kvBytes / ranks / link + collectives.smallLatencySeconds;
  const compute = one / ranks;
  return {
    seconds: one * imbalance,
    exposedSeconds: (ranks - 1) * Math.max(0, transfer - compute),
    flops: whole.flops / ranks,
  };
}
