import type { Architecture } from '../architectures/architecture.ts';
import { typedArchitecture } from '../architectures/typedArchitecture.ts';
import type { Model } from '../catalog/model.ts';
import { InputError } from '../estimates/inputError.ts';
import type { TokenCount } from '../tokens/tokenCounter.ts';
import { plusTokens } from '../weigh/countFor.ts';
import { chosenOf } from './chosen.ts';
import type { Chosen } from './chosen.ts';
import { fitDefaults, fitTabId } from './fit.ts';
import { placeModel } from './layouts.ts';
import type { PlacedModel } from './layouts.ts';
import type { CountedText, DashboardSnapshot } from './snapshot.ts';
import { knobsOf } from './state.ts';
import type { DashboardState } from './state.ts';
import { countOf, exampleTokens, subjectOf } from './subject.ts';
import type { Subject } from './subject.ts';
import { memoryDefaults, memoryTabId } from './tabKnobs.ts';
import type { MemoryKnobs } from './tabKnobs.ts';

/** The shape that memory and latency are those of. */
export interface Shape {
  readonly architecture: Architecture;
  /** own: the chosen model's; reference: another one's, its weights are not open; typed: as it was typed in. */
  readonly origin: 'own' | 'reference' | 'typed';
  /** Why a shape that was typed in is not used. */
  readonly typedError?: string;
}

/** What is sent and answered once: the load that memory, money and waiting are worked out for. */
export interface Workload {
  readonly chosen: Chosen;
  readonly subject: Subject;
  readonly shape: Shape;
  readonly placed: PlacedModel;
  /** The text with the overhead before it. */
  readonly input: TokenCount;
  /** Input and reserved output together, as the window and the cache hold them at the end. */
  readonly totalTokens: number;
  /** Nothing was counted: the figures are of `exampleTokens`, and must say so. */
  readonly isExample: boolean;
}

const unknownTokenizer: Pick<Model, 'tokenizer'> = {
  tokenizer: { encoding: 'o200k_base', exact: false, family: 'unknown', source: '' },
};

export function workloadOf(
  snapshot: DashboardSnapshot,
  state: DashboardState,
  counted?: CountedText,
): Workload {
  const chosen = chosenOf(snapshot, state);
  const subject = subjectOf(snapshot, state, counted);
  const { files, now } = snapshot;
  const isOfFiles = subject.fileCount !== undefined;
  const isCounted = !isOfFiles || files.paths.length > 0 || now.status.type === 'ready';
  const count = isCounted ? countOf(subject, chosen.model ?? unknownTokenizer) : undefined;
  const input = plusTokens(count ?? example, chosen.budget.overheadTokens);
  const totalTokens = Math.round(input.tokens) + Math.round(chosen.budget.reservedOutputTokens);
  const shape = shapeOf(chosen, knobsOf(state, memoryTabId, memoryDefaults));
  const placed = placeModel(
    shape.architecture,
    chosen.hardware,
    state.gpuCount,
    { weightDtype: state.weightDtype, kvDtype: state.kvDtype },
    { tokens: Math.max(1, totalTokens) },
  );
  return { chosen, subject, shape, placed, input, totalTokens, isExample: count === undefined };
}

const example: TokenCount = {
  tokens: exampleTokens,
  lowTokens: exampleTokens,
  highTokens: exampleTokens,
  exact: true,
  basis: 'an example',
};

function shapeOf({ shape }: Chosen, knobs: MemoryKnobs): Shape {
  const { architecture } = shape;
  const origin = shape.isReference ? 'reference' : 'own';
  if (!knobs.isTyped) return { architecture, origin };
  try {
    return { architecture: typedShape(knobs), origin: 'typed' };
  } catch (error) {
    if (error instanceof InputError) return { architecture, origin, typedError: error.message };
    throw error;
  }
}

let lastTyped: { readonly key: string; readonly architecture: Architecture } | undefined;

/** The same object for the same numbers, so that what is worked out from it is kept. */
function typedShape(knobs: MemoryKnobs): Architecture {
  const shape = {
    numLayers: knobs.typedLayers,
    numHeads: knobs.typedHeads,
    numKvHeads: knobs.typedKvHeads,
    headDim: knobs.typedHeadDim,
    hiddenSize: knobs.typedHiddenSize,
    intermediateSize: knobs.typedIntermediateSize,
    vocabSize: knobs.typedVocabSize,
    ...(knobs.typedWindowTokens > 0 && { windowTokens: knobs.typedWindowTokens }),
  };
  const key = JSON.stringify(shape);
  if (lastTyped?.key !== key) lastTyped = { key, architecture: typedArchitecture(shape) };
  return lastTyped.architecture;
}

/** Expected length of each answer: one knob of the whole dashboard, which the tab Fit keeps. */
export function answerTokensOf(state: DashboardState, model?: Model): number {
  const { answerTokens } = knobsOf(state, fitTabId, fitDefaults);
  const most = model?.maxOutputTokens?.value ?? Infinity;
  return Math.max(0, Math.round(Math.min(answerTokens, most)));
}
