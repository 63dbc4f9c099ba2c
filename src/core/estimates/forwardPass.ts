import type { Architecture } from '../architectures/architecture.ts';
import { collectives } from './calibration.ts';
import { chipRates, engineOf, gpuCount } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { headBytesPerElement, weightBytesPerElement } from './dtypes.ts';
import { gigabytes, plain, secondsText } from './formulaText.ts';
import {
  attentionWork,
  feedForwardGemms,
  feedForwardWidth,
  mixerGemms,
  mixerWidths,
} from './layerWork.ts';
import type { Step } from './layerWork.ts';
import { allReduceTime, attentionTime, gemmTime } from './operators.ts';
import type { ChipRates, Timed } from './operators.ts';

export type OperatorKind = 'gemm' | 'attention' | 'elementwise' | 'communication' | 'overhead';

/** What one kind of operator takes in a pass, all its layers together. */
export interface OperatorTime extends Timed {
  readonly kind: OperatorKind;
  readonly name: string;
}

/** One forward pass by what its time is spent on. */
export interface ForwardPass {
  readonly operators: readonly OperatorTime[];
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
export function forwardPass(
  architecture: Architecture,
  deployment: Deployment,
  pass: Pass,
): ForwardPass | string {
  const { hiddenSize, vocabSize, mixers, feedForwards } = architecture;
  if (mixers === undefined) return architecture.mixersUnknownBecause ?? 'its layers are not known';
  if (feedForwards === undefined) {
    return architecture.feedForwardsUnknownBecause ?? 'its feed-forward is not known';
  }
  if (hiddenSize === undefined || vocabSize === undefined) {
    return 'its hidden size or vocabulary has not been verified';
  }
  const rates = chipRates(deployment);
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
  const operators: OperatorTime[] = [];
  const add = (kind: OperatorKind, name: string, times: number, one: Timed) => {
    if (times * one.seconds === 0) return;
    const formula = () => `${plain(times)} x (${one.formula()})`;
    operators.push({ kind, name, seconds: times * one.seconds, formula });
  };
  const { passes } = engineOf(deployment);
  const hiddenPasses = passes.hidden / 2 / (deployment.splitNorms ? tensorParallel : 1);
  let elementwiseWidth = 0;
  let flops = 0;
  let numBlocks = 0;
  let numLayers = 0;
  for (const { count, layer } of mixers) {
    const gemms = mixerGemms(layer, hiddenSize, step);
    for (const [index, one] of gemms.entries()) {
      add('gemm', `${layer.kind} layers, projection ${index + 1}`, count, gemmTime(one, rates));
      flops += count * 2 * one.rows * one.inner * one.columns;
    }
    const ring = ringAttention(layer, step, pass, deployment, rates);
    add('attention', `${layer.kind} layers`, count, ring.attention);
    add('communication', `keys and values around the ring`, count, ring.exposed);
    flops += count * ring.flops;
    const widths = mixerWidths(layer, tensorParallel);
    elementwiseWidth +=
      count * (hiddenPasses * hiddenSize + passes.heads * widths.heads + passes.kv * widths.kv);
    numBlocks += count;
    numLayers += count;
  }
  for (const { count, layer } of feedForwards) {
    const gemms = feedForwardGemms(layer, hiddenSize, step);
    for (const [index, { gemm, times }] of gemms.entries()) {
      const name = `${layer.kind === 'moe' ? 'expert' : 'dense'} feed-forward, product ${index + 1}`;
      add('gemm', name, count * times, gemmTime(gemm, rates));
      flops += count * times * 2 * gemm.rows * gemm.inner * gemm.columns;
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
  add('gemm', 'output head', 1, gemmTime(head, rates));
  flops += 2 * head.rows * head.inner * head.columns;
  const rows = step.newTokens * step.sequences;
  add(
    'elementwise',
    'norms, RoPE, activations',
    1,
    elementwiseTime(rows, elementwiseWidth, deployment, rates),
  );
  addCommunication(add, rows * hiddenSize * 2, numBlocks, deployment, rates);
  operators.push(overheadOf(operators, numLayers, deployment));
  return { operators, flops: flops * tensorParallel * contextParallel };
}

function elementwiseTime(
  rows: number,
  width: number,
  deployment: Deployment,
  rates: ChipRates,
): Timed {
  const { bandwidthEfficiency } = engineOf(deployment);
  return {
    seconds: (2 * rows * width) / (rates.memoryBytesPerSecond * bandwidthEfficiency),
    formula: () =>
      `2 B x ${plain(rows)} tokens x ${plain(width)} elements / (${gigabytes(rates.memoryBytesPerSecond, 'GB/s')} x ${bandwidthEfficiency})`,
  };
}

function addCommunication(
  add: (kind: OperatorKind, name: string, times: number, one: Timed) => void,
  hiddenBytes: number,
  numBlocks: number,
  deployment: Deployment,
  rates: ChipRates,
): void {
  const { tensorParallel, inSwitchReduce, pipelineParallel } = deployment;
  const link = rates.linkBytesPerSecond ?? Infinity;
  const reduce = allReduceTime(hiddenBytes, tensorParallel, link, inSwitchReduce, collectives);
  add('communication', 'all-reduces', numBlocks, reduce);
  const { smallLatencySeconds, linkEfficiency } = collectives;
  add('communication', 'hand-over between stages', pipelineParallel - 1, {
    seconds: smallLatencySeconds + hiddenBytes / (link * linkEfficiency),
    formula: () =>
      `${secondsText(smallLatencySeconds)} + ${gigabytes(hiddenBytes)} / (${gigabytes(link, 'GB/s')} x ${linkEfficiency})`,
  });
}

/**
 * Launches. The small kernels of a layer take no less together than in a decode step, however few tokens they work
 * on; an eager engine launches a layer in that time, behind which its work hides.
 */
function overheadOf(
  operators: readonly OperatorTime[],
  numLayers: number,
  deployment: Deployment,
): OperatorTime {
  const { layerSeconds, stepSeconds, decodeLayerSeconds, eager = false } = engineOf(deployment);
  const hiding = operators
    .filter(({ kind }) => (eager ? kind !== 'communication' : kind === 'elementwise'))
    .reduce((sum, { seconds }) => sum + seconds, 0);
  const least = numLayers * decodeLayerSeconds - hiding;
  const launches = numLayers * layerSeconds;
  return {
    kind: 'overhead',
    name: 'launches and steps',
    seconds: Math.max(launches, least) + stepSeconds,
    formula: () =>
      (launches >= least
        ? `${numLayers} layers x ${secondsText(layerSeconds)}`
        : `${numLayers} layers x ${secondsText(decodeLayerSeconds)} - ${secondsText(hiding)}`) +
      ` + ${secondsText(stepSeconds)}`,
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
): { readonly attention: Timed; readonly exposed: Timed; readonly flops: number } {
  const ranks = deployment.contextParallel;
  const whole = attentionWork(layer, { ...step, newTokens: pass.newTokens });
  const one = attentionTime(
    whole.flops / ranks,
    whole.keyTokens,
    whole.meanKeyTokens,
    whole.kvBytes / ranks,
    rates,
  );
  const flops = whole.flops / ranks;
  const none: Timed = { seconds: 0, formula: () => '0 s' };
  if (ranks === 1 || layer.kind === 'state') return { attention: one, exposed: none, flops };
  // The last rank of a contiguous layout computes (2 R - 1) / R times the average.
  const imbalance = deployment.ringLayout === 'contiguous' ? (2 * ranks - 1) / ranks : 1;
  const link = (rates.linkBytesPerSecond ?? Infinity) * collectives.linkEfficiency;
  const transfer = whole.kvBytes / ranks / link + collectives.smallLatencySeconds;
  const compute = one.seconds / ranks;
  return {
    attention: {
      seconds: one.seconds * imbalance,
      formula: () => (imbalance === 1 ? one.formula() : `${plain(imbalance)} x (${one.formula()})`),
    },
    exposed: {
      seconds: (ranks - 1) * Math.max(0, transfer - compute),
      formula: () => `${ranks - 1} x (${secondsText(transfer)} - ${secondsText(compute)})`,
    },
    flops,
  };
}
