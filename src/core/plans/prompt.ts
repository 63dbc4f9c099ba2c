import type { TextOf } from './codeIndex.ts';
import { decodeUtf8 } from '../text/utf8Text.ts';
import { fileFrame, promptFrame, type PromptTemplate } from './promptFrame.ts';

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
  /** A tree of the request's paths before its files. */
  readonly tree?: boolean;
  /** In place of `format`; checked by `templateProblem` before. */
  readonly template?: PromptTemplate;
}

export const defaultPromptOptions: PromptOptions = { format: 'markdown', lineNumbers: false };

/** What a request says. */
export interface PromptContent {
  readonly parts: readonly Part[];
  /** What else it carries, between the code and the instruction. */
  readonly notes?: readonly string[];
  readonly instruction: string;
}

/** A request as text: its parts under the names of their files, then what else it carries, then the instruction. */
export function renderPrompt(
  { parts, notes = [], instruction }: PromptContent,
  paths: readonly string[],
  textOf: TextOf,
  options: PromptOptions = defaultPromptOptions,
): string {
  const pieces = parts.map((part) =>
    renderPart(part, paths[part.fileIdx], textOf(part.fileIdx), options),
  );
  const shown = parts.map((part) => paths[part.fileIdx]);
  const { before, after } = promptFrame(parts.length > 0, shown, instruction, notes, options);
  return before + pieces.join('\n') + after;
}

export function renderPart(
  part: Part,
  path: string,
  utf8: Uint8Array,
  options: PromptOptions = defaultPromptOptions,
): string {
  const code = decodeUtf8(utf8.subarray(part.startByte, part.endByte));
  const body = codeText(code, part.startLine, options);
  const lines = linesOf(part, utf8.length);
  const { before, after } = fileFrame({ path, lines, backticks: longestBackticks(code) }, options);
  return `${before}${body}${after}`;
}

/** The code as it is sent: with a line end after its last line, and numbers if wanted. */
export function codeText(code: string, startLine: number, { lineNumbers }: PromptOptions): string {
  const text = lineNumbers ? numbered(code, startLine) : code;
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** "3-9" of a stretch, '' of a whole file. */
export function linesOf({ startByte, endByte, startLine, endLine }: Part, bytes: number): string {
  return startByte === 0 && endByte === bytes ? '' : `${startLine + 1}-${endLine + 1}`;
}

function numbered(text: string, startLine: number): string {
  return text
    .split('\n')
    .map((line, i, lines) =>
      i === lines.length - 1 && line === '' ? '' : `${startLine + i + 1}: ${line}`,
    )
    .join('\n');
}

function longestBackticks(code: string): number {
  let longest = 0;
  for (const [run] of code.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
  return longest;
}
