import { isRecord } from '../core/format/isRecord.ts';
import { TextTooLong } from '../core/tokens/estimate/measureTokens.ts';
import { checkedAddress, checkKey, EndpointError, postJson } from './jsonEndpoint.ts';

/** An embedding model that a person has: where it is asked, and by which name. */
export interface EmbeddingTarget {
  /** The whole address: ".../v1/embeddings" or ".../api/embed". */
  readonly address: string;
  readonly modelName: string;
  /** Sent as a bearer token; a server of one's own mostly needs none. */
  readonly key?: string;
}

export interface EmbedOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly onProgress?: (textsDone: number) => void;
}

/** OpenAI takes 300,000 tokens and 2,048 texts at once; small servers are better asked for less. */
const maxTexts = 64;
const maxCharacters = 100_000;
/** 64 vectors of 4,096 numbers, each written with some twenty characters. */
const maxAnswerBytes = 16 << 20;
/** A model on a CPU takes its time. */
const defaultTimeoutMs = 120_000;

/**
 * The address, checked, and the protocol that its end names:
 * - `/v1/embeddings`: OpenAI's, which most servers speak (https://platform.openai.com/docs/api-reference/embeddings)
 * - `/api/embed`: Ollama's (https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embeddings)
 *
 * Throws an EndpointError that names the address and what is wrong with it.
 */
export function embeddingAddress(address: string): {
  readonly url: URL;
  readonly protocol: 'openai' | 'ollama';
} {
  const url = checkedAddress(address.trim());
  if (url.pathname.endsWith('/embeddings')) return { url, protocol: 'openai' };
  if (url.pathname.endsWith('/api/embed')) return { url, protocol: 'ollama' };
  throw new EndpointError(
    'network',
    `The address ${url.href} must end in /v1/embeddings (OpenAI's protocol) or /api/embed (Ollama's)`,
  );
}

/**
 * A vector for each text, in their order. Asks for few at once, and for fewer where a request is too large.
 * Throws an EndpointError that names the address, none of the texts and nothing of the key.
 */
export async function embedTexts(
  texts: readonly string[],
  target: EmbeddingTarget,
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  const { url, protocol } = embeddingAddress(target.address);
  const { key, modelName } = target;
  if (key !== undefined) checkKey(key);
  const ask = async (batch: readonly string[]): Promise<Float32Array[]> => {
    try {
      const answer = await postJson({
        url,
        headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
        body: {
          model: modelName,
          input: batch,
          ...(protocol === 'openai' ? { encoding_format: 'float' } : {}),
        },
        modelName,
        maxAnswerBytes,
        signal: options.signal,
        timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
        pause: options.pause,
      });
      return vectorsIn(answer, protocol, batch.length, url);
    } catch (error) {
      if (!(error instanceof TextTooLong)) throw error;
      if (batch.length === 1) throw new EndpointError('refused', error.message);
      const middle = batch.length >> 1;
      return [...(await ask(batch.slice(0, middle))), ...(await ask(batch.slice(middle)))];
    }
  };
  const vectors: Float32Array[] = [];
  for (const batch of batchesOf(texts)) {
    const more = await ask(batch);
    if (vectors.length > 0 && more[0].length !== vectors[0].length) throw otherLength(url);
    vectors.push(...more);
    options.onProgress?.(vectors.length);
  }
  return vectors;
}

/** Vectors of one model have one length. */
export function otherLength({ host }: URL): EndpointError {
  return new EndpointError(
    'malformed',
    `${host} answered with a vector of another length than before: its model was changed. Plan again, and all is embedded anew`,
  );
}

function* batchesOf(texts: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let characters = 0;
  for (const text of texts) {
    const isFull = batch.length === maxTexts || characters + text.length > maxCharacters;
    if (batch.length > 0 && isFull) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(text);
    characters += text.length;
  }
  if (batch.length > 0) yield batch;
}

function vectorsIn(
  answer: unknown,
  protocol: 'openai' | 'ollama',
  count: number,
  { host }: URL,
): Float32Array[] {
  const lists = protocol === 'ollama' ? ollamaLists(answer) : openAiLists(answer, count);
  if (lists?.length !== count) {
    throw new EndpointError('malformed', `${host} answered without a vector for each text`);
  }
  const vectors = lists.map(vectorOf);
  const [first] = vectors;
  if (vectors.some((vector) => vector === undefined || vector.length !== first?.length)) {
    throw new EndpointError(
      'malformed',
      `${host} answered with something that is no vector of numbers`,
    );
  }
  return vectors.filter((vector) => vector !== undefined);
}

function ollamaLists(answer: unknown): readonly unknown[] | undefined {
  const lists = isRecord(answer) ? answer['embeddings'] : undefined;
  return Array.isArray(lists) ? lists : undefined;
}

/** OpenAI numbers its vectors; they need not stand in order. */
function openAiLists(answer: unknown, count: number): readonly unknown[] | undefined {
  const data = isRecord(answer) ? answer['data'] : undefined;
  if (!Array.isArray(data) || data.length !== count) return undefined;
  const lists: unknown[] = new Array<unknown>(count).fill(undefined);
  data.forEach((each: unknown, i) => {
    if (!isRecord(each)) return;
    const { index } = each;
    const place = typeof index === 'number' ? index : i;
    if (Number.isInteger(place) && place >= 0 && place < count) lists[place] = each['embedding'];
  });
  return lists;
}

function vectorOf(list: unknown): Float32Array | undefined {
  if (!Array.isArray(list) || list.length === 0 || list.length > 65_536) return undefined;
  if (!list.every((value) => typeof value === 'number')) return undefined;
  // 1e39 is a number of JSON and none of a vector's 32 bits.
  const vector = Float32Array.from(list);
  return vector.every(Number.isFinite) ? vector : undefined;
}
