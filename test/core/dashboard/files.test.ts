import { describe, expect, it } from 'vitest';
import { filesModel, filesPageSize } from '../../../src/core/dashboard/files.ts';
import { initialState } from '../../../src/core/dashboard/state.ts';
import { layoutTreemap, neighbourOf, tileAt } from '../../../src/core/dashboard/treemap.ts';
import { shownName } from '../../../src/core/format/fileNames.ts';
import { madeSnapshot } from './madeSnapshot.ts';

const files = [
  ['src/a.ts', 600],
  ['src/deep/b.ts', 200],
  ['docs/c.md', 150],
  ['d.json', 50],
  ['empty.ts', 0],
] as const;
const stateWith = (knobs: Readonly<Record<string, string | number | boolean>>) => ({
  ...initialState,
  tabs: { files: knobs },
});

describe('the files of the dashboard', () => {
  it('are listed heaviest first, with their share of the folder', () => {
    const { rows, zoomed } = filesModel(madeSnapshot(files), initialState);
    expect(rows.map(({ node, share }) => [node.path, share])).toEqual([
      ['src', 0.8],
      ['docs', 0.15],
      ['d.json', 0.05],
      ['empty.ts', 0],
    ]);
    expect(zoomed.tokens).toBe(1000);
  });

  it('are looked into by folder; a folder that is gone gives the nearest that is there', () => {
    const snapshot = madeSnapshot(files);
    const zoomed = (zoomPath: string) => filesModel(snapshot, stateWith({ zoomPath })).zoomed.path;
    expect(zoomed('src/deep')).toBe('src/deep');
    expect(zoomed('src/gone/deeper')).toBe('src');
    expect(zoomed('../..')).toBe('');
  });

  it('are found by every word of their path, in any case', () => {
    const { rows, foundTokens } = filesModel(madeSnapshot(files), stateWith({ query: 'SRC b' }));
    expect(rows.map(({ node }) => node.path)).toEqual(['src/deep/b.ts']);
    expect(foundTokens).toBe(200);
  });

  it('are listed from all folders below, the heaviest first, when that is asked for', () => {
    const listed = (knobs: Readonly<Record<string, string | boolean>>) =>
      filesModel(madeSnapshot(files), stateWith({ allBelow: true, ...knobs })).listed.map(
        ({ path }) => path,
      );
    const all = ['src/a.ts', 'src/deep/b.ts', 'docs/c.md', 'd.json', 'empty.ts'];
    expect(listed({})).toEqual(all);
    expect(listed({ zoomPath: 'src' })).toEqual(all.slice(0, 2));
    expect(listed({ query: 'c' })).toEqual(['src/a.ts', 'src/deep/b.ts', 'docs/c.md']);
  });

  it('say how much of a folder is in the set', () => {
    const set = { checked: ['src/a.ts', 'docs'], unchecked: [] };
    const { rows } = filesModel(madeSnapshot(files, { set }), initialState);
    expect(Object.fromEntries(rows.map((row) => [row.node.path, row.membership]))).toEqual({
      src: 'some',
      docs: 'all',
      'd.json': 'none',
      'empty.ts': 'none',
    });
    const only = filesModel(madeSnapshot(files, { set }), stateWith({ onlySet: true }));
    expect(only.root.tokens).toBe(750);
  });

  it('come in pages, and a page that is none is the nearest', () => {
    const many = Array.from({ length: 120 }, (_, idx) => [`f${idx}.ts`, idx] as const);
    const { page, rows } = filesModel(madeSnapshot(many), stateWith({ page: 99 }));
    expect([page, rows.length]).toEqual([2, 120 - 2 * filesPageSize]);
  });
});

describe('the treemap', () => {
  const { root } = filesModel(madeSnapshot(files), initialState);
  const map = layoutTreemap(root, 1000, 400);

  it('gives every file an area by its tokens, inside its folder', () => {
    const areas = map
      .leaves()
      .map(({ data, x0, x1, y0, y1 }) => [data.tokens, (x1 - x0) * (y1 - y0)]);
    for (const [tokens, area] of areas) expect(area).toBeLessThanOrEqual(tokens * 400);
    for (const [tokens, area] of areas)
      if (tokens > 100) expect(area).toBeGreaterThan(tokens * 200);
    map.each(({ parent, x0, x1, y0, y1 }) => {
      if (parent === null) return;
      // The gap between tiles is shared by both sides.
      const out = Math.max(parent.x0 - x0, x1 - parent.x1, parent.y0 - y0, y1 - parent.y1);
      expect(out).toBeLessThanOrEqual(1);
    });
  });

  it('finds the file at a point, and nothing outside', () => {
    for (const leaf of map.leaves().filter(({ value }) => (value ?? 0) > 0)) {
      const at = tileAt(map, (leaf.x0 + leaf.x1) / 2, (leaf.y0 + leaf.y1) / 2);
      expect(at?.data.path).toBe(leaf.data.path);
    }
    expect(tileAt(map, -1, 5)).toBeUndefined();
    expect(tileAt(map, 1000, 400)).toBeUndefined();
  });

  it('goes from neighbour to neighbour and back', () => {
    const first = map.children?.[0];
    const right = first && neighbourOf(first, 'right');
    expect(right).toBeDefined();
    expect(right && neighbourOf(right, 'left')?.data.path).toBe(first?.data.path);
    expect(first && neighbourOf(first, 'left')).toBeUndefined();
  });

  it('has room for no file and for no width', () => {
    const none = filesModel(madeSnapshot([]), initialState).root;
    expect(layoutTreemap(none, 100, 100).leaves()).toHaveLength(1);
    expect(layoutTreemap(root, 0, 0).x1).toBe(0);
  });
});

describe('a name that is shown', () => {
  it('has nothing in it that cannot be seen or turns what is around it', () => {
    expect(shownName('a\nb\u202egnp.ts\u0000')).toBe('a\ufffdb\ufffdgnp.ts\ufffd');
    expect(shownName('ünïcode 文件 ملف.ts')).toBe('ünïcode 文件 ملف.ts');
  });
});
