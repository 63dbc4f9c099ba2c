import { characterClasses, CJK, LETTER } from '../tokens/split/characterClasses.ts';
import { codePointAt, wellFormedLength } from '../tokens/utf8.ts';

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

/** Bytes that are looked at from the start of a file. */
const SAMPLE_BYTES = 1 << 16;
/** From this share of all letters on, a script decides. */
const SCRIPT_SHARE = 0.3;
/** Lines of generated code average more bytes than anyone writes. */
const MINIFIED_LINE_BYTES = 400;

const kindOfExtension: Readonly<Record<string, ContentKind>> = {
  md: 'markdown',
  mdx: 'markdown',
  mdc: 'markdown',
  markdown: 'markdown',
  rst: 'markdown',
  adoc: 'markdown',
  asciidoc: 'markdown',
  org: 'markdown',
  tex: 'markdown',
  txt: 'markdown',
  text: 'markdown',
  log: 'markdown',
  json: 'json',
  jsonc: 'json',
  json5: 'json',
  jsonl: 'json',
  ndjson: 'json',
  geojson: 'json',
  webmanifest: 'json',
  map: 'json',
  css: 'css',
  scss: 'css',
  sass: 'css',
  less: 'css',
};

/** Files without an extension that are prose by custom. */
const proseName =
  /^(readme|license|licence|copying|changelog|changes|contributing|authors|notice|todo)/i;

/**
 * What a file mostly is, by its script first (CJK and Cyrillic text weighs unlike anything else whatever the file),
 * then by its name, then by the length of its lines. `start` is the file's beginning, UTF-8; bytes that are no UTF-8
 * are passed over. An unknown file is code.
 *
 * @param isAscii whether it is known that no byte is beyond ASCII: then there is no script to look for
 */
export function contentKindOf(path: string, start: Uint8Array, isAscii = false): ContentKind {
  const sample = start.subarray(0, SAMPLE_BYTES);
  const script = isAscii ? undefined : scriptKindOf(sample);
  if (script !== undefined) return script;
  const name = path
    .slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    .toLowerCase();
  if (/\.d\.(ts|mts|cts|[^.]+\.ts)$/.test(name)) return 'typeDeclarations';
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot + 1) : '';
  const byName = Object.hasOwn(kindOfExtension, extension) ? kindOfExtension[extension] : undefined;
  if (byName !== undefined && byName !== 'css') return byName;
  if (extension === '' && proseName.test(name)) return 'markdown';
  if (byName === 'css') return 'css';
  if (/[.-]min\.[^.]+$/.test(name) || hasGeneratedLines(sample)) return 'minified';
  return 'code';
}

function hasGeneratedLines(sample: Uint8Array): boolean {
  if (sample.length < MINIFIED_LINE_BYTES * 4) return false;
  const enough = sample.length / MINIFIED_LINE_BYTES;
  let lines = 1;
  // Most files have so many lines before the first tenth is read.
  for (let idx = 0; idx < sample.length && lines < enough; idx++) if (sample[idx] === 0x0a) lines++;
  return lines < enough;
}

const LETTER_BIT = Math.log2(LETTER);

/** The kind of a text by script, when letters outside of Latin are a good share of all letters. */
function scriptKindOf(sample: Uint8Array): ContentKind | undefined {
  const classes = characterClasses();
  let letters = 0;
  let han = 0;
  let kana = 0;
  let hangul = 0;
  let cyrillic = 0;
  for (let idx = 0; idx < sample.length;) {
    const byte = sample[idx];
    // Nearly everything is ASCII, and asking for its code point takes longer than all the rest.
    if (byte < 0x80) {
      letters += (classes[byte] & LETTER) >> LETTER_BIT;
      idx++;
      continue;
    }
    const length = wellFormedLength(sample, idx, sample.length);
    if (length < 0) {
      idx -= length;
      continue;
    }
    const codePoint = codePointAt(sample, idx);
    idx += length;
    const bits = classes[codePoint];
    if ((bits & LETTER) === 0) continue;
    letters++;
    if (codePoint < 0x400) continue;
    if (codePoint < 0x530) cyrillic++;
    else if ((bits & CJK) !== 0) {
      if (codePoint < 0x3100) kana++;
      else han++;
    } else if (codePoint >= 0xac00 && codePoint <= 0xd7a3) hangul++;
    else if (codePoint >= 0x3400 && codePoint <= 0x4dbf) han++;
  }
  const least = letters * SCRIPT_SHARE;
  if (letters === 0) return undefined;
  if (han + kana >= least) return kana * 10 >= han + kana ? 'japanese' : 'chinese';
  if (hangul >= least) return 'korean';
  if (cyrillic >= least) return 'russian';
  return undefined;
}
