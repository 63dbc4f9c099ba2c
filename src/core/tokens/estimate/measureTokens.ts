import { contentKinds, type ContentKind } from '../../files/contentKind.ts';
import { countParts, type CountPart } from '../countParts.ts';
import { familyRatios } from './ratios.ts';

/** Somebody who counts with the model's own tokenizer: an extension that provides the model, a maker's endpoint. */
export interface TokenAsker {
  /** Tokens of a text, with whatever is always added to one; `TextTooLong` when it is more than one request may have. */
  ask(text: string): Promise<number>;
  /** UTF-16 units of one request at most. */
  readonly maxUnits: number;
}

/** A text was refused for its length: it is asked for in two halves. */
export class TextTooLong extends Error {
  override readonly name = 'TextTooLong';
}

/** What came back can't be a count of this text; the message says why. */
export class ImplausibleCount extends Error {
  override readonly name = 'ImplausibleCount';
}

/** Tokens of the texts of one kind by the model, and by o200k_base. */
export interface KindMeasurement {
  readonly kind: ContentKind;
  readonly baseTokens: number;
  readonly tokens: number;
  readonly lowTokens: number;
  readonly highTokens: number;
}

export interface TokenMeasurement {
  readonly byKind: readonly KindMeasurement[];
  readonly tokens: number;
  readonly lowTokens: number;
  readonly highTokens: number;
  readonly requests: number;
  /** Tokens that were added to every text and are taken off again: at least, at most. */
  readonly addedTokens: { readonly low: number; readonly high: number };
  /** An encoding whose counts the answers equal, where that is not the model's own: then the asker estimates. */
  readonly looksLike?: string;
}

/** The part of an AbortSignal that is used: a core has no platform. */
export interface Cancellation {
  throwIfAborted(): void;
}

export interface MeasureOptions {
  readonly texts: readonly { readonly kind: ContentKind; readonly text: string }[];
  readonly asker: TokenAsker;
  /** Counts by encodings of ours; o200k_base must be among them. */
  readonly counters: ReadonlyMap<string, (text: string) => Promise<number>>;
  /** An AbortSignal. */
  readonly signal: Cancellation;
  readonly onProgress?: (doneUnits: number, allUnits: number) => void;
}

/** Where texts meet, tokens may merge or part: one either way, as for files of a prompt. */
const tokensPerSeam = 1;
/** Shorter texts may weigh anything by comparison. */
const leastComparableTokens = 50;
/** Text of ours, so that a check needs none of the user's; about 70 tokens by any tokenizer of words. */
const sample =
  'Sphinx of black quartz, judge my vow: 128 jugs of wine, packed in five dozen boxes, reached the quay by noon. ' +
  'Nobody there had ordered them. The clerk counted twice, wrote down both numbers, and went home without a word; ' +
  'next morning the boxes were gone, and so, people said, was every ship that had been waiting for the tide.';
const leastSampleTokens = 25;
/** A text that is refused for its length, though it is as short as this, is refused for something else. */
const leastHalvedUnits = 16;

/**
 * Has texts counted by the model and checks that the answers can be counts: whole numbers, no more than bytes, about
 * twice as many for a text twice, near what any known vocabulary would say. Throws `ImplausibleCount` otherwise.
 */
export async function measureTokens(options: MeasureOptions): Promise<TokenMeasurement> {
  const { texts, counters, signal, onProgress } = options;
  const base = counters.get('o200k_base');
  if (base === undefined) throw new Error('A measurement needs a counter for o200k_base');
  const asked = askedBy(options.asker, signal);
  const added = await findAdded(asked);
  await checkDoubled(asked, added);
  const allUnits = texts.reduce((sum, { text }) => sum + text.length, 0);
  let doneUnits = 0;
  const byKind: KindMeasurement[] = [];
  const others = new Map<string, number>();
  for (const kind of contentKinds) {
    const own = texts.filter((text) => text.kind === kind).map(({ text }) => text);
    if (own.length === 0) continue;
    let [low, high, seams] = [0, 0, 0];
    for (const part of countParts(own, options.asker.maxUnits)) {
      const counted = await countPart(asked, part, added);
      for (const [name, count] of counters) {
        const ours = await count(part.text);
        if (count === base) checkAgainst(kind, ours, counted.low, counted.high);
        others.set(name, (others.get(name) ?? 0) + distance(ours, counted));
      }
      low += counted.low;
      high += counted.high;
      seams += counted.seams;
      doneUnits += part.text.length;
      onProgress?.(Math.min(doneUnits, allUnits), allUnits);
    }
    let baseTokens = 0;
    for (const text of own) baseTokens += await base(text);
    byKind.push({
      kind,
      baseTokens,
      tokens: Math.round((low + high) / 2),
      lowTokens: Math.max(0, low - seams * tokensPerSeam),
      highTokens: high + seams * tokensPerSeam,
    });
  }
  const sum = (key: 'tokens' | 'lowTokens' | 'highTokens' | 'baseTokens') =>
    byKind.reduce((total, each) => total + each[key], 0);
  const comparable = sum('baseTokens') >= leastComparableTokens;
  const looksLike = [...others].find(([, gap]) => comparable && gap === 0)?.[0];
  return {
    byKind,
    tokens: sum('tokens'),
    lowTokens: sum('lowTokens'),
    highTokens: sum('highTokens'),
    requests: asked.requests,
    addedTokens: added,
    ...(looksLike !== undefined && { looksLike }),
  };
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

interface Asked {
  ask(text: string): Promise<number>;
  requests: number;
}

/** Asks, counts the requests, and lets no answer through that is no number of tokens. */
function askedBy(asker: TokenAsker, signal: Cancellation): Asked {
  return {
    requests: 0,
    async ask(text) {
      signal.throwIfAborted();
      this.requests++;
      const answer: unknown = await asker.ask(text);
      signal.throwIfAborted();
      if (typeof answer !== 'number' || !Number.isInteger(answer) || answer < 0) {
        throw new ImplausibleCount(`the answer ${describe(answer)} is no number of tokens`);
      }
      return answer;
    },
  };
}

function describe(answer: unknown): string {
  return typeof answer === 'number' ? String(answer) : `of type ${typeof answer}`;
}

/** One letter is one token, two at most: the rest was added (a message's frame, a token for the beginning). */
async function findAdded(asked: Asked): Promise<Interval> {
  const letter = await asked.ask('a');
  if (letter === 0) throw new ImplausibleCount('a text of one letter has no tokens by it');
  return letter === 1 ? { low: 0, high: 0 } : { low: letter - 2, high: letter - 1 };
}

/** A count that does not grow with the text is one of something else, such as of "[object Object]". */
async function checkDoubled(asked: Asked, added: Interval): Promise<void> {
  const once = (await asked.ask(sample)) - added.high;
  const twice = (await asked.ask(`${sample}\n${sample}`)) - added.high;
  const slack = 3 + (added.high - added.low) + 0.02 * Math.abs(once);
  if (once < leastSampleTokens || Math.abs(twice - 2 * once) > slack) {
    throw new ImplausibleCount(
      `a text of ${sample.length} characters has ${once} tokens by it, and ${twice} when it is there twice`,
    );
  }
}

/** One part, in halves when it is refused for its length. */
async function countPart(
  asked: Asked,
  { text, seams }: CountPart,
  added: Interval,
): Promise<Interval & { readonly seams: number }> {
  try {
    const counted = await asked.ask(text);
    // Each token is a byte at least, and no character is more than four.
    if (counted - added.high > 4 * text.length) {
      throw new ImplausibleCount(`${counted} tokens are more than the text has bytes`);
    }
    return {
      low: Math.max(0, counted - added.high),
      high: Math.max(0, counted - added.low),
      seams,
    };
  } catch (error) {
    if (!(error instanceof TextTooLong) || text.length < leastHalvedUnits) throw error;
    const halves = countParts([text], Math.ceil(text.length / 2));
    let sum = { low: 0, high: 0, seams };
    for (const half of halves) {
      const { low, high, seams: more } = await countPart(asked, half, added);
      sum = { low: sum.low + low, high: sum.high + high, seams: sum.seams + more };
    }
    return sum;
  }
}

/** Half as many again as the family with the most, two thirds of the one with the least: beyond that it is no count. */
function checkAgainst(kind: ContentKind, baseTokens: number, low: number, high: number): void {
  if (baseTokens < leastComparableTokens) return;
  const ratios = Object.values(familyRatios).map(({ byKind }) => byKind[kind]);
  const least = Math.min(...ratios.map((ratio) => ratio.low)) / 1.5;
  const most = Math.max(...ratios.map((ratio) => ratio.high)) * 1.5;
  if (high < baseTokens * least || low > baseTokens * most) {
    throw new ImplausibleCount(
      `${low} tokens where o200k_base has ${baseTokens}: no known tokenizer is below ` +
        `${least.toFixed(2)} or above ${most.toFixed(2)} times that`,
    );
  }
}

/** By how much a number is outside of an interval. */
function distance(tokens: number, { low, high }: Interval): number {
  return Math.max(0, low - tokens, tokens - high);
}
