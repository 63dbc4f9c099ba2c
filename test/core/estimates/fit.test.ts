import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { architectureById } from '../../../src/core/architectures/architectures.ts';
import { typedArchitecture } from '../../../src/core/architectures/typedArchitecture.ts';
import { contextVerdict } from '../../../src/core/estimates/contextVerdict.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import {
  concurrentUsers,
  fitsInMemory,
  longestContextTokens,
  smallestLayout,
} from '../../../src/core/estimates/fit.ts';
import { memoryBytesPerGpu } from '../../../src/core/estimates/memory.ts';
import { techniqueStack } from '../../../src/core/estimates/stack.ts';
import { hardwareById } from '../../../src/core/hardware/hardware.ts';

const llama8b = architectureById('llama-3.1-8b');
const llama70b = architectureById('llama-3.1-70b');
const h100 = deploymentOn(hardwareById('h100-sxm'));

describe('memory and fit', () => {
  it('adds up its parts, with the weights that a checkpoint has', () => {
    const need = memoryBytesPerGpu(llama8b, h100, { tokens: 8192 });
    const part = (name: string) => need.parts?.find((one) => one.name === name)?.value;
    // 8,030,261,248 parameters of two bytes; norms are not counted.
    expect(part('weightBytes')).toBe((8_030_261_248 - 65 * 4096) * 2);
    expect(part('kvCacheBytes')).toBe(2 ** 30);
    const sum = (need.parts ?? []).reduce((total, one) => total + (one.value ?? NaN), 0);
    expect(need.value).toBe(sum);
  });

  it('needs 69 GB of scores for 32K tokens of Llama 8B without flash attention or chunks', () => {
    const options = { tokens: 32_768, flashAttention: false, chunkTokens: Infinity };
    const need = memoryBytesPerGpu(llama8b, h100, options);
    expect(need.parts?.find((one) => one.name === 'scoreBytes')?.value).toBe(32 * 32_768 ** 2 * 2);
  });

  it('finds the longest context: one token more does not fit', () => {
    const longest = longestContextTokens(llama8b, h100).value ?? NaN;
    expect(longest).toBeGreaterThan(350_000);
    expect(longest).toBeLessThan(480_000);
    expect(fitsInMemory(llama8b, h100, { tokens: longest })).toBe(true);
    expect(fitsInMemory(llama8b, h100, { tokens: longest + 1 })).toBe(false);
    expect(longestContextTokens(llama70b, h100).value).toBe(0);
  });

  it('needs four H100 for 70B at 128K in 16 bits, not three', () => {
    expect(smallestLayout(llama70b, h100, { tokens: 131_072 })).toEqual({
      tensorParallel: 4,
      pipelineParallel: 1,
      gpus: 4,
    });
    expect(smallestLayout(llama8b, h100, { tokens: 131_072 })?.gpus).toBe(1);
    const large = smallestLayout(architectureById('llama-3.1-405b'), h100, { tokens: 131_072 });
    expect(large).toEqual({ tensorParallel: 8, pipelineParallel: 2, gpus: 16 });
  });

  it('serves fewer users the longer their texts', () => {
    const users = (tokens: number) => concurrentUsers(llama8b, h100, { tokens }).value ?? NaN;
    expect(users(8192)).toBeGreaterThan(40);
    expect(users(131_072)).toBeLessThanOrEqual(users(8192) / 15);
  });

  it('needs no less for more tokens, sequences or fewer GPUs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500_000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(1, 2, 4),
        (tokens, sequences, tensorParallel) => {
          const need = (n: number, users: number, ranks: number) =>
            memoryBytesPerGpu(
              llama70b,
              { ...h100, tensorParallel: ranks },
              { tokens: n, sequences: users },
            ).value ?? NaN;
          const base = need(tokens, sequences, tensorParallel);
          expect(need(tokens + 100, sequences, tensorParallel)).toBeGreaterThanOrEqual(base);
          expect(need(tokens, sequences + 1, tensorParallel)).toBeGreaterThan(base);
          expect(need(tokens, sequences, tensorParallel * 2)).toBeLessThan(base);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the stack of techniques', () => {
  it('multiplies from the plain model to everything on', () => {
    const steps = techniqueStack(llama8b, h100, {
      sharedKvHeads: true,
      windows: false,
      flashAttention: true,
      chunkedPrefill: true,
      paging: true,
      fp8Cache: true,
      tensorParallel: 8,
      ring: 2,
    });
    expect(steps.map((step) => step.technique)).toEqual([
      'none',
      'sharedKvHeads',
      'flashAttention',
      'chunkedPrefill',
      'paging',
      'fp8Cache',
      'tensorParallel',
      'ring',
    ]);
    for (const step of steps.slice(1)) expect(step.multiplier, step.technique).toBeGreaterThan(1);
    const product = steps.reduce((all, step) => all * (step.multiplier ?? 1), 1);
    const [first, last] = [steps[0], steps[steps.length - 1]];
    expect(product).toBeCloseTo(
      (last.longestContextTokens ?? NaN) / (first.longestContextTokens ?? NaN),
      6,
    );
    const fp8 = steps.find((step) => step.technique === 'fp8Cache');
    expect(fp8?.multiplier).toBeCloseTo(2, 1);
  });
});

describe('the verdict on a length', () => {
  it('tells native from stretched', () => {
    expect(contextVerdict(architectureById('qwen3-8b'), 40_000).verdict).toBe('fits');
    const yarn = contextVerdict(architectureById('qwen3-8b'), 120_000, { type: 'yarn', factor: 4 });
    expect(yarn.text).toBe('fits only with YaRN x4');
    const deepseek = contextVerdict(architectureById('deepseek-v3'), 100_000);
    expect(deepseek.verdict).toBe('fitsOnlyStretched');
    expect(deepseek.text).toMatch(/YaRN x40.*4096/);
    expect(contextVerdict(architectureById('gpt2'), 2000).verdict).toBe('doesNotFit');
    expect(contextVerdict(architectureById('command-r-v01'), 2000).verdict).toBe('unknown');
  });

  it('states the reach of windows: L (W - 1) + 1', () => {
    const mistral = contextVerdict(architectureById('mistral-7b-v0.1'), 20_000);
    expect(mistral.reachTokens).toBe(32 * 4095 + 1);
    expect(mistral.reachText).toMatch(/fitting is not seeing/);
    expect(contextVerdict(llama8b, 10).windowTokens).toBeUndefined();
    const scout = contextVerdict(architectureById('llama-4-scout'), 20_000);
    expect(scout).toMatchObject({ windowTokens: 8192, reachTokens: 8192 });
    expect(scout.reachText).toMatch(/36 layers see their own chunk.*full-attention layers see/);
    const gemma = contextVerdict(architectureById('gemma-3-27b'), 20_000);
    expect(gemma.text).toMatch(/stretched by position interpolation x8.*not given/);
  });
});

describe('a typed-in model', () => {
  it('takes layers, heads and widths, and names what does not divide', () => {
    const typed = typedArchitecture({ numLayers: 32, numHeads: 32, numKvHeads: 8, headDim: 128 });
    expect(typed.attentionName).toBe('GQA');
    const shape = { numLayers: 32, numHeads: 32, headDim: 128 };
    expect(() => typedArchitecture({ ...shape, numKvHeads: 5 })).toThrow(/numKvHeads is 5/);
    expect(() => typedArchitecture({ ...shape, numLayers: -2 })).toThrow(/numLayers is -2/);
  });
});
