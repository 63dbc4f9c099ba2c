import { describe, expect, it } from 'vitest';
import { architectures } from '../../../src/core/architectures/architectures.ts';
import { models } from '../../../src/core/catalog/models.ts';
import { emptyFileTable } from '../../../src/core/dashboard/snapshot.ts';
import type { DashboardSnapshot } from '../../../src/core/dashboard/snapshot.ts';
import { initialState } from '../../../src/core/dashboard/state.ts';
import type { DashboardState } from '../../../src/core/dashboard/state.ts';
import { exampleTokens } from '../../../src/core/dashboard/subject.ts';
import { workloadOf } from '../../../src/core/dashboard/workload.ts';
import { hardware } from '../../../src/core/hardware/hardware.ts';

const hosted = models.find(({ architectureId }) => architectureId === undefined);
const open = models.find(({ architectureId }) => architectureId === 'llama-3.1-8b');

const snapshot: DashboardSnapshot = {
  catalogue: { models, architectures, hardware, measurements: [] },
  files: emptyFileTable,
  now: {
    status: { type: 'notAnalyzed' },
    set: { checked: [], unchecked: [] },
    overheadFiles: [],
    settings: { modelId: hosted?.id ?? '', reservedOutputTokens: 8000, overheadTokens: 500 },
  },
};
const of = (state: Partial<DashboardState>) => workloadOf(snapshot, { ...initialState, ...state });

describe('the workload', () => {
  it('is an example, and says so, while nothing is counted', () => {
    expect(of({})).toMatchObject({ isExample: true, totalTokens: exampleTokens + 8500 });
    const ready = {
      ...snapshot,
      now: { ...snapshot.now, status: { type: 'ready' as const, leftOutFiles: 0, problems: 0 } },
    };
    expect(workloadOf(ready, initialState)).toMatchObject({ isExample: false, totalTokens: 8500 });
  });

  it('takes a typed number of tokens as it is, from none to a thousand million', () => {
    const typed = (tokens: number) => of({ subject: { kind: 'typed', tokens } });
    expect(typed(0)).toMatchObject({ isExample: false, totalTokens: 8500 });
    expect(typed(1e9)).toMatchObject({ totalTokens: 1_000_008_500 });
    expect(typed(1e9).placed.deployment.tensorParallel).toBeGreaterThanOrEqual(1);
  });

  it('stands a named reference beside a hosted model, and the own shape beside an open one', () => {
    expect(of({}).shape).toMatchObject({ origin: 'reference' });
    expect(of({ modelId: open?.id }).shape).toMatchObject({
      origin: 'own',
      architecture: { id: 'llama-3.1-8b' },
    });
    expect(of({ modelId: 'nobody/nothing' }).shape.origin).toBe('reference');
  });

  it('takes a shape that was typed in, keeps it, and says why one can not be', () => {
    const typed = (knobs: object) => of({ tabs: { memory: { isTyped: true, ...knobs } } }).shape;
    const mine = typed({ typedLayers: 10 });
    expect(mine).toMatchObject({ origin: 'typed', architecture: { numLayers: 10 } });
    expect(typed({ typedLayers: 10 }).architecture).toBe(mine.architecture);
    expect(typed({ typedKvHeads: 7 })).toMatchObject({ origin: 'reference' });
    expect(typed({ typedKvHeads: 7 }).typedError).toContain('numKvHeads is 7');
    expect(typed({ typedLayers: 0 }).typedError).toContain('numLayers is 0');
  });

  it('runs on the GPUs that were asked for', () => {
    expect(of({ gpuCount: 4 }).placed).toMatchObject({
      isSmallest: false,
      deployment: { tensorParallel: 4 },
    });
  });
});
