import { writeUtf8 } from './utf8.ts';

/**
 * A text with a piece of every kind: what the counter's code meets early it is compiled for once; what it meets only after
 * it was compiled makes the engine throw the code away and begin anew, which cost a third of the first second.
 */
export function everyKindOfPiece(): Uint8Array {
  const lines = [
    "\tconst camelCase = new XMLHttpRequest('x');\r\n\r\n    // It's WE'LL don't l'été, 12345 1 12 x\n\n  \n",
    'naïve ÉTÉ Straße été, ΑΒΓ αβγ Привет, мир! ¿qué? — “quotes” … 中文字符 日本語テキスト 한국어 हिन्दी\u00a0\u2003 ١٢٣٤ e\u0301 \u0301A \u0301a',
    ' 👩‍👩‍👧 x\u0085 => !== /** */ <div class="a"> {}[];;; ======== ~~~~~~~~~~~~~~~~~~~~~~ aGVsbG8gd29ybGQ QUJDREVGR0g\n///\n/',
    'internationalization unterscheidungsmerkmale qqqzzzxxxjjj wwwvvvkkkqqqzzzxxxjjjwwwvvvkkkqqqzzzxxxjjjwwwvvvkkkqqqzzz 0 ',
    '的一是不了在人有我他这个们中来上大为和国地到以说时'.repeat(3) +
      ' ' +
      'qzjx'.repeat(45) +
      '  trailing  ',
  ];
  const text = lines.join('\n');
  const utf8 = new Uint8Array(text.length * 3 + 4);
  const written = writeUtf8(text, utf8);
  // And bytes that are no UTF-8.
  utf8.set([0xff, 0xe2, 0x82, 0x20], written);
  return utf8.subarray(0, written + 4);
}
