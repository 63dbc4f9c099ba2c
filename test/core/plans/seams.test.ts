import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { JoinedTokens, seamTokens } from '../../../src/core/plans/seams.ts';
import type { TokenEncoder } from '../../../src/core/tokens/tokenCounter.ts';
import { openTokenCounter } from '../../../src/node/openTokenCounter.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'foo',
        ' bar',
        '\n',
        '\n\n',
        '    ',
        '```',
        '//',
        '###',
        '12',
        "'s",
        '日本',
        ');',
        '\r\n',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8(parts.join(''))));

describe.each(['o200k_base', 'cl100k_base'])('tokens of joined texts, %s', (encoding) => {
  let counter: TokenEncoder;
  beforeAll(async () => {
    counter = await openTokenCounter(encoding);
  });

  it('are those of the whole, wherever it was cut', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        const joined = new JoinedTokens(counter);
        for (const each of texts.map(utf8)) joined.add(each, each, counter.countBytes(each));
        const whole = counter.countBytes(utf8(texts.join('')));
        // Not every seam can be counted from what lies near it; what is counted is exact.
        if (joined.tokens !== undefined) expect(joined.tokens).toBe(whole);
      }),
    );
  });

  it('of lines of code are always known', () => {
    const seam = seamTokens(counter, utf8('function a() {\n  return 1;\n'), utf8('  // next\n'));
    expect(seam).toBeDefined();
  });
});
