import type { ContentKind } from './contentKind.ts';

const kindsByExtension: readonly (readonly [ContentKind, string])[] = [
  ['markdown', 'md mdx markdown rst adoc asciidoc txt text tex org rtf log'],
  ['json', 'json jsonc json5 jsonl ndjson geojson webmanifest ipynb yaml yml toml csv tsv'],
  ['css', 'css scss sass less styl pcss'],
  ['typeDeclarations', 'd.ts d.mts d.cts'],
];

const kindOfExtension = new Map(
  kindsByExtension.flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind] as const),
  ),
);

/** Languages that minifiers write. */
const minifiable = /\.(?:js|mjs|cjs|css|html?)$/i;
/** Nobody writes lines of this length by hand; minifiers write little else. */
const minifiedLineBytes = 400;
const sampledBytes = 16 * 1024;

/**
 * What a text mostly is, by its name and its first 16 KiB (UTF-8): a writing system where a quarter of the characters
 * belong to it, else the kind of its extension.
 */
export function contentKindOf(path: string, start: Uint8Array): ContentKind {
  const sample = start.subarray(0, sampledBytes);
  const script = scriptOf(sample);
  if (script !== undefined) return script;
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (minifiable.test(name) && isMinified(sample)) return 'minified';
  const [last = '', beforeLast = ''] = name.split('.').slice(1).reverse();
  return kindOfExtension.get(`${beforeLast}.${last}`) ?? kindOfExtension.get(last) ?? 'code';
}

function isMinified(sample: Uint8Array): boolean {
  let lineFeeds = 0;
  for (const byte of sample) if (byte === 10) lineFeeds++;
  return (
    sample.length > 2 * minifiedLineBytes && sample.length / (lineFeeds + 1) > minifiedLineBytes
  );
}

/** Counts characters by the blocks of their writing system, from the lead bytes of their UTF-8 form. */
function scriptOf(sample: Uint8Array): ContentKind | undefined {
  let characters = 0;
  let ideographs = 0;
  let kana = 0;
  let hangul = 0;
  let cyrillic = 0;
  for (let i = 0; i < sample.length; i++) {
    const byte = sample[i];
    if (byte >= 0x80 && byte < 0xc0) continue;
    // Space and what is below it belongs to no writing system.
    if (byte > 32) characters++;
    if (byte >= 0xe4 && byte <= 0xe9) ideographs++;
    else if (byte === 0xe3 && sample[i + 1] >= 0x81 && sample[i + 1] <= 0x83) kana++;
    else if (byte >= 0xea && byte <= 0xed) hangul++;
    else if (byte === 0xd0 || byte === 0xd1) cyrillic++;
  }
  const enough = characters / 4;
  if (characters === 0) return undefined;
  // Japanese mixes ideographs with kana; a Chinese text has none.
  if (ideographs + kana > enough) return kana * 10 > ideographs ? 'japanese' : 'chinese';
  if (hangul > enough) return 'korean';
  if (cyrillic > enough) return 'russian';
  return undefined;
}
