import type { FileCounts } from './fileCounts.ts';

/** One row per file and count, RFC 4180. */
export function renderCsv(files: readonly FileCounts[]): string {
  const rows = files.flatMap(({ file, counts }) =>
    counts.map((count) => [
      file.path,
      file.kind,
      file.bytes,
      file.lines,
      count.model ?? '',
      count.encoding,
      count.exact,
      count.tokens,
      count.lowTokens,
      count.highTokens,
    ]),
  );
  const head = [
    'path',
    'kind',
    'bytes',
    'lines',
    'model',
    'encoding',
    'exact',
    'tokens',
    'lowTokens',
    'highTokens',
  ];
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
