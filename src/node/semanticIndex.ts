import type { CodeIndex, TextOf } from '../core/plans/codeIndex.ts';
import { decodeUtf8 } from '../core/text/utf8Text.ts';
import {
  chunkVectors,
  nearestChunks,
  unitVector,
  type ChunkVectors,
  type SemanticRanking,
} from '../core/plans/embeddings.ts';
import type { Part } from '../core/plans/prompt.ts';
import type { Question } from '../core/plans/recallQuestions.ts';
import {
  embeddingAddress,
  embedTexts,
  otherLength,
  type EmbeddingTarget,
  type EmbedOptions,
} from './embeddingEndpoint.ts';
import { EmbeddingStore, textHash } from './embeddingStore.ts';

/** What would be sent to have an index embedded. */
export interface EmbeddingSize {
  readonly chunks: number;
  /** Those whose vectors are not kept from before. */
  readonly newChunks: number;
  readonly newBytes: number;
}

const maxHits = 2_000;

/** An index with vectors of its chunks by a model that is asked over the network. Texts are sent without their paths. */
export class SemanticIndex {
  readonly target: EmbeddingTarget;
  readonly #index: CodeIndex;
  readonly #textOf: TextOf;
  readonly #store: EmbeddingStore | undefined;
  readonly #kept: Map<string, Float32Array>;
  readonly #hashes: readonly string[];
  #vectors: ChunkVectors | undefined;

  /** @param cacheFolder where vectors are kept; undefined: nowhere */
  constructor(
    index: CodeIndex,
    textOf: TextOf,
    target: EmbeddingTarget,
    cacheFolder: string | undefined,
  ) {
    this.target = target;
    this.#index = index;
    this.#textOf = textOf;
    this.#store = cacheFolder === undefined ? undefined : new EmbeddingStore(cacheFolder, target);
    this.#kept = this.#store?.load() ?? new Map<string, Float32Array>();
    this.#hashes = index.chunks.map((_, chunkIdx) => textHash(this.#chunkText(chunkIdx)));
  }

  /** The chunks whose text was never sent. */
  newParts(): Part[] {
    return this.#newChunks().map((chunkIdx) => this.#index.chunks[chunkIdx]);
  }

  size(): EmbeddingSize {
    const newChunks = this.#newChunks();
    return {
      chunks: this.#index.chunks.length,
      newChunks: newChunks.length,
      newBytes: newChunks.reduce((sum, chunkIdx) => {
        const { startByte, endByte } = this.#index.chunks[chunkIdx];
        return sum + endByte - startByte;
      }, 0),
    };
  }

  /** Asks for what is missing and keeps it; what came before a failure is kept too. */
  async embed(options: EmbedOptions = {}): Promise<void> {
    const missing = this.#newChunks();
    try {
      for (let done = 0; done < missing.length; done += portion) {
        const own = missing.slice(done, done + portion);
        const vectors = await this.#ask(
          own.map((chunkIdx) => this.#chunkText(chunkIdx)),
          { ...options, onProgress: (more) => options.onProgress?.(done + more) },
        );
        own.forEach((chunkIdx, i) => this.#kept.set(this.#hashes[chunkIdx], vectors[i]));
      }
    } finally {
      if (missing.length > 0) this.#save();
    }
    this.#vectors = chunkVectors(
      this.#hashes.map((hash) => this.#kept.get(hash) ?? new Float32Array(0)),
    );
  }

  /** The chunks nearest to a text; the text is sent. */
  async ranking(text: string, options: EmbedOptions = {}): Promise<SemanticRanking> {
    const [query] = await this.#ask([text], options);
    const chunkIdxs = nearestChunks(this.#embedded(), query, maxHits);
    return { modelName: this.target.modelName, chunkIdxs };
  }

  /** The same for questions that the code asks of itself: what asks is no hit, and its text is taken out of its chunk first. */
  async rankings(
    questions: readonly Question[],
    hits: number,
    options: EmbedOptions = {},
  ): Promise<number[][]> {
    const embedded = this.#embedded();
    const texts = questions.map(({ text }) => text);
    const without = questions.map(({ removed }) =>
      removed === undefined
        ? undefined
        : this.#chunkText(removed.documentIdx).replace(removed.text, ''),
    );
    const queries = await this.#ask(texts, options);
    // Some models refuse an empty text: a chunk that is nothing else stays as far as it can be.
    const rest = without.filter((text) => text !== undefined && text.trim() !== '');
    const replacing = (await this.#ask(rest as readonly string[], options)).values();
    return questions.map(({ excluded, removed }, i) => {
      const text = without[i];
      const vector =
        text === undefined || text.trim() === ''
          ? new Float32Array(embedded.dimensions)
          : unitVector(replacing.next().value ?? new Float32Array(embedded.dimensions));
      const replaced = removed && { chunkIdx: removed.documentIdx, vector };
      return nearestChunks(embedded, queries[i], hits, { excluded, replaced });
    });
  }

  #embedded(): ChunkVectors {
    if (this.#vectors === undefined) throw new Error('The code is not embedded yet');
    return this.#vectors;
  }

  async #ask(texts: readonly string[], options: EmbedOptions): Promise<Float32Array[]> {
    if (texts.length === 0) return [];
    const vectors = await embedTexts(texts, this.target, options);
    const [before] = this.#kept.values();
    if (before !== undefined && before.length !== vectors[0].length) {
      // Not sent anew without being asked: that was not agreed to.
      this.#kept.clear();
      this.#vectors = undefined;
      this.#save();
      throw otherLength(embeddingAddress(this.target.address).url);
    }
    return vectors;
  }

  #newChunks(): number[] {
    const asked = new Set<string>();
    const missing: number[] = [];
    this.#hashes.forEach((hash, chunkIdx) => {
      if (this.#kept.has(hash) || asked.has(hash)) return;
      asked.add(hash);
      missing.push(chunkIdx);
    });
    return missing;
  }

  #chunkText(chunkIdx: number): string {
    const { fileIdx, startByte, endByte } = this.#index.chunks[chunkIdx];
    return decodeUtf8(this.#textOf(fileIdx).subarray(startByte, endByte));
  }

  #save(): void {
    try {
      this.#store?.save(this.#kept);
    } catch {
      // Without it the next time asks again; a full disk is no reason to have no plan now.
    }
  }
}

/** Chunks whose vectors are kept together before the next are asked for. */
const portion = 512;
