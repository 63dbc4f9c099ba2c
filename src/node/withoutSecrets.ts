import { decodeUtf8 } from '../core/text/utf8Text.ts';
import { lintText } from './findSecrets.ts';
import { mayHoldSecret } from './secretHints.ts';

const NEWLINE = 10;
const SPACE = 32;
/**
 * Where the value is a group of what a rule matches, secretlint reports a stretch of the value's length from the start of the match
 * on; so the value can end behind it, by at most the name, the signs and the quotes before it, and white space.
 */
const charactersBehind = 120;

/**
 * The text with blanks where something looks like a secret, so that no word of it is indexed and kept; undefined: nothing does.
 * Lines and bytes stay where they are.
 */
export async function withoutSecrets(
  path: string,
  utf8: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (!mayHoldSecret(path, utf8)) return undefined;
  const text = decodeUtf8(utf8);
  const messages = await lintText(path, text);
  if (messages.length === 0) return undefined;
  const blanked = utf8.slice();
  const isValid = Buffer.byteLength(text) === utf8.length;
  for (const { range } of messages) {
    // Of bytes that are no UTF-8, places in the text are not those in the bytes.
    const start = isValid ? Buffer.byteLength(text.slice(0, range[0])) : 0;
    const end = isValid ? Buffer.byteLength(text.slice(0, range[1])) : utf8.length;
    blank(blanked, start, end);
  }
  return blanked;
}

function blank(utf8: Uint8Array, start: number, end: number): void {
  let behind = charactersBehind;
  for (let i = start; i < utf8.length && (i < end || behind > 0); i++) {
    if (i >= end && utf8[i] > SPACE) behind--;
    if (utf8[i] !== NEWLINE) utf8[i] = SPACE;
  }
}
