import { slidingWindow } from '../../engine/index.ts';
import { numberValue, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput, NumberRow } from '../demo.ts';
import { countRow } from '../numberRows.ts';
import {
  notSeen,
  patternPicture,
  patternRun,
  patternTiles,
  patternVisibility,
  type Pattern,
} from '../patterns.ts';
import { categoryTokens } from '../pictures/tokensPicture.ts';
import {
  shortName,
  cacheRow,
  chosenModel,
  costedTokens,
  modelControl,
  withReach,
} from '../realModel.ts';
import { namedToken, plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'windowTokens', label: 'Window W (tokens)', min: 1, max: 8192, step: 1, initial: 8, logarithmic: true },
  { kind: 'number', id: 'numLayers', label: 'Layers', min: 1, max: 48, step: 1, initial: 4 },
  modelControl,
]; // prettier-ignore

/** The mask of `windowTokens`, with its cell count at any length: every row W, the first W - 1 rows less. */
export function windowPattern(windowTokens: number): Pattern {
  const mask = slidingWindow(windowTokens);
  return {
    mask,
    isCausal: true,
    kinds: [notSeen, { name: 'in the window', visibility: 'window' }],
    kindOf: (qIdx, kvIdx) => Number(mask(qIdx, kvIdx)),
    rangesOf: (qIdx) => [[Math.max(0, qIdx - windowTokens + 1), qIdx + 1, 1]],
    cellsAt: (tokens) => {
      const full = Math.min(windowTokens, tokens);
      return tokens * full - (full * (full - 1)) / 2;
    },
  };
}

const kindsOfReach = [
  { name: 'out of reach', isNothing: true },
  { name: 'in the window' },
  { name: 'fallen out of the cache, reached through lower layers' },
];

/** A stack of windows reaches exactly as far as one wider window (tested against the engine's receptive field). */
function reachPattern(windowTokens: number, layers: number): Pattern {
  return {
    ...windowPattern(layers * (windowTokens - 1) + 1),
    kinds: [
      { name: 'out of reach', visibility: 'nothing', isNothing: true },
      { name: 'reached', visibility: 'window' },
    ],
  };
}

export const slidingWindowDemo: Demo = {
  id: 'slidingWindow',
  mechanism: 4,
  title: 'Sliding window attention',
  line: 'Each token sees the last W tokens; layer upon layer the reach grows by W − 1.',
  tags: ['patterns', 'caches'],
  basis: 'arithmetic',
  notice:
    'One layer sees W tokens, its own among them, and its ring-buffer cache never holds more. Step through the layers: a token’s window holds tokens that have seen further back themselves, so the reach grows by W − 1 a layer. What lies beyond can’t be read at all, however good the question; what lies within reach but outside the window has only come along second hand.',
  formula: 'j in (i − W, i]; reach after L layers = min(i, L (W − 1)) tokens back',
  source: {
    title: 'Jiang et al. 2023, Mistral 7B, section 2',
    url: 'https://arxiv.org/abs/2310.06825',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(slidingWindowDemo, input);
    const windowTokens = numberValue(controls, input, 'windowTokens');
    const numLayers = numberValue(controls, input, 'numLayers');
    const model = chosenModel(controls, input);
    const pattern = windowPattern(windowTokens);
    const { tiles, numbers: common } = patternRun(pattern, tokens, input, controls);
    const shared = [...common, ...cacheNumbers(input, windowTokens)];
    const last = tokens.length - 1;
    return {
      numFrames: numLayers,
      openingFrame: numLayers - 1,
      keyNumberId: 'reach',
      frame(index) {
        const layers = index + 1;
        const reached = reachPattern(windowTokens, layers);
        const reach = Math.min(tokens.length, layers * (windowTokens - 1) + 1);
        const outOfReach = tokens.length - reach;
        const summary = `After ${plural(layers, 'layer')} the last token, ${namedToken(tokens, last)}, can depend on ${plural(reach, 'token')}; ${plural(outOfReach, 'token')} of the text stay out of reach.`;
        return {
          caption: summary,
          pictures: [
            patternPicture(pattern, tokens, tiles, { title: 'What one layer computes' }),
            patternPicture(reached, tokens, patternTiles(reached, tokens.length), {
              title: `Reach after ${plural(layers, 'layer')}`,
              seenWord: 'reached',
              note: 'A cell is reached when a path leads there, layer by layer.',
            }),
            categoryTokens(
              { title: 'From the last token', summary, tokens },
              kindsOfReach,
              (idx) => (idx > last - windowTokens ? 1 : idx > last - reach ? 2 : 0),
            ),
          ],
          numbers: [
            countRow(
              'reach',
              'Tokens that the last token can depend on',
              reach,
              `min(${tokens.length}, ${layers} x (${windowTokens} − 1) + 1)`,
            ),
            ...shared,
          ],
        };
      },
    };

    function cacheNumbers(of: DemoInput, window: number): readonly NumberRow[] {
      const set = costedTokens(of);
      return [
        ...cacheRow('cacheBytes', `${shortName(model)}'s cache, your tokens, this window in all layers`, withReach(model, 'sliding', window), set),
        ...cacheRow('fullCacheBytes', `${shortName(model)}'s cache, your tokens, full attention`, model, set),
      ]; // prettier-ignore
    }
  },
  visibility: (input, queryIdx) => {
    const tokens = takenTokens(slidingWindowDemo, input);
    const pattern = windowPattern(numberValue(controls, input, 'windowTokens'));
    return patternVisibility(pattern, tokens.length, queryIdx);
  },
};
