import type { FileCount, FileProblem, LeftOutFile } from '../core/files/scanReport.ts';
import type { ContentResult } from './countCache.ts';
import type { CountOutcome } from './scanMessages.ts';

export interface ReportLists {
  readonly files: FileCount[];
  readonly leftOut: LeftOutFile[];
}

/** Languages that minifiers write; a long line elsewhere is data or prose. */
const minifiable = /\.(?:js|mjs|cjs|css|html?)$/i;

/** Puts a file whose content is known into the list where it belongs. */
export function placeContent(
  file: { readonly path: string; readonly keep: boolean },
  result: ContentResult,
  bytes: number,
  lists: ReportLists,
): void {
  const { path } = file;
  if (result.type === 'binary') {
    lists.leftOut.push({ path, bytes, fileCount: 1, reason: 'binary' });
    return;
  }
  const { kind, lines, tokens, outputBytes } = result;
  if (kind === 'minified' && minifiable.test(path) && !file.keep) {
    lists.leftOut.push({ path, bytes, fileCount: 1, reason: 'minified' });
    return;
  }
  lists.files.push({ path, bytes, lines, kind, tokens });
  if (outputBytes > 0) {
    lists.leftOut.push({ path, bytes: outputBytes, fileCount: 0, reason: 'notebookOutput' });
  }
}

export function placeOutcome(
  file: { readonly path: string; readonly keep: boolean },
  outcome: CountOutcome,
  lists: ReportLists & { readonly problems: FileProblem[] },
): void {
  const { path } = file;
  switch (outcome.type) {
    case 'read':
      placeContent(file, outcome.result, outcome.bytes, lists);
      return;
    case 'notAFile':
      lists.leftOut.push({ path, bytes: 0, fileCount: 1, reason: 'notAFile' });
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
