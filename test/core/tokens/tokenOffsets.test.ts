import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { tokenOffsets } from '../../../src/core/tokens/tokenOffsets.ts';
import { openLocalCounter, type LocalCounter } from '../../../src/node/localCounter.ts';

let counter: LocalCounter;
beforeAll(async () => {
  counter = await openLocalCounter('o200k_base');
});

function offsetsOf(text: string, wanted: readonly number[]): readonly (number | undefined)[] {
  const search = tokenOffsets(counter, text, wanted);
  for (;;) {
    const step = search.next();
    if (step.done === true) return step.value;
  }
}

/** The same by the tokens of the whole text at once. */
function plainOffset(text: string, tokens: number): number | undefined {
  if (tokens === 0) return 0;
  let seen = 0;
  for (const { endUnit, ids } of counter.spans(text) ?? []) {
    seen += ids.length;
    if (seen >= tokens) return endUnit;
  }
  return undefined;
}

describe('where tokens end', () => {
  it('is found in a long text as in the tokens of the whole', () => {
    const line = 'const price = quantity * 12.50; // naïve 价格 🙂\n';
    const text = line.repeat(3000);
    const total = counter.countText(text);
    const wanted = [0, 1, 17, 4000, 4001, Math.floor(total / 2), total, total + 1];
    expect(offsetsOf(text, wanted)).toEqual(wanted.map((tokens) => plainOffset(text, tokens)));
  });

  it('is found in any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 1, max: 900 }),
        fc.array(fc.nat(4000), { maxLength: 4 }),
        (piece, times, numbers) => {
          const text = piece.repeat(times);
          const wanted = numbers.sort((a, b) => a - b);
          expect(offsetsOf(text, wanted)).toEqual(wanted.map((one) => plainOffset(text, one)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of an empty text is nowhere but at its start', () => {
    expect(offsetsOf('', [0, 1])).toEqual([0, undefined]);
  });
});
