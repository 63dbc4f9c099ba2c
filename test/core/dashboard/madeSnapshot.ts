import { architectures } from '../../../src/core/architectures/architectures.ts';
import { models } from '../../../src/core/catalog/models.ts';
import type { DashboardNow, DashboardSnapshot } from '../../../src/core/dashboard/snapshot.ts';
import { hardware } from '../../../src/core/hardware/hardware.ts';

/** A snapshot of these files, all of them code, with the bundled catalogue. */
export function madeSnapshot(
  files: readonly (readonly [path: string, tokens: number])[],
  now: Partial<DashboardNow> = {},
): DashboardSnapshot {
  return {
    catalogue: { models, architectures, hardware, measurements: [] },
    files: {
      encoding: 'o200k_base',
      paths: files.map(([path]) => path),
      tokens: files.map(([, tokens]) => tokens),
      bytes: files.map(([, tokens]) => 4 * tokens),
      lines: files.map(([, tokens]) => Math.ceil(tokens / 10)),
      kinds: files.map(() => 0),
      leftOut: [],
      problems: [],
      numProblems: 0,
    },
    now: {
      status: { type: 'ready', leftOutFiles: 0, problems: 0 },
      set: { checked: [], unchecked: [] },
      overheadFiles: [],
      settings: { modelId: 'openai/gpt-4o', reservedOutputTokens: 8000, overheadTokens: 0 },
      ...now,
    },
  };
}
