import { and, causal, dilatedWindow } from '../../engine/index.ts';
import { numberValue, switchValue, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { countRow } from '../numberRows.ts';
import {
  notSeen,
  patternPicture,
  patternRun,
  patternVisibility,
  type Pattern,
} from '../patterns.ts';
import { seriesPicture } from '../pictures/seriesPicture.ts';
import { modelControl } from '../realModel.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'windowEachSide', label: 'Keys each side w', min: 0, max: 1024, step: 1, initial: 4 },
  { kind: 'number', id: 'dilation', label: 'Dilation (tokens between keys)', min: 1, max: 64, step: 1, initial: 3 },
  { kind: 'switch', id: 'isCausal', label: 'Causal (earlier tokens only)', initial: false },
  modelControl,
]; // prettier-ignore

export function dilatedPattern(
  windowEachSide: number,
  dilation: number,
  isCausal: boolean,
): Pattern {
  const window = dilatedWindow(windowEachSide, dilation);
  const mask = isCausal ? and(causal, window) : window;
  const reach = windowEachSide * dilation;
  return {
    mask,
    isCausal,
    kinds: [notSeen, { name: 'in the dilated window', visibility: 'window' }],
    kindOf: (qIdx, kvIdx) => Number(mask(qIdx, kvIdx)),
    cellsAt: (tokens) => {
      let cells = tokens;
      const sides = isCausal ? 1 : 2;
      for (let offset = dilation; offset <= reach && offset < tokens; offset += dilation) {
        cells += sides * (tokens - offset);
      }
      return cells;
    },
  };
}

/** The pattern for a text of `numTokens`, its rows walked key by key: nearly all of its tiles are mixed. */
function patternFor(input: DemoInput, numTokens: number) {
  const windowEachSide = numberValue(controls, input, 'windowEachSide');
  const dilation = numberValue(controls, input, 'dilation');
  const isCausal = switchValue(controls, input, 'isCausal');
  const reach = windowEachSide * dilation;
  const pattern: Pattern = {
    ...dilatedPattern(windowEachSide, dilation, isCausal),
    rangesOf: (qIdx) => {
      const back = Math.min(windowEachSide, Math.floor(qIdx / dilation));
      const end = Math.min(numTokens, (isCausal ? qIdx : qIdx + reach) + 1);
      return [[qIdx - back * dilation, end, dilation]];
    },
  };
  return { pattern, windowEachSide, dilation, isCausal, reach };
}

export const dilatedWindowDemo: Demo = {
  id: 'dilatedWindow',
  mechanism: 5,
  title: 'Dilated sliding window',
  line: 'Every d-th token of a wider window: more reach for the same cells.',
  tags: ['patterns'],
  basis: 'arithmetic',
  notice:
    'Raise the dilation: the cells stay (nearly) as many, the reach is multiplied, and the gaps are what pays for it. A token in a gap is not seen by this layer at all; with one dilation in all layers, tokens whose distance is no multiple of it never meet, which is why Longformer gives different heads different dilations.',
  formula: '|i − j| ≤ w d and (i − j) mod d = 0: 2 w + 1 keys reach 2 w d tokens',
  source: {
    title: 'Beltagy et al. 2020, Longformer, figure 2c',
    url: 'https://arxiv.org/abs/2004.05150',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(dilatedWindowDemo, input);
    const { pattern, windowEachSide, dilation, isCausal, reach } = patternFor(input, tokens.length);
    const { tiles, numbers: common } = patternRun(pattern, tokens, input, controls);
    const dilations = Array.from({ length: 16 }, (_, idx) => idx + 1);
    const keysEach = (isCausal ? 1 : 2) * windowEachSide + 1;
    const numbers = [
      ...common,
      countRow('keys', 'Keys of a token, at most', keysEach),
      countRow('reach', 'Farthest token seen', reach, `${windowEachSide} x ${dilation}`),
    ];
    const caption = `${plural(keysEach, 'key')} for each token at most, the farthest ${plural(reach, 'token')} away.`;
    return {
      numFrames: 1,
      keyNumberId: 'cells',
      frame: () => ({
        caption,
        pictures: [
          patternPicture(pattern, tokens, tiles, { title: 'What one layer computes' }),
          seriesPicture({
            title: 'Reach and cost by dilation',
            summary: 'Reach grows with the dilation, the keys of a token stay the same.',
            xLabel: 'dilation',
            yLabel: 'tokens',
            series: [
              {
                name: 'farthest token seen',
                points: dilations.map((d) => [d, windowEachSide * d]),
              },
              { name: 'keys of a token', points: dilations.map((d) => [d, keysEach]) },
            ],
            rules: [{ axis: 'x', value: dilation, label: 'chosen' }],
          }),
        ],
        numbers,
      }),
    };
  },
  visibility: (input, queryIdx) => {
    const tokens = takenTokens(dilatedWindowDemo, input);
    return patternVisibility(patternFor(input, tokens.length).pattern, tokens.length, queryIdx);
  },
};
