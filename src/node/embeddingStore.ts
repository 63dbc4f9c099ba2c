import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { EmbeddingTarget } from './embeddingEndpoint.ts';
import { writeFileAtomically } from './writeFileAtomically.ts';

const storeVersion = 1;
/** What a file of vectors may take: 60,000 of 1,024 numbers. */
const maxBytes = 256 * 1024 * 1024;

interface Written {
  readonly version: number;
  readonly target: string;
  readonly dimensions: number;
  /** Of the texts, in the order of the vectors. */
  readonly hashes: readonly string[];
  readonly values: Float32Array;
}

/** The name by which a text's vector is kept: nothing of the text can be read from it. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}

/**
 * Vectors that a model gave once, by the hash of their texts, in one file for each address and model. What is corrupt or of
 * another version counts as nothing.
 */
export class EmbeddingStore {
  readonly #file: string;
  readonly #target: string;

  constructor(folder: string, { address, modelName }: EmbeddingTarget) {
    this.#target = JSON.stringify([address, modelName]);
    const name = createHash('sha256').update(this.#target).digest('hex').slice(0, 32);
    this.#file = path.join(folder, `${name}.embeddings`);
  }

  load(): Map<string, Float32Array> {
    const vectors = new Map<string, Float32Array>();
    try {
      const written = deserialize(readFileSync(this.#file)) as Partial<Written>;
      const { version, target, dimensions = 0, hashes = [], values } = written;
      if (version !== storeVersion || target !== this.#target) return vectors;
      if (!(values instanceof Float32Array) || values.length !== hashes.length * dimensions)
        return vectors;
      hashes.forEach((hash, i) => {
        vectors.set(hash, values.subarray(i * dimensions, (i + 1) * dimensions));
      });
    } catch {
      // There is none yet, or it can't be read: everything is asked for anew.
    }
    return vectors;
  }

  /** Keeps vectors of one length, the last ones where all are too many. Throws what hinders it. */
  save(vectors: ReadonlyMap<string, Float32Array>): void {
    const [first] = vectors.values();
    if (first === undefined) return;
    const dimensions = first.length;
    const most = Math.floor(maxBytes / (4 * dimensions));
    const kept = [...vectors].filter(([, vector]) => vector.length === dimensions).slice(-most);
    const values = new Float32Array(kept.length * dimensions);
    kept.forEach(([, vector], i) => {
      values.set(vector, i * dimensions);
    });
    const hashes = kept.map(([hash]) => hash);
    const written: Written = {
      version: storeVersion,
      target: this.#target,
      dimensions,
      hashes,
      values,
    };
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileAtomically(this.#file, serialize(written));
  }
}
