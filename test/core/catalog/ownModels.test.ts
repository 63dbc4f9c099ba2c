import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typedArchitecture } from '../../../src/core/architectures/typedArchitecture.ts';
import { models } from '../../../src/core/catalog/models.ts';
import {
  noOwnData,
  ownModelId,
  parseOwnData,
  withOwnData,
  withOwnFile,
  withOwnModels,
} from '../../../src/core/catalog/ownModels.ts';
import type { OwnData, OwnFile, OwnModel } from '../../../src/core/catalog/ownModels.ts';

const from = { source: 'own.json', asOf: '2026-11-28' };
const id = 'local/mine';
const architecture = typedArchitecture({ id, numLayers: 2, numHeads: 4, headDim: 64 });
const model: OwnModel = { id, name: 'Mine', ...from, contextWindowTokens: 4096, architecture };

function prices(usd: number, source: string): OwnFile {
  const rule = { match: { equals: 'gpt-4o' }, prices: { input_mtok: usd, output_mtok: usd } };
  const text = JSON.stringify([{ id: 'openai', models: [{ id: 'x', ...rule }] }]);
  return { kind: 'prices', source, asOf: '2026-11-28', text };
}

const priceOf = (own: OwnData) =>
  withOwnData(models, own).models.find((one) => one.id === 'openai/gpt-4o')?.prices;

describe('what the person imported', () => {
  it('comes back from the file it was kept in', () => {
    const own = withOwnFile(withOwnModels(noOwnData, [model]), prices(3, 'a'));
    const read = parseOwnData(JSON.parse(JSON.stringify(own)));
    expect(withOwnData(models, read)).toEqual(withOwnData(models, own));
    const mine = withOwnData(models, read).models.find((one) => one.id === id);
    expect(mine).toMatchObject({
      architectureId: id,
      contextWindowTokens: { value: 4096, ...from },
    });
  });

  it('goes over the catalogue, the last file over the ones before, and keeps what the others say', () => {
    const own = withOwnFile(withOwnFile(noOwnData, prices(3, 'a')), prices(4, 'b'));
    expect(priceOf(own)?.value[0].base.inputUsdPerMillionTokens).toBe(4);
    const others = priceOf(own)?.disagreements?.map(({ source }) => source);
    expect(others?.[0]).toBe('a');
    expect(others?.[1]).toMatch(/genai-prices/);
    const again = withOwnFile(own, prices(5, 'a'));
    expect(again.files.map(({ source }) => source)).toEqual(['b', 'a']);
    expect(priceOf(again)?.value[0].base.inputUsdPerMillionTokens).toBe(5);
  });

  it('is left out where it is malformed, and told about where its text is', () => {
    const broken: OwnFile = { kind: 'models', ...from, text: '{' };
    const { models: merged, problems } = withOwnData(models, { files: [broken], models: [] });
    expect(merged).toEqual(models);
    expect(problems).toHaveLength(1);
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const read = parseOwnData({ files: [json], models: [json], ...(json as object) });
        expect(() => withOwnData([], read)).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });

  it('has ids of one segment, whatever the name', () => {
    expect(ownModelId('Llama 3.1/8B  Instruct')).toBe('local/llama-3.1-8b-instruct');
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(ownModelId(name)).toMatch(/^local\/[^/\s?#%\\]{1,100}$/);
      }),
    );
  });
});
