import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { models } from '../../../src/core/catalog/models.ts';
import { tokenizerLinkFor, withTokenizerFile } from '../../../src/core/catalog/tokenizerLinks.ts';
import { fileEncoding } from '../../../src/core/tokenizerFiles/tokenizerFileName.ts';
import { familyOfEncoding } from '../../../src/core/tokens/estimate/ratios.ts';
import { countFor } from '../../../src/core/weigh/countFor.ts';

const vocabularies = path.resolve(import.meta.dirname, '../../../vocabularies');

describe('what a model’s tokens are counted with', () => {
  it.each([
    ['openai/gpt-oss-120b', 'o200k_base'],
    ['qwen/qwen-2.5-72b-instruct', 'qwen'],
    ['qwen/qwen3-coder', 'qwen'],
    ['qwen/qwen3-235b-a22b-2507', 'qwen'],
    ['deepseek/deepseek-r1-0528', 'deepseek_v3'],
    ['deepseek/deepseek-v3.2', 'deepseek_v3'],
    ['mistral/open-mistral-nemo', 'tekken'],
  ])('is its own vocabulary: %s with %s', (id, encoding) => {
    expect(tokenizerLinkFor(id)).toMatchObject({ exact: true, encoding });
  });

  it.each([
    'qwen/qwen3.5-27b',
    'qwen/qwen3-coder-flash',
    'qwen/qwen-plus',
    'deepseek/deepseek-r1-distill-llama-70b',
    'deepseek/deepseek-chat',
    'deepseek/deepseek-v4-pro',
    'mistral/mistral-large-latest',
    'meta/llama-3.1-8b-instruct',
    'google/gemma-3-27b-it',
  ])('is estimated where the maker publishes or allows none: %s', (id) => {
    expect(tokenizerLinkFor(id)).toMatchObject({ exact: false, encoding: 'o200k_base' });
  });

  it('ships with us wherever it is exact, and has a row of ratios', () => {
    const exact = models.filter(({ tokenizer }) => tokenizer.exact);
    expect(exact.length).toBeGreaterThan(30);
    for (const { tokenizer } of exact) {
      expect(existsSync(path.join(vocabularies, `${tokenizer.encoding}.bin`))).toBe(true);
      expect(familyOfEncoding(tokenizer.encoding)).not.toBe('unknown');
    }
  });

  it('is the user’s file where there is one, and other models are estimated by its family', () => {
    const llama = models.find(({ id }) => id === 'meta/llama-3.1-8b-instruct');
    const gpt = models.find(({ id }) => id === 'openai/gpt-4o');
    if (llama === undefined || gpt === undefined) throw new Error('not in the catalogue');
    const encoding = fileEncoding({ path: '/m/tokenizer.json', sha256: 'a'.repeat(64) });
    const linked = withTokenizerFile(llama, encoding, 'test');
    const text = { encoding, countsByKind: { code: 1000 }, family: linked.tokenizer.family };
    expect(countFor(text, linked)).toMatchObject({
      exact: true,
      tokens: 1000,
      basis: 'counted with m/tokenizer.json (sha256 aaaaaaaa)',
    });
    const estimate = countFor(text, gpt);
    const byUnknown = countFor({ ...text, family: undefined }, gpt);
    expect(estimate).toMatchObject({ exact: false, tokens: 1010 });
    expect(byUnknown.highTokens - byUnknown.lowTokens).toBeGreaterThan(
      estimate.highTokens - estimate.lowTokens,
    );
  });
});
