import * as engine from '../../src/engine/index.ts';
import type { Mask } from '../../src/engine/index.ts';

/** Every pattern of the engine, by name, for sequences of up to `tokens`; for laws that hold of any mask. */
export function namedMasks(tokens: number): [string, Mask][] {
  const ids = Array.from({ length: tokens }, (_, idx) => Math.floor(Math.sqrt(idx)));
  const comingBack = Array.from({ length: tokens }, (_, idx) => Math.floor(idx / 5) % 2);
  const nothing: Mask = () => false;
  return [
    ['allowAll', engine.allowAll],
    ['causal', engine.causal],
    ['slidingWindow', engine.slidingWindow(5)],
    ['window larger than the sequence', engine.slidingWindow(10 * tokens)],
    ['dilatedWindow', engine.dilatedWindow(3, 3)],
    ['dense window on both sides', engine.dilatedWindow(4)],
    ['longformer', engine.longformer({ windowEachSide: 2, globalTokens: [0, 7], dilation: 2 })],
    ['bigBird', engine.bigBird({ tokens, blockTokens: 3, randomBlocks: 1, seed: 5 })],
    ['stridedSparse', engine.stridedSparse(5)],
    ['fixedSparse', engine.fixedSparse(5, 2)],
    ['chunkedLocal', engine.chunkedLocal(6)],
    ['sinksAndWindow', engine.sinksAndWindow(2, 4)],
    ['prefixLm', engine.prefixLm(6)],
    ['documents', engine.documentMask(ids)],
    [
      'documents that come back, causal',
      engine.and(engine.causal, engine.documentMask(comingBack)),
    ],
    ['the future', engine.not(engine.causal)],
    ['a bare predicate', (qIdx, kvIdx) => (qIdx * 7 + kvIdx * 3) % 4 !== 0],
    ['nothing', nothing],
  ];
}
