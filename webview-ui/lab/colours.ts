import type { Category } from '../../src/lab/picture.ts';
import { chartPalette, type Rgb } from './palette.ts';

/** The theme's chart colours, by name; order and marks keep neighbours apart for the colour-blind. */
const chartColours = ['blue', 'orange', 'green', 'purple', 'yellow', 'red'] as const;

/** The place of each category among the coloured ones; -1 for "nothing here". */
export function categoryPlaces(categories: readonly Category[]): readonly number[] {
  let next = 0;
  return categories.map(({ isNothing }) => (isNothing === true ? -1 : next++));
}

/** The class of a category's place: `c0` to `c5`, or `nothing`. */
export function placeClass(place: number): string {
  return place < 0 ? 'nothing' : `c${place % chartColours.length}`;
}

/** The mark of a category's place, besides its colour: places beyond the colours get other marks. */
export function placeMark(place: number): 0 | 1 | 2 | 3 {
  const mark = place < 0 ? 0 : place % 4;
  return mark as 0 | 1 | 2 | 3;
}

export interface Theme {
  readonly background: Rgb;
  readonly foreground: Rgb;
  readonly focus: Rgb;
  readonly chart: readonly Rgb[];
}

let theme: Theme | undefined;

/** The theme's colours, as they were when they were last read. */
export function currentTheme(): Theme {
  theme ??= takeTheme();
  return theme;
}

/** Reads the theme's colours anew, and gives the stylesheet the chart colours that can be told apart: `--lab-c0` to `--lab-c5`. */
export function takeTheme(): Theme {
  theme = readTheme();
  theme.chart.forEach((colour, idx) => {
    document.documentElement.style.setProperty(`--lab-c${idx}`, css(colour));
  });
  return theme;
}

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const colour = (name: string, fallback: string): Rgb => {
    if (context === null) return [128, 128, 128];
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = fallback;
    context.fillStyle = style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  };
  const background = colour('editor-background', '#ffffff');
  return {
    background,
    foreground: colour('editor-foreground', '#808080'),
    focus: colour('focusBorder', '#808080'),
    chart: chartPalette(
      // A colour that the theme has not is as good as the background: one of our own takes its place.
      chartColours.map((name) => colour(`charts-${name}`, css(background))),
      background,
    ),
  };
}

export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (idx: 0 | 1 | 2) => Math.round(from[idx] + (to[idx] - from[idx]) * share);
  return [at(0), at(1), at(2)];
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** Lightness grows along the scale as well as hue, so that it reads without colour. 0 to 1, or -1 to 1. */
export function scaleColour(theme: Theme, value: number, diverging: boolean): Rgb {
  const strong = Math.min(1, Math.abs(value));
  const end = diverging && value < 0 ? theme.chart[1] : theme.chart[0];
  return strong < 0.6
    ? mix(theme.background, end, strong / 0.6)
    : mix(end, theme.foreground, (strong - 0.6) / 0.8);
}
