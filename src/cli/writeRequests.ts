import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { planManifest, requestFileName } from '../core/plans/manifest.ts';
import type { Plan } from '../core/plans/plan.ts';
import type { PromptOptions } from '../core/plans/prompt.ts';
import type { IndexSummary } from '../node/plansCalls.ts';
import type { PlansThread } from '../node/plansThread.ts';
import { writeFileAtomically } from '../node/writeFileAtomically.ts';
import { tellSecrets } from './secretsFound.ts';

export interface RequestSource {
  readonly thread: PlansThread;
  readonly summary: IndexSummary;
  readonly prompt: PromptOptions;
}

/**
 * Writes each request to a file of its own, unless something in it looks like a secret. A link that stands in the folder
 * under such a name is replaced, not followed.
 */
export async function writeRequests(
  folder: string,
  chosen: Plan,
  { thread, summary, prompt }: RequestSource,
  allowSecrets: boolean,
): Promise<number> {
  const { indexId, paths } = summary;
  const findings = allowSecrets ? [] : await thread.call('secrets', indexId, chosen.requests);
  if (findings.length > 0) {
    tellSecrets(findings, 'nothing was written');
    return 1;
  }
  mkdirSync(folder, { recursive: true });
  for (const [idx, request] of chosen.requests.entries()) {
    const text = await thread.call('render', indexId, { request, prompt });
    writeFileAtomically(path.join(folder, requestFileName(idx, prompt)), text);
  }
  const manifest = planManifest(chosen, paths, prompt);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  writeFileAtomically(path.join(folder, 'manifest.json'), text);
  process.stdout.write(
    `${chosen.requests.length} requests and manifest.json written to ${folder}\n`,
  );
  return 0;
}
