import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentKinds } from '../../src/core/files/contentKind.ts';
import { fromColumns, toColumns } from '../../src/node/fileCountColumns.ts';

it('counted files are the same after they were sent as columns', () => {
  const file = fc.record({
    path: fc.string(),
    bytes: fc.maxSafeNat(),
    lines: fc.maxSafeNat(),
    kind: fc.constantFrom(...contentKinds),
    tokens: fc.maxSafeNat(),
  });
  fc.assert(
    fc.property(fc.array(file), (files) => {
      expect(fromColumns(structuredClone(toColumns(files)))).toEqual(files);
    }),
  );
});
