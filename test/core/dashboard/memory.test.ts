import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { architectureById, architectures } from '../../../src/core/architectures/architectures.ts';
import {
  cacheCurvesByArchitecture,
  cacheCurvesByDtype,
  cardFits,
  layoutFits,
  memoryCurves,
  memoryFigures,
  memoryUnknownBecause,
} from '../../../src/core/dashboard/memory.ts';
import type { MemorySetup } from '../../../src/core/dashboard/memory.ts';
import { layoutOnGpus, placeModel } from '../../../src/core/dashboard/layouts.ts';
import { logSpaced, tokenRange } from '../../../src/core/dashboard/series.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import { hardware, hardwareById } from '../../../src/core/hardware/hardware.ts';

const llama8b = architectureById('llama-3.1-8b');
const h100 = hardwareById('h100-sxm');
const setup: MemorySetup = {
  architecture: llama8b,
  deployment: deploymentOn(h100),
  policy: 'ideal',
  sequences: 1,
};

describe('the figures of memory', () => {
  it("gives Llama 3.1 8B's cache at 128K as 16 GiB, and fits it in an H100", () => {
    const figures = memoryFigures(setup, 131_072);
    expect(figures.kvCache.value).toBe(16 * 2 ** 30);
    expect(figures.fits).toBe(true);
    expect(figures.usable.value).toBe(72 * 2 ** 30);
    expect(figures.users.value).toBeGreaterThanOrEqual(1);
  });

  it('holds at zero tokens and at a thousand million', () => {
    expect(memoryFigures(setup, 0).kvCache.value).toBe(0);
    expect(memoryFigures(setup, 0).fits).toBe(true);
    const huge = memoryFigures(setup, 1e9);
    expect(huge.kvCache.value).toBe(1e9 * 131_072);
    expect(huge.fits).toBe(false);
    expect(huge.users.value).toBe(0);
  });

  it('says why instead of a number where a shape is not known', () => {
    const unverified = architectures.filter((one) => memoryUnknownBecause(one) !== undefined);
    expect(unverified.length).toBeGreaterThan(0);
    for (const architecture of unverified) {
      const figures = memoryFigures({ ...setup, architecture }, 8192);
      expect(figures.perGpu.value).toBeUndefined();
      expect(figures.perGpu.unknownBecause).toContain(architecture.id);
      expect(figures.fits).toBeUndefined();
      expect(memoryCurves({ ...setup, architecture }, [1000, 2_000_000])).toEqual([]);
    }
  });
});

describe('the curves of memory', () => {
  it('cross what a card holds where the longest context ends', () => {
    const [{ longest, usable }] = cardFits(setup, [h100]);
    const end = longest.value ?? NaN;
    const total = (tokens: number) =>
      memoryCurves(setup, [tokens, 2 * tokens]).find(({ id }) => id === 'total')?.points[0][1];
    expect(total(end)).toBeLessThanOrEqual(usable.value ?? NaN);
    expect(total(end + 1)).toBeGreaterThan(usable.value ?? NaN);
  });

  it('never fall with the length, for any model and card', () => {
    const known = architectures.filter((one) => memoryUnknownBecause(one) === undefined);
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.constantFrom(...hardware), (architecture, card) => {
        const here = { ...setup, architecture, deployment: deploymentOn(card) };
        const curves = memoryCurves(here, [1000, 2_000_000]);
        expect(curves.map(({ id }) => id)).toContain('total');
        for (const { points } of curves) {
          points.forEach(([, bytes], idx) => {
            if (idx > 0) expect(bytes).toBeGreaterThanOrEqual(points[idx - 1][1]);
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('halve the cache from bf16 to fp8, and keep the chosen dtype among the lines', () => {
    const kvDtype = 'q8_0' as const;
    const curves = cacheCurvesByDtype(
      { ...setup, deployment: deploymentOn(h100, { kvDtype }) },
      [1024, 1_048_576],
    );
    const at = (id: string) => curves.find((one) => one.id === id)?.points[0][1] ?? NaN;
    expect(at('bf16')).toBe(2 * at('fp8'));
    expect(at('q8_0')).toBeGreaterThan(at('fp8'));
  });

  it('tell multi-head, grouped, latent and windowed attention apart', () => {
    const others = ['llama-2-7b', 'deepseek-v3', 'gemma-3-27b'].map(architectureById);
    const curves = cacheCurvesByArchitecture(setup, others, [131_072, 1_048_576]);
    const at = (id: string) => curves.find((one) => one.id === id)?.points[0][1] ?? NaN;
    expect(at('llama-3.1-8b')).toBe(16 * 2 ** 30);
    expect(at('llama-2-7b')).toBe(64 * 2 ** 30);
    // 61 layers x 576 x 2 bytes a token.
    expect(at('deepseek-v3')).toBe(131_072 * 70_272);
    expect(curves[0].id).toBe('llama-3.1-8b');
  });
});

describe('layouts', () => {
  it('share heads where they can be shared and stack stages where not', () => {
    expect(layoutOnGpus(llama8b, 3)).toEqual({ tensorParallel: 1, pipelineParallel: 3 });
    expect(layoutOnGpus(llama8b, 16)).toEqual({ tensorParallel: 8, pipelineParallel: 2 });
    for (const { gpus, deployment } of layoutFits(setup)) {
      expect(deployment.tensorParallel * deployment.pipelineParallel).toBe(gpus);
    }
  });

  it('take the fewest GPUs that hold the text when nobody chose a number', () => {
    const llama70b = architectureById('llama-3.1-70b');
    const placed = placeModel(llama70b, h100, undefined, {}, { tokens: 131_072 });
    expect(placed).toMatchObject({ isSmallest: true, deployment: { tensorParallel: 4 } });
    const none = placeModel(llama70b, h100, undefined, {}, { tokens: 1e9 });
    expect(none).toMatchObject({ isSmallest: false, deployment: { tensorParallel: 1 } });
  });
});

describe('the axis of tokens', () => {
  it('reaches 2M, or as far as the text', () => {
    expect(tokenRange(0)).toEqual([1000, 2_000_000]);
    expect(tokenRange(1e9)[1]).toBeGreaterThan(1e9);
    const steps = logSpaced(1000, 2_000_000, 48);
    expect([steps[0], steps.at(-1)]).toEqual([1000, 2_000_000]);
    expect(logSpaced(1, 10, 49)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
