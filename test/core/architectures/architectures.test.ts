import { describe, expect, it } from 'vitest';
import { architectureById, architectures } from '../../../src/core/architectures/architectures.ts';
import { isArchitecture } from '../../../src/core/architectures/isArchitecture.ts';
import { countParameters } from '../../../src/core/architectures/parameters.ts';
import data from '../../../src/core/architectures/architectures.json';
import { trainedContextTokens } from '../../../src/core/architectures/architecture.ts';

describe('the architecture data', () => {
  it('loads every record, each with a source and a date', () => {
    expect(architectures).toHaveLength(data.records.length);
    expect(new Set(architectures.map((one) => one.id)).size).toBe(architectures.length);
    for (const one of architectures) {
      expect(one.sources.length, one.id).toBeGreaterThan(0);
      for (const source of one.sources) expect(source.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  it('holds only shapes that can be kept in a file and read again', () => {
    for (const one of architectures) {
      expect(isArchitecture(JSON.parse(JSON.stringify(one))), one.id).toBe(true);
    }
    const [one] = architectures;
    const layer = { kind: 'full', numHeads: 32, numKvHeads: 5, keyHeadDim: 128, valueHeadDim: 128 };
    const mixers = [{ count: 1, layer: { ...layer, ownsKv: true } }];
    for (const wrong of [null, [], { ...one, mixers }, { ...one, sources: 'me' }]) {
      expect(isArchitecture(wrong)).toBe(false);
    }
  });

  it('has layer kinds that add up to the number of layers, or says why they are unknown', () => {
    for (const one of architectures) {
      if (one.mixers === undefined) {
        expect(one.mixersUnknownBecause, one.id).toMatch(/verified/);
        continue;
      }
      const mixing = one.mixers.reduce((sum, group) => sum + group.count, 0);
      const only = data.records.find((record) => record.id === one.id)?.layers.ffn_only ?? 0;
      expect(mixing + only, one.id).toBe(one.numLayers);
    }
  });

  it('counts parameters within the rounding of what the maker publishes', () => {
    const compared = architectures.flatMap((one) => {
      const counted = countParameters(one)?.total;
      return counted === undefined || one.publishedParameters === undefined
        ? []
        : [{ id: one.id, ratio: counted / one.publishedParameters }];
    });
    expect(compared.length).toBeGreaterThan(15);
    // Kimi K3's mixture of experts works in a latent space that the data does not describe;
    // names round: Nemotron 3 Nano 30B counts 31.6e9.
    for (const { id, ratio } of compared.filter((one) => one.id !== 'kimi-k3')) {
      expect(ratio, id).toBeGreaterThan(0.96);
      expect(ratio, id).toBeLessThan(1.06);
    }
  });

  it('counts the parameters of Llama 3.1 8B as its checkpoint has them, but for the norms', () => {
    const counted = countParameters(architectureById('llama-3.1-8b'));
    // 8,030,261,248 in the checkpoint, of which 65 norms x 4096.
    expect(counted?.total).toBe(8_030_261_248 - 65 * 4096);
  });

  it('leaves formulas that nobody verified unknown', () => {
    expect(architectureById('deepseek-v4-flash').mixers).toBeUndefined();
    expect(architectureById('gemma-4-26b-a4b').mixers).toBeUndefined();
    expect(architectureById('command-a-03-2025').numLayers).toBeUndefined();
  });

  it('knows the trained length apart from the stretched one', () => {
    const deepseek = architectureById('deepseek-v3');
    expect(trainedContextTokens(deepseek)).toBe(4096);
    expect(deepseek.contextWindowTokens).toBe(163_840);
    expect(trainedContextTokens(architectureById('qwen3-8b'))).toBe(40_960);
  });

  it('names what was asked for when there is no such model', () => {
    expect(() => architectureById('llama-9')).toThrow(/model is "llama-9".*llama-3.1-8b/);
  });
});
