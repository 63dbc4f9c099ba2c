import { expect } from 'vitest';
import type { Control, ControlValues, Demo, DemoRun, Frame } from '../../src/lab/demo.ts';
import type { Picture } from '../../src/lab/picture.ts';

const words = [
  'const', ' limit', ' =', ' ', '10', ';', '\n', '  ', 'if', ' (', 'tokens', ' >', ' limit', ')',
  ' return', ' the', ' rest', '.', 'slice', '(', 'limit', ');', '\n\n', 'export', ' function',
  ' sum', 'é', '漢', '\t', '// why',
]; // prettier-ignore

/** Tokens as of a file of code: some come back often, some once. */
export function sampleTokens(count: number): readonly string[] {
  return Array.from({ length: count }, (_, idx) =>
    idx % 7 === 3 ? ` name${idx}` : words[(idx * idx + idx) % words.length],
  );
}

/** What the lab relies on for drawing a picture, tabling and exporting it. */
export function expectWellFormedPicture(picture: Picture): void {
  expect(picture.title).not.toBe('');
  expect(picture.summary, picture.title).not.toBe('');
  switch (picture.kind) {
    case 'matrix':
      expectWellFormedMatrix(picture);
      return;
    case 'series':
      expect(picture.xLabel).not.toBe('');
      expect(picture.yLabel).not.toBe('');
      expect(picture.series.length, picture.title).toBeGreaterThan(0);
      for (const { name, points } of picture.series) {
        expect(name, picture.title).not.toBe('');
        for (const [x, y] of points) {
          expect(Number.isFinite(x) && Number.isFinite(y), `${picture.title} ${name}`).toBe(true);
          if (picture.xScale === 'log') expect(x).toBeGreaterThan(0);
          if (picture.yScale === 'log') expect(y).toBeGreaterThan(0);
        }
      }
      return;
    case 'bars':
      for (const bar of picture.bars) {
        expect(bar.parts.length, bar.label).toBe(picture.categories.length);
        expect(bar.parts.every(Number.isFinite), bar.label).toBe(true);
      }
      return;
    case 'tokens':
      for (const { strength, category } of picture.tokens) {
        if (strength !== undefined) {
          expect(strength >= 0 && strength <= 1, `strength ${strength}`).toBe(true);
        }
        if (category !== undefined) expectIndex(category, picture.categories?.length ?? 0);
      }
      return;
    case 'blocks':
      for (const row of picture.rows) {
        for (const { category } of row.cells) expectIndex(category, picture.categories.length);
      }
      return;
    case 'ring':
      for (const rank of picture.ranks) {
        expect(rank.workShare >= 0 && rank.workShare <= 1, rank.label).toBe(true);
      }
      for (const { from, to } of picture.transfers) {
        expectIndex(from, picture.ranks.length);
        expectIndex(to, picture.ranks.length);
      }
      return;
    case 'circle':
      for (const { hands } of picture.circles) {
        for (const hand of hands) expect(Number.isFinite(hand.angle), hand.label).toBe(true);
      }
  }
}

function expectIndex(value: number, end: number): void {
  expect(Number.isInteger(value) && value >= 0 && value < end, `index ${value} of ${end}`).toBe(
    true,
  );
}

function expectWellFormedMatrix(picture: Extract<Picture, { kind: 'matrix' }>): void {
  const { numRows, numColumns, values, categories, scale, title } = picture;
  expect(numRows, title).toBeGreaterThan(0);
  expect(numColumns, title).toBeGreaterThan(0);
  expect(values.length, title).toBe(numRows * numColumns);
  expect(picture.rowLabels?.length ?? numRows, title).toBe(numRows);
  expect(picture.columnLabels?.length ?? numColumns, title).toBe(numColumns);
  expect(scale === 'categories', title).toBe(categories !== undefined);
  const last = (categories?.length ?? 0) - 1;
  const wrong = values.findIndex((value) => {
    if (Number.isNaN(value)) return false;
    if (scale === 'categories') return !(Number.isInteger(value) && value >= 0 && value <= last);
    return !Number.isFinite(value) || (scale === 'sequential' && value < 0);
  });
  expect(wrong, `${title}: cell ${wrong} is ${values[wrong]}`).toBe(-1);
  for (const [row, column, height, width] of picture.outlines ?? []) {
    expect(row >= 0 && column >= 0 && height > 0 && width > 0, title).toBe(true);
    expect(row + height, title).toBeLessThanOrEqual(numRows);
    expect(column + width, title).toBeLessThanOrEqual(numColumns);
  }
}

/** A demo's fixed part: ids, texts, controls whose initial value they allow. */
export function expectWellFormedDemo(demo: Demo): void {
  expect(demo.id).toMatch(/^[a-z][A-Za-z0-9]*$/);
  expect(Number.isInteger(demo.mechanism) && demo.mechanism >= 1, demo.id).toBe(true);
  for (const text of [demo.title, demo.line, demo.notice, demo.formula, demo.source.title]) {
    expect(text, demo.id).not.toBe('');
  }
  expect(demo.source.url, demo.id).toMatch(/^https:\/\//);
  expect(demo.tags.length, demo.id).toBeGreaterThan(0);
  expect(demo.controls.length, demo.id).toBeGreaterThanOrEqual(2);
  expect(demo.controls.length, demo.id).toBeLessThanOrEqual(5);
  expect(new Set(demo.controls.map((control) => control.id)).size).toBe(demo.controls.length);
  for (const control of demo.controls) expectWellFormedControl(control);
}

function expectWellFormedControl(control: Control): void {
  expect(control.label, control.id).not.toBe('');
  if (control.kind === 'number') {
    expect(control.initial >= control.min && control.initial <= control.max, control.id).toBe(true);
    expect(control.step, control.id).toBeGreaterThan(0);
  }
  if (control.kind === 'choice') {
    expect(control.options.map((option) => option.value)).toContain(control.initial);
  }
}

/** Numbers of a frame: unique ids, formatted, finite, the key number among them. */
export function expectWellFormedFrame(frame: Frame, keyNumberId: string): void {
  expect(frame.caption).not.toBe('');
  expect(frame.pictures.length).toBeGreaterThan(0);
  frame.pictures.forEach(expectWellFormedPicture);
  const ids = frame.numbers.map((row) => row.id);
  expect(new Set(ids).size, ids.join(' ')).toBe(ids.length);
  expect(ids).toContain(keyNumberId);
  for (const row of frame.numbers) {
    expect(row.label, row.id).not.toBe('');
    expect(row.text, row.id).not.toBe('');
    expect(row.text, row.id).not.toMatch(/NaN|undefined|Infinity/);
    expect(Number.isFinite(row.value), `${row.id} is ${row.value}`).toBe(true);
  }
}

/** Frames to look at: all of few, else first, last and some between. */
function sampledFrames(run: DemoRun): readonly number[] {
  const some = 12;
  if (run.numFrames <= some) return Array.from({ length: run.numFrames }, (_, idx) => idx);
  return Array.from({ length: some }, (_, idx) =>
    Math.round((idx * (run.numFrames - 1)) / (some - 1)),
  );
}

/** Runs the demo and checks its frames, and its visibility where it has one. Gives the run for further looks. */
export function expectWellFormedRun(
  demo: Demo,
  tokens: readonly string[],
  values: ControlValues = {},
): DemoRun {
  const input = { tokens, values, setTokens: 50_000 };
  const run = demo.run(input);
  expect(run.numFrames).toBeGreaterThanOrEqual(1);
  const { openingFrame = 0 } = run;
  expect(openingFrame >= 0 && openingFrame < run.numFrames, `opens at ${openingFrame}`).toBe(true);
  for (const idx of sampledFrames(run)) expectWellFormedFrame(run.frame(idx), run.keyNumberId);
  if (demo.visibility !== undefined) {
    const taken = Math.min(tokens.length, demo.maxTokens);
    for (const queryIdx of new Set([0, taken >> 1, taken - 1])) {
      expect(demo.visibility(input, queryIdx).length, `visibility of ${queryIdx}`).toBe(taken);
    }
  }
  return run;
}

/** A demo as a whole: its fixed part, a run of each length, and what it says when there is no text. */
export function expectWholeDemo(demo: Demo, lengths: readonly number[]): void {
  expectWellFormedDemo(demo);
  for (const tokens of lengths) expectWellFormedRun(demo, sampleTokens(tokens));
  expect(() => demo.run({ tokens: [], values: {} })).toThrow('at least one token');
}

/** The value of a number of a frame, the first one unless told. */
export function numberOf(run: DemoRun, id: string, frameIdx = 0): number {
  const row = run.frame(frameIdx).numbers.find((one) => one.id === id);
  if (row === undefined) throw new Error(`the frame has no number ${id}`);
  return row.value;
}
