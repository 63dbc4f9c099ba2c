import { describe, expect, it } from 'vitest';
import { countText } from '../../webview-ui/shared/words.ts';

const counted = (lowTokens: number, tokens: number, highTokens: number) =>
  countText({ tokens, lowTokens, highTokens, exact: lowTokens === highTokens, basis: 'a test' });

describe('a count of tokens on a page', () => {
  it('is exact to the token, or from its low end to its high end', () => {
    expect(counted(12_345, 12_345, 12_345)).toBe('12,345');
    expect(counted(11_000, 14_000, 17_000)).toBe('11K – 17K');
  });

  it('is said once where both ends of the interval read the same', () => {
    expect(counted(2029, 2030, 2031)).toBe('2.03K');
  });
});
