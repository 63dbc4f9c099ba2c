import { lintSource } from '@secretlint/core';
import { decodeUtf8 } from '../core/plans/decodeUtf8.ts';
import type { TextOf } from '../core/plans/codeIndex.ts';
import type { Part } from '../core/plans/prompt.ts';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator as recommendedRules } from '@secretlint/secretlint-rule-preset-recommend';

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
  return messages.map(({ loc, messageId }) => ({
    path,
    line: loc.start.line,
    endLine: loc.end.line,
    kind: messageId.toLowerCase().replaceAll('_', ' '),
  }));
}

/** What every secret that the rules know has: a long word, mostly with digits, a key's first line, or a name before a host. */
const candidate =
  /(?=[\w-]{0,40}\d)(?=[\w-]{0,40}[A-Za-z])[\w-]{16}|[\w-]{30}|[A-Za-z0-9/+]{40}|PRIVATE KEY|:\/\/[^\s/]{1,200}@/;

/** Whether something in a file looks like a secret; most files are told by one look that nothing does. */
export async function holdsSecret(path: string, utf8: Uint8Array): Promise<boolean> {
  const text = decodeUtf8(utf8);
  return candidate.test(text) && (await findSecrets(path, text)).length > 0;
}

/** Searches the stretches that are sent, with the lines that they have in their files; each file is searched once. */
export async function findSecretsInParts(
  parts: readonly Part[],
  paths: readonly string[],
  textOf: TextOf,
): Promise<SecretFinding[]> {
  const partsOfFile = new Map<number, Part[]>();
  for (const part of parts) {
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
