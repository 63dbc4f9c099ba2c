import type * as vscode from 'vscode';
import { findSecrets, type SecretFinding } from '../node/findSecrets.ts';

export interface PathAndText {
  readonly path: string;
  readonly text: string;
}

/** Where something in these texts looks like a secret; what was found until then when it is cancelled. */
export async function searchSecrets(
  texts: readonly PathAndText[],
  token?: vscode.CancellationToken,
): Promise<readonly SecretFinding[]> {
  const findings: SecretFinding[] = [];
  for (const { path, text } of texts) {
    if (token?.isCancellationRequested === true) break;
    findings.push(...(await findSecrets(path, text)));
  }
  return findings;
}
