import { describe, expect, it } from 'vitest';
import { typedArchitecture } from '../../../src/core/architectures/typedArchitecture.ts';
import { deploymentOn } from '../../../src/core/estimates/deployment.ts';
import { decodeSecondsPerToken, prefillSeconds } from '../../../src/core/estimates/latency.ts';
import { hardwareById } from '../../../src/core/hardware/hardware.ts';
import { crossValidated, relativeError } from './validation.ts';

/** Layers, hidden, heads, kv heads, feed-forward, vocabulary; heads of 128. */
const widths = {
  '4B GQA': [36, 2560, 32, 8, 9728, 151_936],
  '7B MHA': [32, 4096, 32, 32, 11_008, 32_000],
  '8B GQA': [32, 4096, 32, 8, 14_336, 128_256],
  '13B MHA': [40, 5120, 40, 40, 13_824, 32_000],
  '14B GQA': [48, 5120, 40, 8, 13_824, 152_064],
  '32B GQA': [64, 5120, 40, 8, 27_648, 152_064],
} as const;

const shapes = Object.entries(widths).map(
  ([id, [numLayers, hiddenSize, numHeads, numKvHeads, intermediateSize, vocabSize]]) => ({
    architecture: typedArchitecture({
      ...{ id, numLayers, hiddenSize, numHeads, numKvHeads, intermediateSize, vocabSize },
      headDim: 128,
    }),
    layerWeights:
      hiddenSize * (2 * numHeads + 2 * numKvHeads) * 128 + 3 * hiddenSize * intermediateSize,
    numLayers,
    headWeights: hiddenSize * vocabSize,
    attentionFlopsPerPair: 4 * numHeads * 128 * numLayers,
    cacheBytesPerToken: 4 * numKvHeads * 128 * numLayers,
  }),
);
const on = (gpu: string) => deploymentOn(hardwareById(gpu), { engine: 'bareForward' });
const lengths = Array.from({ length: 49 }, (_, i) => Math.round(512 * 2 ** (i / 6)));
const gpus = ['h100-sxm', 'h200-sxm'];

describe.each(shapes)('a bare forward pass of $architecture.id', (shape) => {
  const prefill = (gpu: string, promptTokens: number) =>
    prefillSeconds(shape.architecture, on(gpu), { promptTokens }).value ?? NaN;
  const decode = (gpu: string, contextTokens: number) =>
    decodeSecondsPerToken(shape.architecture, on(gpu), { contextTokens }).value ?? NaN;

  it.each(gpus)('uses 0.4 to 0.73 of the peak from 512 tokens to 128K on %s', (gpu) => {
    for (const n of lengths) {
      const flops =
        2 * n * shape.layerWeights * shape.numLayers +
        (shape.attentionFlopsPerPair * n * (n + 1)) / 2;
      const share = flops / prefill(gpu, n) / 989e12;
      expect(share, `${n} tokens`).toBeGreaterThan(0.4);
      expect(share, `${n} tokens`).toBeLessThan(0.73);
    }
  });

  it.each(gpus)('grows without steps: between linear and quadratic on %s', (gpu) => {
    for (let i = 1; i < lengths.length; i++) {
      const factor = lengths[i] / lengths[i - 1];
      const grown = prefill(gpu, lengths[i]) / prefill(gpu, lengths[i - 1]);
      expect(grown, `${lengths[i]} tokens`).toBeGreaterThan(factor ** 0.85);
      expect(grown, `${lengths[i]} tokens`).toBeLessThan(factor ** 2.05);
      const later = decode(gpu, lengths[i]);
      expect(later).toBeGreaterThan(decode(gpu, lengths[i - 1]));
    }
  });

  it('has no step anywhere among short prompts, where launches weigh most', () => {
    let before = prefill('h100-sxm', 1);
    for (let n = 2; n <= 700; n++) {
      const now = prefill('h100-sxm', n);
      expect(now, `${n} tokens`).toBeGreaterThanOrEqual(before);
      expect(now - before, `${n} tokens`).toBeLessThan(0.02 * before);
      before = now;
    }
  });

  it('of one token takes what a decode step takes', () => {
    for (const gpu of gpus) {
      expect(prefill(gpu, 1) / decode(gpu, 1)).toBeGreaterThan(0.97);
      expect(prefill(gpu, 1) / decode(gpu, 1)).toBeLessThan(1.05);
    }
  });

  it('reads weights and cache in a decode step at no more than the bandwidth', () => {
    for (const gpu of gpus) {
      const bandwidth = hardwareById(gpu).memoryBytesPerSecond ?? NaN;
      for (const n of lengths) {
        const bytes =
          2 * (shape.layerWeights * shape.numLayers + shape.headWeights) +
          n * shape.cacheBytesPerToken;
        const share = bytes / bandwidth / decode(gpu, n);
        expect(share).toBeGreaterThan(0.45);
        expect(share).toBeLessThan(0.9);
      }
    }
  });

  it('gains bandwidth alone from an H200: decode up to 4.8 / 3.35 times, prefill little', () => {
    for (const n of lengths) {
      const decodeGain = decode('h100-sxm', n) / decode('h200-sxm', n);
      expect(decodeGain).toBeGreaterThan(1.2);
      expect(decodeGain).toBeLessThan(4.8 / 3.35);
      const prefillGain = prefill('h100-sxm', n) / prefill('h200-sxm', n);
      expect(prefillGain).toBeGreaterThanOrEqual(1);
      expect(prefillGain).toBeLessThan(1.1);
    }
    const [short, long] = [lengths[0], lengths[lengths.length - 1]].map(
      (n) => decode('h100-sxm', n) / decode('h200-sxm', n),
    );
    expect(long).toBeGreaterThan(short);
  });
});

describe('constants fitted on one shape', () => {
  it.each(['prefill', 'decode'] as const)(
    'predict %s of the other, on average within a twentieth',
    (kind) => {
      const errors = crossValidated('shape')
        .filter((one) => one.kind === kind)
        .map((one) => Math.abs(relativeError(one)));
      expect(errors).toHaveLength(6);
      expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.05);
    },
  );
});
