import { dilatedWindow, longformer } from '../../engine/index.ts';
import { numberValue, positionsValue, takenTokens } from '../controls.ts';
import type { Control, Demo, DemoInput } from '../demo.ts';
import { countRow } from '../numberRows.ts';
import {
  notSeen,
  patternPicture,
  patternRun,
  patternVisibility,
  type Pattern,
} from '../patterns.ts';
import { categoryTokens } from '../pictures/tokensPicture.ts';
import { modelControl } from '../realModel.ts';
import { plural } from '../words.ts';

const controls: readonly Control[] = [
  { kind: 'number', id: 'windowEachSide', label: 'Window each side w (tokens)', min: 0, max: 2048, step: 1, initial: 4 },
  { kind: 'positions', id: 'globalTokens', label: 'Global tokens (click to choose)', initial: [0] },
  modelControl,
]; // prettier-ignore

export function longformerPattern(
  windowEachSide: number,
  globalTokens: readonly number[],
): Pattern {
  const mask = longformer({ windowEachSide, globalTokens });
  const window = dilatedWindow(windowEachSide);
  const chosen = new Set(globalTokens);
  return {
    mask,
    isCausal: false,
    kinds: [
      notSeen,
      { name: 'in the window', visibility: 'window' },
      { name: 'global', visibility: 'global' },
    ],
    kindOf: (qIdx, kvIdx) => {
      if (chosen.has(qIdx) || chosen.has(kvIdx)) return 2;
      return Number(window(qIdx, kvIdx));
    },
    cellsAt: (tokens) => {
      const inText = [...chosen].filter((idx) => idx < tokens);
      const reach = Math.min(windowEachSide, tokens - 1);
      // Row by row: the window, what of it sticks out at both ends taken off.
      let cells = tokens * (2 * reach + 1) - reach * (reach + 1);
      // A global token's row and column, without what the window has already, or another global token.
      cells += 2 * inText.length * tokens - inText.length ** 2;
      for (const idx of inText) {
        const row = Math.min(idx, reach) + Math.min(tokens - 1 - idx, reach) + 1;
        const shared = inText.filter((other) => Math.abs(other - idx) <= reach).length;
        cells -= 2 * row - shared;
      }
      return cells;
    },
  };
}

function patternFor(input: DemoInput, numTokens: number) {
  const windowEachSide = numberValue(controls, input, 'windowEachSide');
  const globalTokens = positionsValue(controls, input, 'globalTokens', numTokens);
  const chosen = new Set(globalTokens);
  const pattern: Pattern = {
    ...longformerPattern(windowEachSide, globalTokens),
    rangesOf: (qIdx) => {
      if (chosen.has(qIdx)) return [[0, numTokens, 1]];
      const start = Math.max(0, qIdx - windowEachSide);
      const end = Math.min(numTokens, qIdx + windowEachSide + 1);
      const outside = globalTokens.filter((idx) => idx < start || idx >= end);
      return [[start, end, 1], ...outside.map((idx) => [idx, idx + 1, 1] as const)];
    },
  };
  return { pattern, windowEachSide, globalTokens };
}

export const longformerDemo: Demo = {
  id: 'longformer',
  mechanism: 6,
  title: 'Longformer: local and global',
  line: 'A window for everyone, and chosen tokens that see all and are seen by all.',
  tags: ['patterns'],
  basis: 'arithmetic',
  notice:
    'Click a token to make it global: a whole row and a whole column fill. One global token already joins any two tokens in two layers. Each costs about 2 n cells, so a handful is cheap and a hundred is not. Longformer’s “attention_window” is 2 w, both sides together.',
  formula:
    '|i − j| ≤ w, or i global, or j global: n (2 w + 1) + 2 g n cells, edges and overlaps taken off',
  source: {
    title: 'Beltagy et al. 2020, Longformer, figure 2d',
    url: 'https://arxiv.org/abs/2004.05150',
  },
  controls,
  maxTokens: 8192,
  run(input) {
    const tokens = takenTokens(longformerDemo, input);
    const { pattern, windowEachSide, globalTokens } = patternFor(input, tokens.length);
    const { tiles, numbers: common } = patternRun(pattern, tokens, input, controls);
    const chosen = new Set(globalTokens);
    const caption = `A window of ${windowEachSide} each side and ${plural(globalTokens.length, 'global token')}.`;
    const windowOnly = longformerPattern(windowEachSide, []).cellsAt(tokens.length);
    const numbers = [
      ...common,
      countRow('globalCells', 'Cells that global tokens add', tiles.total - windowOnly, `${tiles.total} − ${windowOnly} of the window alone`),
    ]; // prettier-ignore
    return {
      numFrames: 1,
      keyNumberId: 'cells',
      frame: () => ({
        caption,
        pictures: [
          patternPicture(pattern, tokens, tiles, {
            title: 'What one layer computes',
            togglesControl: 'globalTokens',
          }),
          {
            ...categoryTokens(
              { title: 'Choose the global tokens', summary: caption, tokens },
              [{ name: 'local' }, { name: 'global' }],
              (idx) => Number(chosen.has(idx)),
            ),
            togglesControl: 'globalTokens',
          },
        ],
        numbers,
      }),
    };
  },
  visibility: (input, queryIdx) => {
    const tokens = takenTokens(longformerDemo, input);
    return patternVisibility(patternFor(input, tokens.length).pattern, tokens.length, queryIdx);
  },
};
