import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator as recommendedRules } from '@secretlint/secretlint-rule-preset-recommend';
import type { TextOf } from '../core/plans/codeIndex.ts';
import { decodeUtf8, encodeUtf8 } from '../core/text/utf8Text.ts';
import type { Part } from '../core/plans/prompt.ts';
import { mayHoldSecret } from './secretHints.ts';

// secretlint marks the time of every rule on every file, and at each mark looks through all that were ever made: after
// thousands of files that takes most of a minute, and their memory is never let go.
secretLintProfiler.mark = () => undefined;

/** A place that looks like a secret. The value itself is not kept: it must not be shown, logged or exported. */
export interface SecretFinding {
  readonly path: string;
  /** From 1, as editors show it. */
  readonly line: number;
  /** Of its last line: a key can have many. */
  readonly endLine: number;
  /** What it looks like: "GitHub Token". */
  readonly kind: string;
}

/** Searches a text by secretlint's recommended rules (https://github.com/secretlint/secretlint). */
export async function findSecrets(path: string, text: string): Promise<SecretFinding[]> {
  if (!mayHoldSecret(path, encodeUtf8(text))) return [];
  const messages = await lintText(path, text);
  return messages.map(({ loc, messageId }) => ({
    path,
    line: loc.start.line,
    endLine: loc.end.line,
    kind: messageId.toLowerCase().replaceAll('_', ' '),
  }));
}

/** What secretlint says of a text, with the places in it; not to be passed on. */
export async function lintText(path: string, text: string) {
  const { messages } = await lintSource({
    source: {
      content: text,
      filePath: path,
      ext: path.slice(path.lastIndexOf('.')),
      contentType: 'text',
    },
    options: {
      config: {
        rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: recommendedRules }],
      },
      maskSecrets: true,
    },
  });
  return messages;
}

/** The files of an index, as the search goes through them. */
export interface SearchedFiles {
  readonly paths: readonly string[];
  readonly textOf: TextOf;
  /** The files in which something looks like a secret: they were all searched when they were read. */
  readonly withSecrets: ReadonlySet<number>;
}

/** Where something in the stretches that are sent looks like a secret, with the lines that it has in its file. */
export async function findSecretsInParts(
  parts: readonly Part[],
  { paths, textOf, withSecrets }: SearchedFiles,
): Promise<SecretFinding[]> {
  const partsOfFile = new Map<number, Part[]>();
  for (const part of parts) {
    if (!withSecrets.has(part.fileIdx)) continue;
    const list = partsOfFile.get(part.fileIdx);
    if (list === undefined) partsOfFile.set(part.fileIdx, [part]);
    else list.push(part);
  }
  const findings: SecretFinding[] = [];
  for (const [fileIdx, own] of partsOfFile) {
    // The whole file: a key of many lines may be cut between two parts.
    const found = await findSecrets(paths[fileIdx], decodeUtf8(textOf(fileIdx)));
    findings.push(
      ...found.filter(({ line, endLine }) =>
        own.some((part) => part.startLine < endLine && line - 1 <= part.endLine),
      ),
    );
  }
  return findings;
}
