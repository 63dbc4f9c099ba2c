import { describe, expect, it } from 'vitest';
import { wordsBy } from '../../../src/core/format/words.ts';

const { freeText, fileCountText, usdIntervalText } = wordsBy((message, ...values) =>
  message.replace(/\{(\d)\}/g, (_, idx: string) => String(values[Number(idx)])),
);

describe('words of every view', () => {
  it.each([
    [{ low: 72_000, high: 72_000 }, '72,000 free'],
    [{ low: -3100, high: -3100 }, '3,100 over'],
    [{ low: 71_000, high: 73_000 }, '71K – 73K free'],
    [{ low: -3100, high: -1200 }, '1.2K – 3.1K over'],
    [{ low: -1200, high: 400 }, '1.2K over to 400 free'],
    [{ low: 71_001, high: 71_002 }, '71K free'],
    [{ low: 0, high: 0 }, '0 free'],
    [undefined, 'window unknown'],
  ])('say how much room is left: %o is %s', (free, words) => {
    expect(freeText(free)).toBe(words);
  });

  it('know one file from several', () => {
    expect([0, 1, 1500].map(fileCountText)).toEqual(['0 files', '1 file', '1,500 files']);
  });

  it('give one price where both ends are written alike, and none where it is unknown', () => {
    expect(usdIntervalText({ lowUsd: 1, highUsd: 2 })).toBe('$1.00 – $2.00');
    expect(usdIntervalText({ lowUsd: 1, highUsd: 1.0000001 })).toBe('$1.00');
    expect(usdIntervalText(undefined)).toBe('price unknown');
  });

  it('are given in the language of whoever translates', () => {
    const german = wordsBy((message) => (message === 'Fits' ? 'Passt' : message));
    expect(german.verdictText('fits')).toBe('Passt');
  });
});
