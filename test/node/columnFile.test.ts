import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readColumns, writeColumns } from '../../src/node/columnFile.ts';
import { tempTree } from './tempTree.ts';

const file = path.join(tempTree({}), 'columns');
const columns = {
  bytes: Uint8Array.of(1, 2, 3),
  none: new Uint32Array(0),
  small: Uint16Array.of(65_535),
  large: Uint32Array.of(4_294_967_295, 7),
  single: Float32Array.of(0.5, -3),
  times: Float64Array.of(0.1, -1),
};

describe('a file of columns', () => {
  it('gives the columns that were written, and nothing by another key or from nowhere', () => {
    expect(writeColumns(file, 'key é', columns, 1_000)).toMatchObject({ isWritten: true });
    expect(Object.fromEntries(readColumns(file, 'key é') ?? [])).toEqual(columns);
    expect(readColumns(file, 'another')).toBeUndefined();
    expect(readColumns(`${file}.gone`, 'key é')).toBeUndefined();
  });

  it('is not written when it would be too large, and says how large', () => {
    expect(writeColumns(`${file}.large`, 'key', columns, 10)).toEqual({
      bytes: 48,
      isWritten: false,
    });
    expect(readColumns(`${file}.large`, 'key')).toBeUndefined();
  });

  it('counts as nothing when a byte of it is another, or its end is missing', () => {
    writeColumns(file, 'key', columns, 1_000);
    const whole = readFileSync(file);
    const damaged = `${file}.damaged`;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const content = Buffer.from(whole);
        content[at] ^= change;
        writeFileSync(damaged, content);
        const read = readColumns(damaged, 'key');
        // A space between the header and the columns may be another one.
        if (read !== undefined) expect(Object.fromEntries(read)).toEqual(columns);
        writeFileSync(damaged, whole.subarray(0, at));
        expect(readColumns(damaged, 'key')).toBeUndefined();
      }),
    );
  });
});
