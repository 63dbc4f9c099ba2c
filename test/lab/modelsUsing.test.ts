import { describe, expect, it } from 'vitest';
import { architectureById, architectures } from '../../src/core/architectures/architectures.ts';
import { demos, findDemo } from '../../src/lab/demos.ts';
import { mechanismsOf } from '../../src/core/architectures/mechanisms.ts';
import { modelsUsing } from '../../src/lab/modelsUsing.ts';
import { createRunner, demoCards, thumbnail } from '../../src/lab/runner.ts';
import { expectWellFormedPicture, sampleTokens } from './wellFormed.ts';

/** Each once, in order. */
const mechanisms = [...new Set(demos.map(({ mechanism }) => mechanism))];
const idsOf = (mechanism: number) => modelsUsing(mechanism).models.map(({ id }) => id);
const howOf = (mechanism: number, id: string) =>
  modelsUsing(mechanism).models.find((one) => one.id === id)?.how;

describe('the mechanisms of the lab', () => {
  it('are numbered from 1 on without a hole, and have a demo each', () => {
    expect(mechanisms).toEqual(mechanisms.map((_, idx) => idx + 1));
  });
});

describe('the models that use a mechanism', () => {
  it('are those whose published shape has it', () => {
    expect(idsOf(3)).toContain('deepseek-v3');
    expect(idsOf(3)).not.toContain('llama-3.1-8b');
    expect(howOf(3, 'deepseek-v3')).toBe('all 61 layers, latent of 512 + 64');
    expect(howOf(4, 'gemma-3-27b')).toBe('52 of 62 layers, window of 1,024 tokens');
    expect(howOf(4, 'mistral-7b-v0.1')).toBe('all 32 layers, window of 4,096 tokens');
    expect(howOf(9, 'llama-4-scout')).toBe('36 of 48 layers, chunk of 8,192 tokens');
    expect(idsOf(10)).toEqual(['gpt-oss-20b', 'gpt-oss-120b']);
    expect(howOf(24, 'llama-3.1-8b')).toBe('trained at 8,192 tokens, stretched by 8');
    expect(howOf(27, 'jamba-v0.1')).toBe('28 of 32 layers, Mamba');
    expect(howOf(27, 'bamba-9b')).toMatch(/not been verified/);
    expect(howOf(28, 'qwen3-next-80b-a3b')).toBe('36 of 48 layers, gated delta rule');
    expect(howOf(30, 'mixtral-8x7b')).toBe('2 of 8 experts for a token');
    expect(idsOf(31)).toContain('deepseek-v3.2');
    expect(idsOf(35)).toContain('gpt2');
    expect(idsOf(20)).not.toContain('jamba-v0.1');
  });

  it('are none where the catalogue has none, and that is said', () => {
    for (const mechanism of [5, 6, 7, 12, 19, 22, 26, 36]) {
      expect(modelsUsing(mechanism)).toEqual({ models: [], note: 'None in the catalogue.' });
    }
  });

  it('are all for a way of serving, which no model is made with', () => {
    for (const mechanism of [11, 14, 15, 16, 17, 18, 38, 39]) {
      expect(idsOf(mechanism)).toEqual([]);
      expect(modelsUsing(mechanism).note).toContain(`all ${architectures.length} models`);
    }
  });

  it('are known or honestly none for every demo, and are on its card', () => {
    for (const { mechanism, models } of demoCards()) {
      expect(models).toEqual(modelsUsing(mechanism));
      expect(models.models.length > 0 || models.note !== undefined, String(mechanism)).toBe(true);
      const ids = models.models.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { how } of models.models) expect(how).not.toMatch(/undefined|NaN|^$/);
    }
  });

  it('lead back from a model to its mechanisms', () => {
    const gemma = mechanismsOf(architectureById('gemma-3-27b'));
    expect(gemma.map(({ mechanism }) => mechanism)).toEqual([1, 2, 4, 20, 21, 29]);
    for (const architecture of architectures) {
      const uses = mechanismsOf(architecture);
      for (const { mechanism, how } of uses) expect(howOf(mechanism, architecture.id)).toBe(how);
      // And no mechanism that lists the model is left out.
      const listing = mechanisms.filter((mechanism) => idsOf(mechanism).includes(architecture.id));
      expect(uses.map(({ mechanism }) => mechanism)).toEqual(listing);
    }
  });

  it('lead to the demos by their own titles', () => {
    const named = new Map(
      architectures.flatMap(mechanismsOf).map(({ demoId, title }) => [demoId, title]),
    );
    expect(named.size).toBeGreaterThan(18);
    for (const [demoId, title] of named) expect(findDemo(demoId).title).toBe(title);
    for (const { mechanism, demoId } of architectures.flatMap(mechanismsOf)) {
      expect(findDemo(demoId).mechanism).toBe(mechanism);
    }
  });
});

describe('the thumbnail of a demo', () => {
  it('is its own first picture on the first 24 tokens, for every demo', () => {
    const runner = createRunner();
    const tokens = sampleTokens(200);
    for (const { id } of demos) {
      const picture = thumbnail(runner, id, tokens);
      if (picture === undefined) throw new Error(`${id} has no picture`);
      expectWellFormedPicture(picture);
      if (picture.kind === 'matrix') expect(picture.numRows, id).toBeLessThanOrEqual(256);
    }
  });
});
