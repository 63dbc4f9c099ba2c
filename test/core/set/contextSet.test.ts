import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptySet,
  isEmptySet,
  membershipOf,
  parseContextSet,
  withChecked,
  withoutFiles,
} from '../../../src/core/set/contextSet.ts';

const someFiles = ['a.ts', 'src/a.ts', 'src/b.ts', 'src/core/a.ts', 'srcs/a.ts'];
const somePaths = ['', ...someFiles, 'src', 'src/core', 'srcs'];

function members(set: typeof emptySet): string[] {
  return someFiles.filter(membershipOf(set));
}

describe('context set', () => {
  it('holds nothing at first', () => {
    expect(members(emptySet)).toEqual([]);
    expect(isEmptySet(emptySet)).toBe(true);
  });

  it('holds all files below a checked folder, and not its namesakes', () => {
    expect(members(withChecked(emptySet, 'src', true))).toEqual([
      'src/a.ts',
      'src/b.ts',
      'src/core/a.ts',
    ]);
  });

  it('leaves out an unchecked file of a checked folder', () => {
    const set = withChecked(withChecked(emptySet, 'src', true), 'src/a.ts', false);
    expect(members(set)).toEqual(['src/b.ts', 'src/core/a.ts']);
    expect(set).toEqual({ checked: ['src'], unchecked: ['src/a.ts'] });
  });

  it('holds everything when the root is checked', () => {
    expect(members(withChecked(emptySet, '', true))).toEqual(someFiles);
  });

  it('is empty again when the only checked folder is unchecked', () => {
    const set = withChecked(withChecked(emptySet, 'src/core', true), 'src', false);
    expect(set).toEqual(emptySet);
  });

  it('reads back what it was written as, and takes nonsense for empty', () => {
    const set = withChecked(withChecked(emptySet, 'src', true), 'src/a.ts', false);
    expect(parseContextSet(JSON.parse(JSON.stringify(set)))).toEqual(set);
    expect(parseContextSet(undefined)).toEqual(emptySet);
    expect(parseContextSet({ checked: [1, 'a'], unchecked: 'b' })).toEqual({
      checked: ['a'],
      unchecked: [],
    });
  });

  it('leaves out many files at once as it does one after the other', () => {
    const click = fc.tuple(fc.constantFrom(...somePaths), fc.boolean());
    fc.assert(
      fc.property(fc.array(click), fc.subarray(someFiles), (clicks, gone) => {
        let set = emptySet;
        for (const [path, checked] of clicks) set = withChecked(set, path, checked);
        const oneByOne = gone.reduce((rest, path) => withChecked(rest, path, false), set);
        expect(withoutFiles(set, gone)).toEqual(oneByOne);
      }),
    );
  });

  it('agrees with a plain set of files after any clicks', () => {
    const click = fc.tuple(fc.constantFrom(...somePaths), fc.boolean());
    fc.assert(
      fc.property(fc.array(click, { maxLength: 12 }), (clicks) => {
        const plain = new Set<string>();
        let set = emptySet;
        for (const [path, checked] of clicks) {
          set = withChecked(set, path, checked);
          for (const file of someFiles) {
            if (path !== '' && file !== path && !file.startsWith(`${path}/`)) continue;
            if (checked) plain.add(file);
            else plain.delete(file);
          }
        }
        expect(members(set)).toEqual(someFiles.filter((file) => plain.has(file)));
      }),
    );
  });
});
