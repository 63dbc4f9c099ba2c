import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountCache, type CachedCount } from '../../src/node/countCache.ts';
import { CountTable } from '../../src/node/countTable.ts';
import { contentKinds } from '../../src/core/files/contentKind.ts';
import { tempTree } from './tempTree.ts';

const stamp = { bytes: 3, mtimeMs: 1000.25, ctimeMs: 2000.5 };
const entry = (tokens: number, changes: Partial<CachedCount> = {}): CachedCount => ({
  stamp,
  hash: 'ab'.repeat(32),
  result: { type: 'counted', kind: 'code', lines: 1, tokens, outputBytes: 0 },
  readMs: 10_000,
  usedMs: 20_000,
  ...changes,
});

function cacheFile(folder: string): string {
  const names = readdirSync(folder);
  expect(names).toHaveLength(1);
  return path.join(folder, names[0]);
}

describe('count cache', () => {
  it('remembers across processes by folder, tokenizer and path', () => {
    const folder = tempTree();
    const cache = new CountCache(folder, '/root', 'o200k_base 1');
    cache.remember('a.ts', entry(5));
    cache.remember('é\n"\\.bin', entry(0, { result: { type: 'binary' } }));
    cache.save();
    const again = new CountCache(folder, '/root', 'o200k_base 1');
    expect(again.get('a.ts')).toEqual(entry(5));
    expect(again.trusted('a.ts', stamp)).toEqual(entry(5).result);
    expect(again.trusted('é\n"\\.bin', stamp)).toEqual({ type: 'binary' });
    expect([again.has('b.ts'), again.get('b.ts'), again.trusted('b.ts', stamp)]).toEqual([
      false,
      undefined,
      undefined,
    ]);
    expect(new CountCache(folder, '/root', 'o200k_base 2').size).toBe(0);
    expect(new CountCache(folder, '/root', 'cl100k_base 1').size).toBe(0);
    expect(new CountCache(folder, '/other', 'o200k_base 1').size).toBe(0);
  });

  it('trusts no stamp that differs in size, mtime or ctime, and none that may still change unseen', () => {
    const cache = new CountCache(tempTree(), '/root', 't');
    cache.remember('a', entry(5));
    for (const change of [{ bytes: 4 }, { mtimeMs: 1000.5 }, { ctimeMs: 2001 }]) {
      expect(cache.trusted('a', { ...stamp, ...change })).toBeUndefined();
    }
    cache.remember('young', entry(5, { readMs: 2000.5 + 2000 }));
    expect(cache.trusted('young', stamp)).toBeUndefined();
    expect(cache.get('young')?.hash).toBe(entry(5).hash);
    cache.remember('future', entry(5, { stamp: { ...stamp, mtimeMs: 1e12 } }));
    expect(cache.trusted('future', { ...stamp, mtimeMs: 1e12 })).toBeUndefined();
  });

  it('believes nothing of a file in which a byte was changed, cut off or added', () => {
    const folder = tempTree();
    const cache = new CountCache(folder, '/root', 't');
    cache.remember('a', entry(123456));
    cache.save();
    const file = cacheFile(folder);
    const good = readFileSync(file);
    const damaged = fc.oneof(
      fc.nat(good.length - 1).map((length) => good.subarray(0, length)),
      fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, flip]) => {
        const copy = Buffer.from(good);
        copy[at] ^= flip;
        return copy;
      }),
      fc.uint8Array().map((bytes) => Buffer.concat([good, Buffer.from(bytes), Buffer.from('x')])),
    );
    fc.assert(
      fc.property(damaged, (bytes) => {
        writeFileSync(file, bytes);
        expect(new CountCache(folder, '/root', 't').size).toBe(0);
      }),
    );
    writeFileSync(file, good);
    expect(new CountCache(folder, '/root', 't').size).toBe(1);
  });

  it('keeps what two windows wrote at once', () => {
    const folder = tempTree();
    const one = new CountCache(folder, '/root', 't');
    const two = new CountCache(folder, '/root', 't');
    one.remember('a', entry(1));
    one.remember('both', entry(1));
    two.remember('b', entry(2));
    two.remember('both', entry(2));
    one.save();
    two.save();
    const after = new CountCache(folder, '/root', 't');
    expect(['a', 'b', 'both'].map((path) => after.get(path))).toEqual([
      entry(1),
      entry(2),
      entry(2),
    ]);
  });

  it('drops the least recently used entries first', () => {
    const folder = tempTree();
    const limits = { maxEntries: 2, maxBytes: 1e6 };
    const cache = new CountCache(folder, '/root', 't', limits);
    cache.remember('old', entry(1, { usedMs: 1 }));
    cache.remember('used', entry(2, { usedMs: 2 }));
    cache.remember('new', entry(3, { usedMs: 3 }));
    cache.use('used', 1e9);
    cache.save();
    const after = new CountCache(folder, '/root', 't', limits);
    expect(after.size).toBe(2);
    expect(after.get('old')).toBeUndefined();
    expect(after.get('used')?.usedMs).toBe(1e9);
  });

  it('drops the least recently used folders first, and parts that a crash left', () => {
    const folder = tempTree({ 'other.txt': 'not ours', 'x.counts.1.ab.partial': 'left behind' });
    utimesSync(path.join(folder, 'x.counts.1.ab.partial'), 1000, 1000);
    for (const root of ['/a', '/b', '/c']) {
      const cache = new CountCache(folder, root, 't', { maxEntries: 10, maxBytes: 700 });
      cache.remember('file', entry(1));
      cache.save();
      for (const name of readdirSync(folder).filter((name) => name.endsWith('.counts'))) {
        const file = path.join(folder, name);
        const { mtimeMs } = statSync(file);
        utimesSync(file, mtimeMs / 1000 - 10, mtimeMs / 1000 - 10);
      }
    }
    expect(readdirSync(folder).filter((name) => !name.endsWith('.counts'))).toEqual(['other.txt']);
    expect(new CountCache(folder, '/a', 't').size).toBe(0);
    expect(new CountCache(folder, '/b', 't').size).toBe(1);
    expect(new CountCache(folder, '/c', 't').size).toBe(1);
  });

  it('writes nothing when nothing is new', () => {
    const folder = tempTree();
    new CountCache(path.join(folder, 'none'), '/root', 't').save();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('table of counts', () => {
  const results = fc.oneof(
    fc.constantFrom({ type: 'binary' } as const, { type: 'minified' } as const),
    fc.record({
      type: fc.constant('counted' as const),
      kind: fc.constantFrom(...contentKinds),
      lines: fc.nat(),
      tokens: fc.nat(),
      outputBytes: fc.nat(),
    }),
  );
  const entries = fc.record({
    stamp: fc.record({
      bytes: fc.maxSafeNat(),
      mtimeMs: fc.double({ noNaN: true }),
      ctimeMs: fc.double({ noNaN: true }),
    }),
    hash: fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((hash) => Buffer.from(hash).toString('hex')),
    readMs: fc.maxSafeNat(),
    usedMs: fc.maxSafeNat(),
    result: results,
  });
  const anyName = fc.string({ unit: 'binary' });

  it('holds what was last set, in memory and as bytes, whatever the names', () => {
    const pairs = fc.array(
      fc.tuple(fc.oneof(anyName, fc.constantFrom('\ud800', 'a\0b', '"')), entries),
      {
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(pairs, (rows) => {
        const table = new CountTable();
        for (const [path, row] of rows) table.set(path, row);
        const expected = new Map<string, CachedCount>(rows);
        const again = CountTable.fromBytes(table.toBytes(), table.size);
        for (const each of [table, again]) {
          expect([...each.paths()]).toEqual([...expected.keys()]);
          for (const [path, row] of expected) expect(each.get(path)).toEqual(row);
        }
      }),
    );
  });

  it('is none of another number of rows', () => {
    const table = new CountTable();
    for (const path of ['a', 'b', 'c']) table.set(path, entry(1));
    for (const size of [0, 2, 4, 1e9, -1, 2.5]) {
      expect(() => CountTable.fromBytes(table.toBytes(), size)).toThrow();
    }
  });
});
