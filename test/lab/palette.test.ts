import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleColour, type Theme } from '../../webview-ui/lab/colours.ts';
import {
  chartPalette,
  contrast,
  distance,
  luminance,
  type Rgb,
} from '../../webview-ui/lab/palette.ts';

const black: Rgb = [0, 0, 0];
const white: Rgb = [255, 255, 255];
const backgrounds: readonly (readonly [string, Rgb, Rgb])[] = [
  ['dark', [31, 31, 31], [204, 204, 204]],
  ['light', white, [59, 59, 59]],
  ['dark high contrast', black, white],
  ['light high contrast', white, [41, 41, 41]],
];
const nothingUseful = (background: Rgb): Rgb[] => Array.from({ length: 6 }, () => background);
const channel = fc.integer({ min: 0, max: 255 });
const colour = fc.tuple(channel, channel, channel);

/** What a person without red (protanopia) or green cones (deuteranopia) sees: Viénot, Brettel and Mollon 1999. */
const blindness: Readonly<Record<string, readonly Rgb[]>> = {
  protanopia: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranopia: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};
function seen(rgb: Rgb, rows: readonly Rgb[]): Rgb {
  const light = rgb.map((value) => (value / 255) ** 2.2);
  const mixed = rows.map((row) => row.reduce((sum, share, idx) => sum + share * light[idx], 0));
  const [red, green, blue] = mixed.map((value) => 255 * Math.max(0, value) ** (1 / 2.2));
  return [red, green, blue];
}

describe('the colours of charts', () => {
  it('are the theme’s own where they can be seen and told apart', () => {
    const fine: Rgb[] = [
      [89, 164, 249], [209, 134, 22], [137, 209, 133], [177, 128, 215], [245, 230, 90], [241, 76, 76],
    ]; // prettier-ignore
    expect(chartPalette(fine, [31, 31, 31])).toEqual(fine);
  });

  it.each(backgrounds)(
    'stand out from a %s background and from each other, whatever the theme says',
    (_, background) => {
      fc.assert(
        fc.property(fc.array(colour, { minLength: 6, maxLength: 6 }), (wanted) => {
          const palette = chartPalette(wanted, background);
          expect(palette).toHaveLength(6);
          // The first four have to serve most pictures; marks tell apart what follows.
          for (const [idx, one] of palette.slice(0, 4).entries()) {
            expect(contrast(one, background)).toBeGreaterThanOrEqual(3);
            for (const other of palette.slice(0, idx)) {
              expect(distance(one, other)).toBeGreaterThanOrEqual(0.1);
            }
          }
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(backgrounds)(
    'of our own on a %s background are told apart without red or green',
    (_, background) => {
      const palette = chartPalette(nothingUseful(background), background);
      for (const [name, rows] of Object.entries(blindness)) {
        const [a, b, c] = palette.slice(0, 3).map((one) => seen(one, rows));
        for (const [one, other] of [
          [a, b],
          [a, c],
          [b, c],
        ] as const) {
          expect(distance(one, other), name).toBeGreaterThan(0.06);
        }
      }
    },
  );
});

describe('the scale of a heat map', () => {
  it.each(backgrounds)(
    'goes one way in lightness on a %s background, so that it reads without colour',
    (_, background, foreground) => {
      const chart = chartPalette(nothingUseful(background), background);
      const theme: Theme = { background, foreground, focus: foreground, chart };
      for (const sign of [1, -1]) {
        const steps = Array.from({ length: 101 }, (__, idx) =>
          luminance(scaleColour(theme, (sign * idx) / 100, true)),
        );
        const rises = luminance(foreground) > luminance(background);
        for (let idx = 1; idx < steps.length; idx++) {
          const step = rises ? steps[idx] - steps[idx - 1] : steps[idx - 1] - steps[idx];
          expect(step).toBeGreaterThanOrEqual(-0.004);
        }
        expect(contrast(scaleColour(theme, sign, true), background)).toBeGreaterThan(4.5);
      }
    },
  );
});
