import { lintSource } from '@secretlint/core';
import { creator as recommendedRules } from '@secretlint/secretlint-rule-preset-recommend';

/** A place that looks like a secret. The value itself is not kept: it must not be shown, logged or exported. */
export interface SecretFinding {
  readonly path: string;
  /** From 1, as editors show it. */
  readonly line: number;
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
    kind: messageId.toLowerCase().replaceAll('_', ' '),
  }));
}
