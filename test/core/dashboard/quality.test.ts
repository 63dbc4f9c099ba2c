import { describe, expect, it } from 'vitest';
import { lengthTokens, measurementsFor, qualityRows } from '../../../src/core/dashboard/quality.ts';
import { effectiveMeasurements } from '../../../src/core/quality/effectiveContext.ts';

describe('the measurements of quality', () => {
  it('are of exactly this model under its names', () => {
    const found = measurementsFor(['openai/gpt-4o'], effectiveMeasurements);
    expect(found.map(({ benchmark }) => benchmark)).toContain('NoLiMa');
    expect(measurementsFor(['gpt-4o-nobody'], effectiveMeasurements)).toEqual([]);
  });

  it('have their points in tokens, ascending, and say what they mean for a length', () => {
    const [row] = qualityRows(
      measurementsFor(['openai/gpt-4o'], effectiveMeasurements).filter(
        ({ benchmark }) => benchmark === 'NoLiMa',
      ),
      100_000,
    );
    expect(row.finding).toBe('tooLong');
    expect(row.points.map(([tokens]) => tokens)).toEqual([1024, 2048, 4096, 8192, 16_384, 32_768]);
  });

  it('judge by what was tried only', () => {
    const of = (effective: object) =>
      qualityRows([{ ...effectiveMeasurements[0], ...effective }], 100_000)[0].finding;
    expect(of({ effectiveTokens: 131_072, effectiveBound: 'equal' })).toBe('usable');
    expect(of({ effectiveTokens: 65_536, effectiveBound: 'atLeast' })).toBe('beyondMeasured');
    expect(of({ effectiveTokens: 4096, effectiveBound: 'below' })).toBe('tooLong');
    expect(of({ effectiveTokens: 200_000, effectiveBound: 'below' })).toBe('shorterThanMeasured');
    expect(of({ effectiveTokens: undefined })).toBe('noEffectiveLength');
  });

  it('read lengths in tokens and leave classes aside', () => {
    expect([lengthTokens('4K'), lengthTokens('1M'), lengthTokens('512')]).toEqual([
      4096, 1_048_576, 512,
    ]);
    expect([lengthTokens('short'), lengthTokens('512K-1M')]).toEqual([undefined, undefined]);
    expect(qualityRows(effectiveMeasurements, 0)).toHaveLength(effectiveMeasurements.length);
  });
});
