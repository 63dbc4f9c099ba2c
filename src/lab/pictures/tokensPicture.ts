import type { Category, TokensPicture } from '../picture.ts';

interface TokensPlan {
  readonly title: string;
  readonly summary: string;
  readonly tokens: readonly string[];
  readonly togglesControl?: string;
}

/** The text, each token with a strength from 0 to 1; numbers outside are clamped. */
export function strengthTokens(
  plan: TokensPlan,
  strengthOf: (idx: number) => number,
): TokensPicture {
  const { tokens, ...rest } = plan;
  return {
    ...rest,
    kind: 'tokens',
    tokens: tokens.map((text, idx) => ({
      text,
      strength: Math.min(1, Math.max(0, strengthOf(idx))),
    })),
  };
}

/** The text, each token in a category. */
export function categoryTokens(
  plan: TokensPlan,
  categories: readonly Category[],
  categoryOf: (idx: number) => number,
): TokensPicture {
  const { tokens, ...rest } = plan;
  return {
    ...rest,
    kind: 'tokens',
    categories,
    tokens: tokens.map((text, idx) => ({ text, category: categoryOf(idx) })),
  };
}
