import { formatNumber } from '../../core/format/numbers.ts';
import { architectureById } from '../../core/architectures/architectures.ts';
import type { Architecture } from '../../core/architectures/architecture.ts';
import {
  averageSpans,
  causal,
  hierarchicalMasks,
  slidingWindow,
  type Mask,
} from '../../engine/index.ts';
import { numberValue, requireQueryIdx, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput, TokenVisibility } from '../demo.ts';
import { countRow, numberRow, partRow } from '../numberRows.ts';
import type { BarsPicture } from '../picture.ts';
import { maskPicture } from '../pictures/maskPicture.ts';
import { maskTiles, type MaskTiles } from '../pictures/tiles.ts';
import { shortName, cacheRow, costedTokens, withReach } from '../realModel.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'numLayers', label: 'Layers', min: 1, max: 64, step: 1, initial: 12 },
  { kind: 'number', id: 'numLocalLayers', label: 'Of them local (from the bottom)', min: 0, max: 64, step: 1, initial: 8 },
  { kind: 'number', id: 'windowTokens', label: 'Window of the local layers (tokens)', min: 1, max: 4096, step: 1, initial: 16, logarithmic: true },
]; // prettier-ignore

function planOf(input: DemoInput) {
  const numLayers = numberValue(controls, input, 'numLayers');
  const numLocalLayers = numberValue(controls, input, 'numLocalLayers');
  if (numLocalLayers > numLayers) {
    throw new Error(
      `Of them local (numLocalLayers) must be at most the ${numLayers} layers, got ${numLocalLayers}`,
    );
  }
  return { numLayers, numLocalLayers, windowTokens: numberValue(controls, input, 'windowTokens') };
}

/** The same model with its first `share` of layers on a window; a stack that only one kind of layer has. */
function mixed(architecture: Architecture, share: number, windowTokens: number): Architecture {
  const local = withReach(architecture, 'sliding', windowTokens).mixers ?? [];
  const mixers = (architecture.mixers ?? []).flatMap((group, idx) => {
    const localCount = Math.round(group.count * share);
    return [
      { ...local[idx], count: localCount },
      { ...group, count: group.count - localCount },
    ].filter((one) => one.count > 0);
  });
  return { ...architecture, mixers };
}

export const hierarchicalAttentionDemo: Demo = {
  id: 'hierarchicalAttention',
  mechanism: 32,
  title: 'Hierarchical attention',
  line: 'Early layers look near, late layers look everywhere: fewer cells, the same reach.',
  tags: ['patterns', 'caches'],
  basis: 'arithmetic',
  notice:
    'Step up through the layers: while they are local the reach creeps on by W − 1 a layer, and one global layer opens all of the text. So the reach of the whole is that of full attention, at a fraction of its cells and cache. Whether nearby words first and the whole later is enough for a task is for a trained model to show; Gemma 3, for one, mixes five local layers with one global all the way up.',
  formula:
    'average span of a layer = cells / n; a window’s is about W, a global layer’s (n + 1) / 2',
  source: {
    title: 'Beltagy et al. 2020, Longformer, section 4.1 (windows that grow with the layers)',
    url: 'https://arxiv.org/abs/2004.05150',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(hierarchicalAttentionDemo, input);
    const { numLayers, numLocalLayers, windowTokens } = planOf(input);
    const local = slidingWindow(windowTokens);
    const masks = hierarchicalMasks({ numLayers, numLocalLayers, local, global: causal });
    // Two kinds of layers: each is counted once.
    const [localSpan, globalSpan] = averageSpans([local, causal], tokens.length);
    const spans = masks.map((mask) => (mask === local ? localSpan : globalSpan));
    const meanSpan = spans.reduce((sum, span) => sum + span, 0) / numLayers;
    const dense = globalSpan * tokens.length * numLayers;
    const cells = Math.round(meanSpan * numLayers * tokens.length);
    const tiles = new Map<Mask, MaskTiles>();
    const tilesOf = (mask: Mask) => {
      const known = tiles.get(mask) ?? maskTiles(mask, tokens.length);
      tiles.set(mask, known);
      return known;
    };
    const bars: BarsPicture = {
      kind: 'bars',
      title: 'Average span by layer',
      summary: 'Keys that a token sees on average, layer by layer from the bottom.',
      valueLabel: 'tokens',
      categories: [{ name: 'local' }, { name: 'global' }],
      bars: spans.map((span, layer) => ({
        label: `layer ${layer + 1}`,
        parts: masks[layer] === local ? [span, 0] : [0, span],
      })),
    };
    const llama = architectureById('llama-3.1-8b');
    const gemma = architectureById('gemma-3-27b');
    const set = costedTokens(input);
    const share = numLocalLayers / numLayers;
    const shared = [
      numberRow('meanSpan', 'Average span over all layers (tokens)', meanSpan),
      partRow('cells', 'Cells of all layers, of dense', cells, Math.round(dense), `${numLocalLayers} x ${formatNumber(localSpan)} x ${tokens.length} + ${numLayers - numLocalLayers} x ${formatNumber(globalSpan)} x ${tokens.length}`),
      ...cacheRow('modelBytes', `${shortName(llama)}’s cache of your tokens, with this share of local layers`, mixed(llama, share, windowTokens), set),
      ...cacheRow('modelFullBytes', `${shortName(llama)}’s cache of your tokens, all layers full`, llama, set),
      ...cacheRow('gemmaBytes', `${shortName(gemma)}’s cache of your tokens, its own local and global layers`, gemma, set),
      ...cacheRow('gemmaFullBytes', `${shortName(gemma)} with all layers full`, withReach(gemma, 'full'), set),
    ]; // prettier-ignore
    return {
      // Layer by layer, from the bottom.
      numFrames: numLayers,
      openingFrame: Math.min(numLocalLayers, numLayers - 1),
      keyNumberId: 'meanSpan',
      frame(index) {
        const layers = index + 1;
        const mask = masks[index];
        const kind = mask === local ? 'local' : 'global';
        const reach =
          layers > numLocalLayers
            ? tokens.length
            : Math.min(tokens.length, layers * (windowTokens - 1) + 1);
        return {
          caption: `Layer ${layers} is ${kind}; after it the last token can depend on ${plural(reach, 'token')} of ${tokens.length}.`,
          pictures: [
            maskPicture({
              title: `What layer ${layers} computes`,
              tokens,
              mask,
              tiles: tilesOf(mask),
              categories: [
                { name: 'not seen', isNothing: true },
                { name: `seen by a ${kind} layer` },
              ],
              categoryOf: (qIdx, kvIdx) => Number(mask(qIdx, kvIdx)),
            }),
            bars,
          ],
          numbers: [
            numberRow('span', `Average span of layer ${layers} (tokens)`, spans[index]),
            countRow('reach', 'Tokens the last token can depend on', reach),
            ...shared,
          ],
        };
      },
    };
  },
  visibility: (input, queryIdx) => {
    const { length } = takenTokens(hierarchicalAttentionDemo, input);
    requireQueryIdx(queryIdx, length);
    const { numLayers, numLocalLayers, windowTokens } = planOf(input);
    // The whole stack: near tokens by every layer, far ones by the global layers alone.
    return Array.from({ length }, (_, idx): TokenVisibility => {
      if (idx === queryIdx) return 'self';
      if (idx > queryIdx) return 'nothing';
      if (numLocalLayers > 0 && idx > queryIdx - windowTokens) return 'window';
      return numLocalLayers < numLayers ? 'global' : 'nothing';
    });
  },
};
