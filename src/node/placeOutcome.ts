import type { ContentKind } from '../core/files/contentKind.ts';
import type { FileCount, FileProblem, LeftOutFile } from '../core/files/scanReport.ts';
import type { ContentResult } from './countCache.ts';
import type { CountOutcome } from './scanMessages.ts';

export interface ReportLists {
  readonly files: FileCount[];
  readonly leftOut: LeftOutFile[];
}

/** Languages that minifiers write; a long line elsewhere is data or prose. */
const minifiable = /\.(?:js|mjs|cjs|css|html?)$/i;

interface Asked {
  readonly path: string;
  /** Asked for by a rule of the user, minified or not. */
  readonly keep: boolean;
}

/** Whether a file of this kind is left out for it, and need not be counted. */
export function isLeftOutAsMinified({ path, keep }: Asked, kind: ContentKind): boolean {
  return kind === 'minified' && minifiable.test(path) && !keep;
}

/** Whether a result that is remembered says what is asked: a minified file may have been left out uncounted before. */
export function answers(result: ContentResult, keep: boolean): boolean {
  return result.type !== 'minified' || !keep;
}

/** Puts a file whose content is known into the list where it belongs. */
export function placeContent(
  file: Asked,
  result: ContentResult,
  bytes: number,
  lists: ReportLists,
): void {
  const { path } = file;
  if (result.type !== 'counted') {
    lists.leftOut.push({ path, bytes, fileCount: 1, reason: result.type });
    return;
  }
  const { kind, lines, tokens, outputBytes } = result;
  if (isLeftOutAsMinified(file, kind)) {
    lists.leftOut.push({ path, bytes, fileCount: 1, reason: 'minified' });
    return;
  }
  lists.files.push({ path, bytes, lines, kind, tokens });
  if (outputBytes > 0) {
    lists.leftOut.push({ path, bytes: outputBytes, fileCount: 0, reason: 'notebookOutput' });
  }
}

export function placeOutcome(
  file: Asked,
  outcome: CountOutcome,
  lists: ReportLists & { readonly problems: FileProblem[] },
): void {
  const { path } = file;
  switch (outcome.type) {
    case 'read':
      placeContent(file, outcome.result, outcome.bytes, lists);
      return;
    case 'notAFile':
    case 'symbolicLink':
      lists.leftOut.push({ path, bytes: 0, fileCount: 1, reason: outcome.type });
      return;
    case 'tooLarge':
      lists.leftOut.push({ path, bytes: outcome.bytes, fileCount: 1, reason: 'tooLarge' });
      return;
    case 'problem':
      lists.problems.push({ path, message: outcome.message });
      return;
    case 'cancelled':
      return;
  }
}
