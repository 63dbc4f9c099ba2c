/** What a text mostly is; tokenizers differ from each other by a ratio that depends on it (data in tokens/ratios). */
export const contentKinds = [
  'code',
  'typeDeclarations',
  'markdown',
  'json',
  'minified',
  'css',
  'chinese',
  'japanese',
  'korean',
  'russian',
] as const;

export type ContentKind = (typeof contentKinds)[number];
