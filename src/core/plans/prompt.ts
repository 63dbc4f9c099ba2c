import type { TextOf } from './codeIndex.ts';
import { decodeUtf8 } from './decodeUtf8.ts';

/** A stretch of a file that a request carries. Lines from 0, the end included. */
export interface Part {
  readonly fileIdx: number;
  readonly startByte: number;
  readonly endByte: number;
  readonly startLine: number;
  readonly endLine: number;
}

export type PromptFormat = 'markdown' | 'xml' | 'plain';

export interface PromptOptions {
  readonly format: PromptFormat;
  readonly lineNumbers: boolean;
}

export const defaultPromptOptions: PromptOptions = { format: 'markdown', lineNumbers: false };

/** A request as text: its parts under the names of their files, then what else it carries, then the instruction. */
export function renderPrompt(
  parts: readonly Part[],
  paths: readonly string[],
  textOf: TextOf,
  instruction: string,
  notes: readonly string[] = [],
  options: PromptOptions = defaultPromptOptions,
): string {
  const pieces = parts.map((part) =>
    renderPart(part, paths[part.fileIdx], textOf(part.fileIdx), options),
  );
  return [...pieces, ...notes, instruction].join('\n');
}

export function renderPart(
  part: Part,
  path: string,
  utf8: Uint8Array,
  { format, lineNumbers }: PromptOptions = defaultPromptOptions,
): string {
  const code = decodeUtf8(utf8.subarray(part.startByte, part.endByte));
  const body = ended(lineNumbers ? numbered(code, part.startLine) : code);
  const whole = part.startByte === 0 && part.endByte === utf8.length;
  const lines = whole ? '' : `${part.startLine + 1}-${part.endLine + 1}`;
  switch (format) {
    case 'markdown': {
      const fence = longestFence(code);
      return `## ${printable(path)}${lines === '' ? '' : ` (lines ${lines})`}\n\n${fence}\n${body}${fence}\n`;
    }
    case 'xml':
      return `<file path="${attribute(path)}"${lines === '' ? '' : ` lines="${lines}"`}>\n${body}</file>\n`;
    case 'plain':
      return `===== ${printable(path)}${lines === '' ? '' : ` lines ${lines}`} =====\n${body}`;
  }
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function numbered(text: string, startLine: number): string {
  return text
    .split('\n')
    .map((line, i, lines) =>
      i === lines.length - 1 && line === '' ? '' : `${startLine + i + 1}: ${line}`,
    )
    .join('\n');
}

/** A fence that the code itself does not hold: one backtick more than its longest run, three at least. */
function longestFence(code: string): string {
  let longest = 2;
  for (const [run] of code.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}

/** A file name may hold line ends; a header may not. */
function printable(path: string): string {
  return path.replace(/[\p{Cc}\u2028\u2029]/gu, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
}

function attribute(path: string): string {
  return printable(path).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
