import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { architectureById } from '../../../src/core/architectures/architectures.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import { decodeSecondsPerToken, prefillSeconds } from '../../../src/core/estimates/latency.ts';
import { attentionPairs, chunkedPairs } from '../../../src/core/estimates/operators.ts';
import { hardwareById } from '../../../src/core/hardware/hardware.ts';
import { barePoints, servingPoints, summarize } from './validation.ts';

const h100 = hardwareById('h100-sxm');
const llama = architectureById('llama-3.1-8b');
const shapes = [
  'llama-3.1-8b',
  'llama-2-7b',
  'gemma-3-12b',
  'deepseek-v3',
  'mixtral-8x7b',
  'qwen3-next-80b-a3b',
  'llama-4-scout',
  'mamba2-2.7b',
  'jamba-v0.1',
  'gpt-oss-120b',
].map(architectureById);

describe('prefill and decode against measurements', () => {
  it.each(summarize(barePoints()))(
    'is within 5 % on average on bare $group points (fitted: $fitted), nine in ten in band',
    (summary) => {
      expect(summary.meanAbsoluteError).toBeLessThan(0.05);
      expect(summary.inBand / summary.points).toBeGreaterThanOrEqual(0.9);
    },
  );

  it.each(summarize(servingPoints()))(
    'is within 10 % on average on $group points (fitted: $fitted), nine in ten in band',
    (summary) => {
      expect(summary.meanAbsoluteError).toBeLessThan(0.1);
      expect(summary.inBand / summary.points).toBeGreaterThanOrEqual(0.9);
    },
  );
});

describe('the latency model', () => {
  const tokensArb = fc.integer({ min: 1, max: 1_000_000 });
  const shapeArb = fc.constantFrom(...shapes);
  const value = (explained: { value: number | undefined }) => explained.value ?? NaN;

  it('takes longer for more tokens, and its parts add up', () => {
    fc.assert(
      fc.property(shapeArb, tokensArb, fc.integer({ min: 1, max: 99_999 }), (shape, n, more) => {
        const deployment = deploymentOn(h100);
        const short = prefillSeconds(shape, deployment, { promptTokens: n });
        const long = prefillSeconds(shape, deployment, { promptTokens: n + more });
        expect(value(long)).toBeGreaterThanOrEqual(value(short));
        const sum = (short.parts ?? []).reduce((total, part) => total + value(part), 0);
        expect(sum).toBeCloseTo(value(short), 10);
        expect(short.band?.low).toBeLessThan(value(short));
        const decode = decodeSecondsPerToken(shape, deployment, { contextTokens: n });
        const later = decodeSecondsPerToken(shape, deployment, { contextTokens: n + more });
        expect(value(later)).toBeGreaterThanOrEqual(value(decode));
      }),
      { numRuns: 150 },
    );
  });

  it('is not slower on more GPUs, but for what they say to each other', () => {
    fc.assert(
      fc.property(tokensArb, fc.constantFrom(1, 2, 4), (promptTokens, tensorParallel) => {
        const apart = (ranks: number) => {
          const on = deploymentOn(h100, { tensorParallel: ranks });
          const prefill = prefillSeconds(llama, on, { promptTokens });
          const talk = prefill.parts?.find((part) => part.name === 'communicationSeconds');
          return value(prefill) - (talk?.value ?? NaN);
        };
        expect(apart(tensorParallel * 2)).toBeLessThanOrEqual(apart(tensorParallel));
      }),
      { numRuns: 60 },
    );
  });

  it('costs more in chunks, the more the smaller they are, and less after a cached prefix', () => {
    const on = deploymentOn(h100);
    const at = (chunkTokens: number, cachedPrefixTokens = 0) =>
      value(prefillSeconds(llama, on, { promptTokens: 131_072, chunkTokens, cachedPrefixTokens }));
    expect(at(2048)).toBeGreaterThan(at(8192));
    expect(at(8192)).toBeGreaterThan(at(131_072));
    expect(at(131_072, 100_000)).toBeLessThan(at(131_072) / 1.5);
  });

  it('never promises to beat the peak rate', () => {
    for (const promptTokens of [512, 8192, 131_072]) {
      const flops = 2 * 6.98e9 * promptTokens + 32 * 2 * 32 * 128 * promptTokens ** 2;
      const prefill = prefillSeconds(llama, deploymentOn(h100), { promptTokens });
      expect(value(prefill)).toBeGreaterThan(flops / 989e12);
    }
  });

  it('spreads a long text over a ring, evenly by zig-zag and unevenly by contiguous shards', () => {
    const promptTokens = 131_072;
    const on = (contextParallel: number, ringLayout: 'zigZag' | 'contiguous') =>
      value(
        prefillSeconds(llama, deploymentOn(h100, { contextParallel, ringLayout }), {
          promptTokens,
        }),
      );
    const [one, even, uneven] = [on(1, 'zigZag'), on(8, 'zigZag'), on(8, 'contiguous')];
    expect(one / even).toBeGreaterThan(7);
    expect(one / even).toBeLessThan(8);
    expect(uneven).toBeGreaterThan(1.5 * even);
  });

  it('counts (query, key) pairs as a loop does', () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.nat(60),
        fc.integer({ min: 1, max: 40 }),
        (fresh, cached, span) => {
          let sliding = 0;
          let chunked = 0;
          for (let i = cached; i < cached + fresh; i++) {
            sliding += Math.min(i + 1, span);
            chunked += (i % span) + 1;
          }
          expect(attentionPairs(fresh, cached, span)).toBe(sliding);
          expect(chunkedPairs(fresh, cached, span)).toBe(chunked);
        },
      ),
    );
  });

  it('is unknown where a rate or a shape is, and names bad input', () => {
    const apple = deploymentOn(hardwareById('m4-max'));
    expect(prefillSeconds(llama, apple, { promptTokens: 10 }).unknownBecause).toMatch(
      /16-bit rate/,
    );
    expect(decodeSecondsPerToken(llama, apple, { contextTokens: 10 }).value).toBeGreaterThan(0);
    const special = architectureById('deepseek-v4-flash');
    const on = deploymentOn(h100);
    expect(prefillSeconds(special, on, { promptTokens: 10 }).value).toBeUndefined();
    expect(() => prefillSeconds(llama, on, { promptTokens: 0 })).toThrow(/promptTokens is 0/);
    expect(() => prefillSeconds(llama, on, { promptTokens: 10, cachedPrefixTokens: 10 })).toThrow(
      /cachedPrefixTokens is 10/,
    );
    expect(() => deploymentOn(h100, { tensorParallel: 1.5 })).toThrow(/tensorParallel is 1.5/);
    const three = deploymentOn(h100, { tensorParallel: 3 });
    expect(() => prefillSeconds(llama, three, { promptTokens: 10 })).toThrow(/tensorParallel is 3/);
  });
});
