import { describe, expect, it } from 'vitest';
import { BatchBuilder, BatchQueue, restOfBatch } from '../../src/node/batches.ts';
import type { FileBatch } from '../../src/node/scanMessages.ts';

const known = {
  hash: 'ab',
  result: { type: 'binary' },
} as const;

function batchesOf(count: number): FileBatch[] {
  const batches: FileBatch[] = [];
  const builder = new BatchBuilder('cache', (batch) => batches.push(batch));
  for (let k = 0; k < count; k++) {
    builder.add(`${k}`, `/${k}`, k % 3 === 0, k % 5 === 0 ? known : undefined);
  }
  builder.flush();
  builder.flush();
  return batches;
}

describe('batches of files', () => {
  it('hold every file once, in order, and none is empty', () => {
    const batches = batchesOf(200);
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flatMap(({ paths }) => paths)).toEqual(
      Array.from({ length: 200 }, (_, k) => `${k}`),
    );
    expect(batches.every(({ paths }) => paths.length > 0)).toBe(true);
    expect(batchesOf(0)).toEqual([]);
  });

  it('keep what is said of single files when a part is put back', () => {
    const [batch] = batchesOf(10);
    const rest = restOfBatch(batch, 2, 4);
    expect(rest).toEqual({
      cacheKey: 'cache',
      paths: ['2', '3', '5', '6', '7', '8', '9'],
      systemPaths: ['/2', '/3', '/5', '/6', '/7', '/8', '/9'],
      keep: new Set([1, 3, 6]),
      known: new Map([[2, known]]),
    });
    expect(restOfBatch(batch, 10).paths).toEqual([]);
  });

  it('come out of the queue as soon as they are there, what was put back first, until it is closed', async () => {
    const [first, second, third] = batchesOf(192);
    const queue = new BatchQueue();
    const waiting = queue.next();
    queue.add(first);
    expect(await waiting).toBe(first);
    queue.add(second);
    queue.putBack(third);
    queue.putBack(restOfBatch(first, 64));
    expect(await queue.next()).toBe(third);
    const [last, none] = [queue.next(), queue.next()];
    queue.close();
    expect(await Promise.all([last, none, queue.next()])).toEqual([second, undefined, undefined]);
  });
});
