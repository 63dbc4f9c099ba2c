import { contentKinds } from '../files/contentKind.ts';
import type { ContentKind } from '../files/contentKind.ts';
import type { Model } from '../catalog/model.ts';
import { isEmptySet, membershipOf } from '../set/contextSet.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import { countFor } from '../weigh/countFor.ts';
import type { WeighedText } from '../weigh/countFor.ts';
import type { CountedText, DashboardSnapshot, FileTable } from './snapshot.ts';
import type { DashboardState, SubjectChoice } from './state.ts';

/** What the figures are about, with its size. */
export interface Subject {
  /** What it turned out to be: a choice that means nothing any more falls back to the set. */
  readonly kind: 'workspace' | 'set' | 'folder' | 'selection' | 'diff' | 'clipboard' | 'typed';
  /** A folder's path, a file's name; absent where the kind says all. */
  readonly label?: string;
  /** Absent for what is no files. */
  readonly fileCount?: number;
  readonly lines?: number;
  readonly bytes?: number;
  /** Tokens by kind of content; absent for a typed number and while nothing was counted. */
  readonly text?: WeighedText;
  /** The model's own tokens, as typed. */
  readonly typedTokens?: number;
}

/** What figures are shown for while nothing is counted; they must say so. */
export const exampleTokens = 100_000;

/** Nothing of it was counted, and no number typed in. */
export function isUncounted({ text, typedTokens }: Subject): boolean {
  return text === undefined && typedTokens === undefined;
}

/** The subject of a state; sums over the file table are made once for each table and set. */
export function subjectOf(
  snapshot: DashboardSnapshot,
  state: Pick<DashboardState, 'subject'>,
  counted?: CountedText,
): Subject {
  const choice = state.subject;
  if (choice.kind === 'typed') return { kind: 'typed', typedTokens: choice.tokens };
  if (choice.kind === 'text' && counted !== undefined) {
    const { source, label, text, characters, lines } = counted;
    return { kind: source, label, text, bytes: characters, lines };
  }
  return sumsOf(snapshot, choice);
}

/** What a model would count; undefined while nothing was counted. */
export function countOf(subject: Subject, model: Pick<Model, 'tokenizer'>): TokenCount | undefined {
  if (subject.typedTokens !== undefined) {
    const tokens = subject.typedTokens;
    return { tokens, lowTokens: tokens, highTokens: tokens, exact: true, basis: 'typed' };
  }
  const { text } = subject;
  if (text === undefined) return undefined;
  const { encoding, exact, family } = model.tokenizer;
  const known = counts.get(text) ?? new Map<string, TokenCount>();
  counts.set(text, known);
  const key = `${encoding} ${exact} ${family}`;
  let count = known.get(key);
  if (count === undefined) {
    count = countFor(text, model);
    known.set(key, count);
  }
  return count;
}

/** Counts of a text by tokenizer: 375 models share a few dozen. */
const counts = new WeakMap<WeighedText, Map<string, TokenCount>>();

/** The rows of the file table that a choice means, or all of them for what is no files. */
export function rowsOf(
  { files, now }: DashboardSnapshot,
  choice: SubjectChoice,
): (row: number) => boolean {
  if (choice.kind === 'folder') {
    const start = `${choice.path}/`;
    return (row) => files.paths[row].startsWith(start) || files.paths[row] === choice.path;
  }
  if (choice.kind === 'workspace' || isEmptySet(now.set)) return () => true;
  const isMember = membershipOf(now.set);
  return (row) => isMember(files.paths[row]);
}

const sums = new WeakMap<FileTable, Map<string, Subject>>();

function sumsOf(snapshot: DashboardSnapshot, choice: SubjectChoice): Subject {
  const { files, now } = snapshot;
  const isFolder = choice.kind === 'folder';
  // No file of a workspace that was counted is 0 tokens; no file of one that was not is nothing known.
  if (files.paths.length === 0 && now.status.type !== 'ready') return { kind: 'workspace' };
  const known = sums.get(files) ?? new Map<string, Subject>();
  sums.set(files, known);
  const key = isFolder
    ? `folder ${choice.path}`
    : choice.kind === 'workspace' || isEmptySet(now.set)
      ? 'workspace'
      : `set ${JSON.stringify(now.set)}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  // Sets come one after the other as boxes are clicked; only the last few are asked for again.
  if (known.size > 8) known.clear();
  const subject = summed(files, rowsOf(snapshot, choice), {
    kind: isFolder ? 'folder' : key === 'workspace' ? 'workspace' : 'set',
    ...(isFolder && { label: choice.path }),
  });
  known.set(key, subject);
  return subject;
}

function summed(
  files: FileTable,
  isMeant: (row: number) => boolean,
  named: Pick<Subject, 'kind' | 'label'>,
): Subject {
  const countsByKind: Partial<Record<ContentKind, number>> = {};
  let fileCount = 0;
  let lines = 0;
  let bytes = 0;
  for (let row = 0; row < files.paths.length; row++) {
    if (!isMeant(row)) continue;
    const kind = contentKinds[files.kinds[row]];
    countsByKind[kind] = (countsByKind[kind] ?? 0) + files.tokens[row];
    fileCount++;
    lines += files.lines[row];
    bytes += files.bytes[row];
  }
  return { ...named, fileCount, lines, bytes, text: { encoding: files.encoding, countsByKind } };
}
