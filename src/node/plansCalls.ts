import type { ChunkLimits } from '../core/plans/chunks.ts';
import type { Plan, PlanInput, PlannedRequest, StrategyId } from '../core/plans/plan.ts';
import type { Part, PromptOptions } from '../core/plans/prompt.ts';
import type { MeasuredRecall } from '../core/plans/recall.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { EmbeddingTarget } from './embeddingEndpoint.ts';
import type { SecretFinding } from './findSecrets.ts';
import type { EmbeddingSize } from './semanticIndex.ts';

/** A file to plan for: its text, or where the thread reads it. */
export interface SourceFile {
  readonly path: string;
  readonly utf8?: Uint8Array;
  /** Absolute; read when `utf8` is absent. */
  readonly systemPath?: string;
}

export interface OpenIndexRequest {
  readonly files: readonly SourceFile[];
  readonly encoding: EncodingName;
  readonly limits?: ChunkLimits;
  /** Where what was read off files is kept; absent: nowhere. */
  readonly cacheFolder?: string;
  /** What the kept index belongs to: the folder, or the workspace. */
  readonly root: string;
  /** A file whose reading takes longer is given up and named as a problem; a minute unless said. */
  readonly maxFileSeconds?: number;
  /** Shared with the caller; see `openControl`. */
  readonly control: Int32Array;
}

/** Places in the shared `control` of one index on its way. */
export const openControl = { cancelled: 0, filesDone: 1 } as const;

export interface IndexSummary {
  /** Later calls name it; the thread keeps one index, the last that was opened. */
  readonly indexId: number;
  /** In the order of their file indices. */
  readonly paths: readonly string[];
  readonly chunks: number;
  readonly tokens: number;
  readonly importDependencies: number;
  readonly symbolDependencies: number;
  readonly externalImports: number;
  readonly unresolvedImports: number;
  /** Files read by syntax and by lines. */
  readonly filesBySyntax: number;
  /** Files whose outline, chunks and words were kept from before. */
  readonly filesKept: number;
  /** What could not be read, and why. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

export type PlanSettings = Omit<PlanInput, 'index' | 'textOf' | 'counter' | 'semantic'> & {
  /** Retrieval asks the embedding model too; `embed` comes before. */
  readonly withEmbeddings?: boolean;
};

/** Which model to ask, and where its vectors are kept. */
export interface EmbeddingRequest {
  readonly target: EmbeddingTarget;
  /** Absent: nowhere. */
  readonly cacheFolder?: string;
}

export interface Planned {
  readonly strategy: StrategyId;
  readonly plan?: Plan;
  /** Why there is no plan. */
  readonly refused?: string;
}

/** What a request sends. */
export interface WithParts {
  readonly parts: readonly Part[];
}

/** A request to be written out. */
export interface RequestToRender {
  readonly request: Pick<PlannedRequest, 'instruction' | 'answersOf'> & WithParts;
  readonly prompt: PromptOptions;
}

/** The calls of the plans' thread. */
export interface PlansCalls {
  open: { args: readonly [request: OpenIndexRequest]; result: IndexSummary };
  plan: {
    args: readonly [indexId: number, strategies: readonly StrategyId[], settings: PlanSettings];
    result: readonly Planned[];
  };
  render: { args: readonly [indexId: number, request: RequestToRender]; result: string };
  /** Places that look like secrets in what these stretches hold. */
  secrets: {
    args: readonly [indexId: number, requests: readonly WithParts[]];
    result: readonly SecretFinding[];
  };
  /** Writes what is new of the index, so that the next one is made faster; why it could not, if so. */
  keep: { args: readonly [indexId: number]; result: string | undefined };
  recall: {
    args: readonly [indexId: number, budgetTokens: number, withEmbeddings?: boolean];
    result: MeasuredRecall;
  };
  /** What `embed` would send, and the places in it that look like secrets; nothing is sent. */
  embeddingSize: {
    args: readonly [indexId: number, request: EmbeddingRequest];
    result: EmbeddingSize & { readonly secrets: readonly SecretFinding[] };
  };
  /** Sends what is new of the index to the embedding model; places of `control` as in `openControl`. */
  embed: {
    args: readonly [indexId: number, request: EmbeddingRequest, control: Int32Array];
    result: EmbeddingSize;
  };
}
