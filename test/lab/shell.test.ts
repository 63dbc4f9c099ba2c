import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostTokens } from '../../src/lab/demo.ts';
import { demos, findDemo } from '../../src/lab/demos.ts';
import type { MatrixPicture, Picture } from '../../src/lab/picture.ts';
import { pictureTable, tableCsv } from '../../src/lab/pictureTable.ts';
import { createRunner, demoCards, patternWall } from '../../src/lab/runner.ts';
import { tokenTexts } from '../../src/lab/tokenTexts.ts';
import { openTokenCounter } from '../../src/node/openTokenCounter.ts';
import { readPositions, toggledPosition } from '../../webview-ui/lab/controlsView.ts';
import { foundDemos, newState, restore } from '../../webview-ui/lab/state.ts';
import { sampleTokens } from './wellFormed.ts';

interface Manifest {
  contributes: { commands: { command: string; title: string }[] };
}
const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));

describe('the commands of the lab', () => {
  it('are one for each demo, by its title; npm run write:labCommands writes them', () => {
    const { contributes } = read('package.json') as Manifest;
    const texts = read('package.nls.json') as Record<string, string>;
    const written = contributes.commands
      .filter(({ command }) => command.startsWith('contextBudget.demo.'))
      .map(({ command, title }) => [command, texts[title.slice(1, -1)]]);
    expect(written).toEqual(
      demos.map(({ id, title }) => [`contextBudget.demo.${id}`, `Demo: ${title}`]),
    );
  });
});

describe('the runner', () => {
  it('has no demo that takes more of a text than the lab ever gives it', () => {
    for (const { id, maxTokens } of demos) expect(maxTokens, id).toBeLessThanOrEqual(mostTokens);
  });

  it('gives what the demo itself gives, at any step', () => {
    const runner = createRunner();
    const tokens = sampleTokens(40);
    for (const { id, run } of demos.map((demo) => ({ id: demo.id, run: demo.run.bind(demo) }))) {
      const own = run({ tokens, values: {} });
      const last = own.numFrames - 1;
      const shown = runner.frame({ demoId: id, tokens, values: {}, frameIdx: last });
      expect(shown, id).toEqual({
        frame: own.frame(last),
        frameIdx: last,
        numFrames: own.numFrames,
        keyNumberId: own.keyNumberId,
        usedTokens: 40,
      });
    }
  });

  it('cuts what a demo cannot take, keeps steps within the run, and names what is wrong', () => {
    const runner = createRunner();
    const [{ id, maxTokens }] = demos;
    const tokens = sampleTokens(maxTokens + 10);
    const shown = runner.frame({ demoId: id, tokens, values: {}, frameIdx: 1e9 });
    expect(shown.usedTokens).toBe(maxTokens);
    expect(shown.frameIdx).toBe(shown.numFrames - 1);
    expect(() => runner.frame({ demoId: 'none', tokens, values: {}, frameIdx: 0 })).toThrow(/none/);
    expect(() => runner.frame({ demoId: id, tokens: [], values: {}, frameIdx: 0 })).toThrow(
      /no tokens/,
    );
  });

  it('puts every pattern on the wall, on the same tokens', () => {
    const wall = patternWall(createRunner(), sampleTokens(24));
    const patterns = demos.filter((demo) => demo.tags.includes('patterns'));
    expect(wall.length).toBeGreaterThan(0);
    expect(wall.length).toBeLessThanOrEqual(patterns.length);
    // The cells that the engine's own masks hold: n (n + 1) / 2 less what lies beyond the window of 8.
    const window = wall.find(({ demoId }) => demoId === 'slidingWindow');
    expect(window?.seenCells).toBe((24 * 25) / 2 - (16 * 17) / 2);
    expect(wall.find(({ demoId }) => demoId === 'causalMasking')?.seenCells).toBe((24 * 25) / 2);
  });

  it('counts the cells of every pattern exactly at any length, those that it draws as tiles among them', () => {
    const tokens = sampleTokens(1000);
    const wall = patternWall(createRunner(), tokens);
    expect(wall.map(({ demoId }) => demoId)).toEqual(
      patternWall(createRunner(), tokens.slice(0, 24)).map(({ demoId }) => demoId),
    );
    for (const { demoId, seenCells, allCells } of wall) {
      const { visibility } = findDemo(demoId);
      if (visibility === undefined) throw new Error(`${demoId} does not say what is seen`);
      // By the other way that a demo has of saying who sees whom, where one layer's step is what the editor marks.
      if (['transformerXl', 'hierarchicalAttention'].includes(demoId)) continue;
      let seen = 0;
      for (let queryIdx = 0; queryIdx < tokens.length; queryIdx++) {
        const row = visibility({ tokens, values: {} }, queryIdx);
        seen += row.filter((kind) => kind !== 'nothing' && kind !== 'evicted').length;
      }
      expect(seenCells, demoId).toBe(seen);
      expect(allCells).toBe(1_000_000);
    }
  });

  it('sends demos without their functions, so that a message can carry them', () => {
    expect(structuredClone(demoCards())).toEqual(demoCards());
    expect(demoCards().map(({ id }) => id)).toEqual(demos.map(({ id }) => id));
  });
});

describe('the tokens of a text', () => {
  it('join to the text where each is text, and show bytes where a character is split', async () => {
    const encoder = await openTokenCounter('o200k_base');
    const utf8 = (text: string) => new TextEncoder().encode(text);
    const text = 'for (const é of words) {}\n';
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const decode = (bytes: Uint8Array) => {
      try {
        return strict.decode(bytes);
      } catch {
        return undefined;
      }
    };
    const plain = tokenTexts(encoder, utf8(text), 100, decode);
    expect(plain.tokens.join('')).toBe(text);
    expect(plain.cut).toBe(false);
    const split = tokenTexts(encoder, utf8('𓀀'), 100, decode);
    expect(split.tokens.join(' ').replaceAll(/[<>]/g, '')).toBe('F0 93 80 80');
    expect(tokenTexts(encoder, utf8(text), 3, decode)).toMatchObject({ cut: true });
  });
});

describe('the table of a picture', () => {
  const matrix: MatrixPicture = {
    kind: 'matrix',
    title: 'Weights',
    summary: 'Weights.',
    numRows: 2,
    numColumns: 2,
    values: Float32Array.of(1, NaN, 0.25, 0.75),
    rowLabels: ['a,b', '=1+1'],
    columnLabels: ['x', 'y'],
    scale: 'sequential',
  };

  it('has every cell, "not computed" where there is none', () => {
    expect(pictureTable(matrix)).toEqual({
      columns: ['query', '0 x', '1 y'],
      rows: [
        ['0 a,b', '1', 'not computed'],
        ['1 =1+1', '0.25', '0.75'],
      ],
    });
    expect(pictureTable(matrix, 1).note).toMatch(/first 1/);
  });

  it('becomes CSV that quotes, and that no spreadsheet runs', () => {
    expect(tableCsv({ columns: ['a'], rows: [['x,"y"'], ['=1+1'], ['-3']] })).toBe(
      'a\r\n"x,""y"""\r\n\'=1+1\r\n-3\r\n',
    );
  });

  it('is there for every picture of every demo, all rows as wide as its head', () => {
    for (const demo of demos) {
      const run = demo.run({ tokens: sampleTokens(20), values: {} });
      const pictures: readonly Picture[] = run.frame(run.numFrames - 1).pictures;
      for (const picture of pictures) {
        const { columns, rows } = pictureTable(picture);
        expect(rows.length, picture.title).toBeGreaterThan(0);
        expect(new Set(rows.map((row) => row.length)), picture.title).toEqual(
          new Set([columns.length]),
        );
      }
    }
  });
});

describe('the state of the page', () => {
  const fresh = () => Object.assign(newState(), { demos: demoCards() });

  it('survives whatever was kept', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const state = fresh();
        restore(state, a);
        restore(state, { place: 'demo', panes: [a, b], numTokens: a, query: b });
        expect(state.place).toBe('gallery');
      }),
      { seed: 8 },
    );
    const state = fresh();
    const [{ id }] = demos;
    restore(state, { place: 'demo', panes: [{ demoId: id, values: {}, frameIdx: 2 }] });
    expect(state.panes.map(({ demoId, frameIdx }) => [demoId, frameIdx])).toEqual([[id, 2]]);
    expect(state.place).toBe('demo');
  });

  it('finds demos by words and tag', () => {
    const state = fresh();
    expect(foundDemos(state).length).toBe(demos.length);
    expect(foundDemos({ ...state, query: demos[0].title.toUpperCase() })[0].id).toBe(demos[0].id);
    expect(foundDemos({ ...state, query: 'no such demo' })).toEqual([]);
  });

  it('reads positions and toggles them', () => {
    expect(readPositions('5, 0; x -1 5')).toEqual([0, 5]);
    expect(toggledPosition([0, 5], 5)).toEqual([0]);
    expect(toggledPosition(undefined, 3)).toEqual([3]);
  });
});
