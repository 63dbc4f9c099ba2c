import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plan, PlanInput } from '../core/plans/plan.ts';
import { renderPrompt } from '../core/plans/prompt.ts';
import { findSecrets, type SecretFinding } from '../node/findSecrets.ts';

/** Writes each request to a file of its own, unless something in it looks like a secret. */
export async function writeRequests(
  folder: string,
  chosen: Plan,
  input: PlanInput,
  allowSecrets: boolean,
): Promise<number> {
  const paths = input.index.files.map((file) => file.path);
  const findings = allowSecrets ? [] : await secretsIn(chosen, input);
  if (findings.length > 0) {
    for (const { path: file, line, kind } of findings)
      process.stderr.write(`${file}:${line}: looks like a ${kind}\n`);
    process.stderr.write(
      `context-budget: nothing was written: ${findings.length} places look like secrets. Leave these files out, or say --allow-secrets.\n`,
    );
    return 1;
  }
  mkdirSync(folder, { recursive: true });
  const requests = chosen.requests.map(
    ({ role, tokens, outputTokens, answersOf, ...request }, i) => {
      const file = `request-${String(i + 1).padStart(4, '0')}.md`;
      const notes = answersOf.map((other) => `[answer of request ${other + 1}]`);
      const text = renderPrompt(
        request.parts,
        paths,
        input.textOf,
        request.instruction,
        notes,
        input.prompt,
      );
      writeFileSync(path.join(folder, file), text);
      const parts = request.parts.map(({ fileIdx, ...part }) => ({
        path: paths[fileIdx],
        ...part,
      }));
      return {
        file,
        role,
        tokens,
        outputTokens,
        answersOf: answersOf.map((other) => other + 1),
        parts,
      };
    },
  );
  const manifest = {
    schemaVersion: 1,
    strategy: chosen.strategy,
    notes: chosen.notes,
    losses: chosen.losses,
    requests,
  };
  writeFileSync(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  process.stdout.write(`${requests.length} requests and manifest.json written to ${folder}\n`);
  return 0;
}

async function secretsIn(chosen: Plan, input: PlanInput): Promise<SecretFinding[]> {
  const sent = new Set(
    chosen.requests.flatMap((request) => request.parts.map((part) => part.fileIdx)),
  );
  const findings: SecretFinding[] = [];
  for (const fileIdx of sent) {
    const text = new TextDecoder().decode(input.textOf(fileIdx));
    findings.push(...(await findSecrets(input.index.files[fileIdx].path, text)));
  }
  return findings;
}
