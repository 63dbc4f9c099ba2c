import type { CodeIndex, TextOf } from './codeIndex.ts';
import { chunksInPathOrder } from './order.ts';
import { fuseRanks } from './embeddings.ts';
import { rankChunks } from './rankChunks.ts';
import {
  questionKinds,
  sampleQuestions,
  type Question,
  type QuestionKind,
} from './recallQuestions.ts';

/**
 * How often retrieval finds what a question is about, on this code. The questions are made from the code itself, by a fixed
 * seed: a declaration's documentation asks for its declaration (its text is taken out of the index for that question), a
 * line that uses a name asks for the one file that declares it, and an import asks for its file (the asking file is no hit).
 * They are proxies: they say how well words lead to code here, not how well a model answers, and nothing of
 * questions that need several places at once.
 */
export interface MeasuredRecall {
  readonly questions: number;
  readonly budgetTokens: number;
  /** By words: `rankChunks`. */
  readonly retrieval: RecallShare;
  /** By embeddings alone, and by both, their ranks fused; absent where no model was asked. */
  readonly embeddings?: {
    readonly modelName: string;
    readonly alone: RecallShare;
    readonly fused: RecallShare;
  };
  /** The same budget filled in path order, and with chunks drawn at random. */
  readonly pathOrder: RecallShare;
  readonly random: RecallShare;
  /** Retrieval by what asked; a kind that the code holds none of is absent. */
  readonly byKind: readonly (RecallShare & { readonly kind: QuestionKind })[];
  /** Share of the questions with a target among the first k pieces, whatever their size. */
  readonly at: readonly (RecallShare & { readonly k: number })[];
  /** Tokens retrieved for each target found; undefined when none was. */
  readonly tokensPerHit?: number;
}

/** Found of asked, with the 95 % interval of the sample (Wilson 1927). */
export interface RecallShare {
  readonly asked: number;
  readonly found: number;
  readonly share: number;
  readonly lowShare: number;
  readonly highShare: number;
}

/** Standard deviations to either side that hold 95 % of a normal distribution. */
export const recallZ = 1.96;
const ks = [1, 5, 10, 20] as const;
/** More pieces than any budget that is measured holds; as many as words are ranked by. */
export const maxRecallHits = 2_000;
const numQuestions = 200;
const seed = 1;

/** What embeddings find for each of the questions of `recallQuestions`. */
export interface SemanticRecall {
  readonly modelName: string;
  readonly rankings: readonly (readonly number[])[];
}

/** The questions that `measureRecall` asks. */
export function recallQuestions(index: CodeIndex, textOf: TextOf): readonly Question[] {
  return sampleQuestions(index, textOf, numQuestions, randomFrom(seed));
}

export function measureRecall(
  index: CodeIndex,
  textOf: TextOf,
  budgetTokens: number,
  semantic?: SemanticRecall,
): MeasuredRecall {
  const random = randomFrom(seed);
  const questions = sampleQuestions(index, textOf, numQuestions, random);
  const pathOrder = chunksInPathOrder(index);
  let tokens = 0;
  let found = 0;
  let foundInPathOrder = 0;
  let foundAtRandom = 0;
  const byKind = new Map(questionKinds.map((kind) => [kind, { asked: 0, found: 0 }]));
  const foundAt = ks.map(() => 0);
  let foundAlone = 0;
  let foundFused = 0;
  questions.forEach(({ kind, text, excluded, removed, targets }, i) => {
    const order = rankChunks(index, text, { excluded, removed }).map(({ chunkIdx }) => chunkIdx);
    const taken = fill(index, order, budgetTokens);
    for (const chunkIdx of taken) tokens += index.chunks[chunkIdx].tokens;
    const isFound = holdsOne(taken, targets);
    const ofKind = byKind.get(kind);
    if (ofKind !== undefined) {
      ofKind.asked++;
      if (isFound) ofKind.found++;
    }
    if (isFound) found++;
    const rank = order.findIndex((chunkIdx) => targets.has(chunkIdx));
    ks.forEach((k, at) => {
      if (rank >= 0 && rank < k) foundAt[at]++;
    });
    if (holdsOne(fill(index, without(pathOrder, excluded), budgetTokens), targets))
      foundInPathOrder++;
    const drawn = drawnChunks(index.chunks.length, excluded, random);
    if (holdsOne(fill(index, drawn, budgetTokens), targets)) foundAtRandom++;
    if (semantic === undefined) return;
    const near = semantic.rankings[i];
    if (holdsOne(fill(index, near, budgetTokens), targets)) foundAlone++;
    const fused = fuseRanks([order, near], maxRecallHits);
    if (holdsOne(fill(index, fused, budgetTokens), targets)) foundFused++;
  });
  const asked = questions.length;
  return {
    questions: asked,
    budgetTokens,
    retrieval: shareOf(found, asked),
    ...(semantic && {
      embeddings: {
        modelName: semantic.modelName,
        alone: shareOf(foundAlone, asked),
        fused: shareOf(foundFused, asked),
      },
    }),
    pathOrder: shareOf(foundInPathOrder, asked),
    random: shareOf(foundAtRandom, asked),
    byKind: [...byKind]
      .filter(([, counted]) => counted.asked > 0)
      .map(([kind, counted]) => ({ kind, ...shareOf(counted.found, counted.asked) })),
    at: ks.map((k, i) => ({ k, ...shareOf(foundAt[i], asked) })),
    ...(found === 0 ? {} : { tokensPerHit: tokens / found }),
  };
}

function* without(order: Iterable<number>, excluded: ReadonlySet<number>): Generator<number> {
  for (const chunkIdx of order) if (!excluded.has(chunkIdx)) yield chunkIdx;
}

/** Chunks in a random order, each once. */
function* drawnChunks(
  numChunks: number,
  excluded: ReadonlySet<number>,
  random: () => number,
): Generator<number> {
  const seen = new Set(excluded);
  while (seen.size < numChunks) {
    const chunkIdx = Math.floor(random() * numChunks);
    if (seen.has(chunkIdx)) continue;
    seen.add(chunkIdx);
    yield chunkIdx;
  }
}

function fill(index: CodeIndex, order: Iterable<number>, budgetTokens: number): Set<number> {
  const taken = new Set<number>();
  let tokens = 0;
  for (const chunkIdx of order) {
    tokens += index.chunks[chunkIdx].tokens;
    if (tokens > budgetTokens) break;
    taken.add(chunkIdx);
  }
  return taken;
}

function holdsOne(taken: ReadonlySet<number>, targets: ReadonlySet<number>): boolean {
  for (const chunkIdx of taken) if (targets.has(chunkIdx)) return true;
  return false;
}

/** Numbers in [0, 1) from a seed: mulberry32 (Tommy Ettinger, public domain). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shareOf(found: number, asked: number): RecallShare {
  if (asked === 0) return { asked, found, share: 0, lowShare: 0, highShare: 1 };
  const z = recallZ;
  const share = found / asked;
  const spread = z * Math.sqrt((share * (1 - share)) / asked + z ** 2 / (4 * asked ** 2));
  const scale = 1 + z ** 2 / asked;
  const middle = share + z ** 2 / (2 * asked);
  return {
    asked,
    found,
    share,
    lowShare: Math.max(0, (middle - spread) / scale),
    highShare: Math.min(1, (middle + spread) / scale),
  };
}
