import type { Demo } from './demo.ts';
import { causalMaskingDemo } from './demos/causalMasking.ts';
import { denseAttentionDemo } from './demos/denseAttention.ts';
import { mlaDemo } from './demos/mla.ts';
import { slidingWindowDemo } from './demos/slidingWindow.ts';
import { dilatedWindowDemo } from './demos/dilatedWindow.ts';
import { longformerDemo } from './demos/longformer.ts';
import { bigBirdDemo } from './demos/bigBird.ts';
import { sparseTransformerDemo } from './demos/sparseTransformer.ts';
import { chunkedLocalDemo } from './demos/chunkedLocal.ts';
import { attentionSinksDemo } from './demos/attentionSinks.ts';
import { heavyHitterEvictionDemo } from './demos/heavyHitterEviction.ts';
import { linformerDemo } from './demos/linformer.ts';
import { linearAttentionDemo } from './demos/linearAttention.ts';
import { alibiDemo } from './demos/alibi.ts';
import { mambaDemo } from './demos/mamba.ts';
import { gatedDeltaRuleDemo } from './demos/gatedDeltaRule.ts';
import { absolutePositionsDemo } from './demos/absolutePositions.ts';
import { rwkvDemo } from './demos/rwkv.ts';
import { continuousBatchingDemo } from './demos/continuousBatching.ts';
import { tensorParallelDemo } from './demos/tensorParallel.ts';
import { selectiveCopyingDemo } from './demos/selectiveCopying.ts';
import { hybridStackDemo } from './demos/hybridStack.ts';
import { moeRoutingDemo } from './demos/moeRouting.ts';
import { dynamicSparsityDemo } from './demos/dynamicSparsity.ts';
import { hierarchicalAttentionDemo } from './demos/hierarchicalAttention.ts';
import { flashAttentionDemo } from './demos/flashAttention.ts';
import { ringAttentionDemo } from './demos/ringAttention.ts';
import { chunkedPrefillDemo } from './demos/chunkedPrefill.ts';
import { pagedCacheDemo } from './demos/pagedCache.ts';
import { transformerXlDemo } from './demos/transformerXl.ts';
import { kvQuantizationDemo } from './demos/kvQuantization.ts';
import { quadraticWallDemo } from './demos/quadraticWall.ts';
import { needleDemo } from './demos/needle.ts';
import { lostInTheMiddleDemo } from './demos/lostInTheMiddle.ts';
import { ropeDemo } from './demos/rope.ts';
import { positionInterpolationDemo } from './demos/positionInterpolation.ts';
import { ntkAwareDemo } from './demos/ntkAware.ts';
import { yarnDemo } from './demos/yarn.ts';
import { llama3RopeDemo } from './demos/llama3Rope.ts';
import { longRopeDemo } from './demos/longRope.ts';

/** One line each; in any order. */
const listed: readonly Demo[] = [
  causalMaskingDemo,
  denseAttentionDemo,
  mlaDemo,
  slidingWindowDemo,
  dilatedWindowDemo,
  longformerDemo,
  bigBirdDemo,
  sparseTransformerDemo,
  chunkedLocalDemo,
  attentionSinksDemo,
  heavyHitterEvictionDemo,
  linformerDemo,
  linearAttentionDemo,
  alibiDemo,
  mambaDemo,
  gatedDeltaRuleDemo,
  hybridStackDemo,
  moeRoutingDemo,
  dynamicSparsityDemo,
  hierarchicalAttentionDemo,
  flashAttentionDemo,
  ringAttentionDemo,
  chunkedPrefillDemo,
  pagedCacheDemo,
  transformerXlDemo,
  kvQuantizationDemo,
  quadraticWallDemo,
  absolutePositionsDemo,
  rwkvDemo,
  selectiveCopyingDemo,
  tensorParallelDemo,
  continuousBatchingDemo,
  needleDemo,
  lostInTheMiddleDemo,
  ropeDemo,
  positionInterpolationDemo,
  ntkAwareDemo,
  yarnDemo,
  llama3RopeDemo,
  longRopeDemo,
];

/** Every demo of the lab, by the number of its mechanism. */
export const demos: readonly Demo[] = [...listed].sort((a, b) => a.mechanism - b.mechanism);

/** @throws Error naming the id when there is no such demo */
export function findDemo(id: string): Demo {
  const demo = demos.find((one) => one.id === id);
  if (demo === undefined) {
    throw new Error(`there is no demo ${id}; there are ${demos.map((one) => one.id).join(', ')}`);
  }
  return demo;
}
