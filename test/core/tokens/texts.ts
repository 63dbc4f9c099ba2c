import fc from 'fast-check';

/** Fragments at which tokenizers differ: scripts, marks, contractions, white space of every kind, special tokens. */
const fragments = [
  'a', 'Z', 'the', ' The', 'HTTP', 'camelCase', 'XMLHttp', 'snake_case', 'ÉTÉ', 'straße', 'ǅ', 'ʰ', 'ª',
  '日本', '語', 'ひらがな', 'カタカナ', '中文', '한국', 'привет', 'ПРИВЕТ', 'हिन्दी', 'ไทย', 'عربي', 'עברית', 'ß',
  "'s", "'S", "'t", "'re", "'VE", "'m", "'ll", "'d", "'ſ", "'", '’s', "'sample",
  '0', '12', '345', '67890', '²', '½', '١٢', 'Ⅷ',
  ' ', '  ', '\t', '\n', '\r\n', '\r', '\n\n', '   \n', '\u0085', '\u00a0', '\u2003', '\u2028', '\u3000', '\u200b', '\ufeff',
  '.', '...', '!=', '=>', '//', '/', '/*', '*/', '(', ')', '{', '}', '[];', '"', '#', '$', '_', '__', '-', '—', '…', '<|endoftext|>', '<|im_start|>', '^', '`', '+', '~', '€', '°',
  '\u0301', 'e\u0301', '\u20dd', '\u093f', '😀', '👩‍👩‍👧', '🏳️‍🌈', '👍🏽', '\u200d', '\ufe0f', '\u0000', '\u0007', '\ufffd', '\ue000', '𝐀', '𝒶', '𐍈', '𝟘',
]; // prettier-ignore

/** Short texts of mixed fragments and any characters; never half a surrogate pair. */
export function mixedText(maxFragments: number): fc.Arbitrary<string> {
  const fragment = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...fragments) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.nat({ max: 40 }).map((n) => 'ab'.repeat(n)) },
    { weight: 1, arbitrary: fc.nat({ max: 40 }).map((n) => ' '.repeat(n)) },
  );
  return fc.array(fragment, { maxLength: maxFragments }).map((parts) => parts.join(''));
}

/** Bytes of which most are UTF-8 and some are anything. */
export function mixedBytes(maxFragments: number): fc.Arbitrary<Uint8Array> {
  const encoder = new TextEncoder();
  const part = fc.oneof(
    { weight: 3, arbitrary: mixedText(4).map((text) => encoder.encode(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }) },
  );
  return fc.array(part, { maxLength: maxFragments }).map((parts) => {
    return Uint8Array.from(parts.flatMap((bytes) => [...bytes]));
  });
}
