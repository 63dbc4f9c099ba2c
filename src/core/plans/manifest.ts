import type { PlannedRequest, Plan } from './plan.ts';
import type { PromptOptions } from './prompt.ts';

/** What stands beside a plan's request files: how they belong together, what each holds, what is lost. */
export interface PlanManifest {
  readonly schemaVersion: 1;
  readonly strategy: Plan['strategy'];
  readonly notes: readonly string[];
  readonly losses: Plan['losses'];
  /** Files that were left out so that the rest fits. */
  readonly cut?: Plan['cut'];
  readonly requests: readonly ManifestRequest[];
}

export interface ManifestRequest extends Pick<PlannedRequest, 'role' | 'tokens' | 'outputTokens'> {
  readonly file: string;
  /** From 1; where these answers go is marked in the file. */
  readonly answersOf: readonly number[];
  readonly parts: readonly {
    readonly path: string;
    readonly startByte: number;
    readonly endByte: number;
    /** From 0, the end included. */
    readonly startLine: number;
    readonly endLine: number;
    /** Of its code in this request. */
    readonly tokens: number;
  }[];
}

/** Names are made from numbers alone: nothing of a path can lead out of the folder. */
export function requestFileName(idx: number, { format, template }: PromptOptions): string {
  const extension =
    template !== undefined ? 'txt' : { markdown: 'md', xml: 'xml', plain: 'txt' }[format];
  return `request-${String(idx + 1).padStart(4, '0')}.${extension}`;
}

export function planManifest(
  plan: Plan,
  paths: readonly string[],
  prompt: PromptOptions,
): PlanManifest {
  return {
    schemaVersion: 1,
    strategy: plan.strategy,
    notes: plan.notes,
    losses: plan.losses,
    ...(plan.cut && { cut: plan.cut }),
    requests: plan.requests.map(({ role, tokens, outputTokens, answersOf, parts }, idx) => ({
      file: requestFileName(idx, prompt),
      role,
      tokens,
      outputTokens,
      answersOf: answersOf.map((other) => other + 1),
      parts: parts.map(({ fileIdx, ...part }) => ({ path: paths[fileIdx], ...part })),
    })),
  };
}
