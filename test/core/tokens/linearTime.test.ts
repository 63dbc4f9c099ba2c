import { describe, expect, it } from 'vitest';
import type { OperationCounter } from '../../../src/core/tokens/merge/operationCounter.ts';
import type { TokenCounter } from '../../../src/core/tokens/tokenCounter.ts';
import { createTokenEncoder } from '../../../src/core/tokens/tokenEncoder.ts';
import { loadVocabulary } from '../../../src/node/vocabularies.ts';

/** Inputs that hang or crash other tokenizers at a megabyte. */
const torture: Record<string, (characters: number) => string> = {
  'one letter': (n) => 'a'.repeat(n),
  spaces: (n) => ' '.repeat(n),
  'line ends': (n) => '\n'.repeat(n),
  'equals signs': (n) => '='.repeat(n),
  base64: (n) =>
    pseudoRandom(n, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'),
  hex: (n) => pseudoRandom(n, '0123456789abcdef'),
  'lower-case noise': (n) => pseudoRandom(n, 'abcdefghijklmnopqrstuvwxyz'),
  'Chinese without spaces': (n) =>
    pseudoRandom(n, '的一是不了在人有我他这个们中来上大为和国地到以说时'),
  'emoji sequences': (n) => '👩‍👩‍👧‍👦🏳️‍🌈👍🏽'.repeat(Math.ceil(n / 22)),
  'combining marks': (n) => '\u0301\u0323'.repeat(n / 2),
  'white space with no end of line': (n) => ' \t'.repeat(n / 2) + 'x',
  'capitals after a mark': (n) => '\u0301' + 'A'.repeat(n),
};

function pseudoRandom(length: number, alphabet: string): string {
  let state = 12345;
  let text = '';
  for (let k = 0; k < length; k++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += alphabet[(state >>> 16) % alphabet.length];
  }
  return text;
}

const full = process.env.TOKENS_TEST === 'full';
const characters = full ? 100_000 : 20_000;

describe.each(['o200k_base', 'cl100k_base'])('%s takes linear time', async (encoding) => {
  const operations: OperationCounter = { merges: 0, steps: 0, lookups: 0 };
  const vocabulary = await loadVocabulary(encoding);

  function operationsFor(counter: TokenCounter, text: string): number {
    operations.merges = operations.steps = operations.lookups = 0;
    expect(counter.countText(text)).toBeGreaterThan(0);
    return operations.merges + operations.steps + operations.lookups;
  }

  it.each(Object.keys(torture))('on %s', (name) => {
    const counter = createTokenEncoder(vocabulary, operations);
    const small = torture[name](characters);
    const large = torture[name](characters * 10);
    const operationsSmall = operationsFor(counter, small);
    const operationsLarge = operationsFor(counter, large);
    // Ten times the text is ten times the work, and the heap's logarithm: log2(10) levels more of at most 20.
    expect(operationsLarge).toBeLessThanOrEqual(operationsSmall * 13);
    expect(operationsLarge / large.length).toBeLessThan(150);
  });

  // Ten megabytes of the worst, one single piece.
  if (full) {
    it('on ten megabytes of Chinese without spaces', { timeout: 600_000 }, () => {
      const counter = createTokenEncoder(vocabulary, operations);
      const text = torture['Chinese without spaces'](3_500_000);
      expect(operationsFor(counter, text) / text.length).toBeLessThan(200);
    });
  }
});
