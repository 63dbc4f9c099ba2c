import type { ContentKind } from '../../src/core/files/contentKind.ts';
import type { FitStrategy } from '../../src/core/dashboard/strategyArithmetic.ts';
import type { SubjectChoice } from '../../src/core/dashboard/state.ts';
import type { Subject } from '../../src/core/dashboard/subject.ts';
import { formatCount } from '../../src/core/format/numbers.ts';
import { totalOf } from '../../src/core/weigh/countFor.ts';
import { t } from '../shared/l10n.ts';
import { fileCountText } from '../shared/words.ts';

export function strategyText(strategy: FitStrategy): string {
  switch (strategy) {
    case 'full':
      return t('Full');
    case 'slidingWindow':
      return t('Sliding window');
    case 'rag':
      return t('RAG');
    case 'chunked':
      return t('Chunked');
  }
}

function subjectName(subject: Subject): string {
  switch (subject.kind) {
    case 'workspace':
      return t('All files');
    case 'set':
      return t('Context set');
    case 'folder':
      return t('Folder {0}', subject.label ?? '');
    case 'selection':
      return t('Selection in {0}', subject.label ?? '');
    case 'diff':
      return t('Git changes: {0}', subject.label ?? '');
    case 'clipboard':
      return t('Clipboard');
    case 'typed':
      return t('Typed number');
  }
}

/**
 * What is weighed and how large it is, in one line.
 * @param choice what was chosen: where it is the set and nothing is checked, all files stand in for it
 */
export function subjectText(subject: Subject, choice?: SubjectChoice): string {
  const isInstead = choice?.kind === 'set' && subject.kind === 'workspace';
  const parts = [isInstead ? t('All files, as none is checked') : subjectName(subject)];
  if (subject.fileCount !== undefined) parts.push(fileCountText(subject.fileCount));
  if (subject.lines !== undefined) parts.push(t('{0} lines', formatCount(subject.lines)));
  if (subject.typedTokens !== undefined) {
    parts.push(t('{0} tokens', formatCount(subject.typedTokens)));
  }
  if (subject.text !== undefined) {
    const tokens = formatCount(totalOf(subject.text));
    parts.push(t('{0} tokens by {1}', tokens, subject.text.encoding));
  }
  return parts.join(' · ');
}

export function kindText(kind: ContentKind): string {
  switch (kind) {
    case 'code':
      return t('Code');
    case 'typeDeclarations':
      return t('Type declarations');
    case 'markdown':
      return t('Prose');
    case 'json':
      return t('JSON');
    case 'minified':
      return t('Minified');
    case 'css':
      return t('Style sheets');
    case 'chinese':
      return t('Chinese');
    case 'japanese':
      return t('Japanese');
    case 'korean':
      return t('Korean');
    case 'russian':
      return t('Russian');
  }
}
