import type { SecretFinding } from '../node/findSecrets.ts';

/**
 * Names the places that look like secrets, and never what stands there.
 *
 * @param notDone what was left undone for them: "nothing was written"
 */
export function tellSecrets(findings: readonly SecretFinding[], notDone: string): void {
  for (const { path, line, kind } of findings)
    process.stderr.write(`${path}:${line}: looks like a ${kind}\n`);
  process.stderr.write(
    `context-budget: ${notDone}: ${findings.length} places look like secrets. Leave these files out, or say --allow-secrets.\n`,
  );
}
