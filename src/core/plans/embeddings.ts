/** Vectors of the chunks of an index, as an embedding model gave them, each of length 1. */
export interface ChunkVectors {
  readonly dimensions: number;
  /** (numChunks x dimensions), row by row. */
  readonly values: Float32Array;
}

/** A ranking of an index's chunks by an embedding model: the nearest first. */
export interface SemanticRanking {
  readonly modelName: string;
  readonly chunkIdxs: readonly number[];
}

export interface NearestOptions {
  /** Chunks that are no hits. */
  readonly excluded?: ReadonlySet<number>;
  /** A chunk that this search takes by another vector of length 1. */
  readonly replaced?: { readonly chunkIdx: number; readonly vector: Float32Array };
}

/** Copies vectors of one length into one array, each scaled to length 1. Throws a RangeError where their lengths differ. */
export function chunkVectors(vectors: readonly Float32Array[]): ChunkVectors {
  const dimensions = vectors.length === 0 ? 0 : vectors[0].length;
  const values = new Float32Array(vectors.length * dimensions);
  vectors.forEach((vector, i) => {
    if (vector.length !== dimensions) {
      throw new RangeError(
        `Vectors must have one length: ${dimensions} numbers, and one has ${vector.length}`,
      );
    }
    values.set(unitVector(vector), i * dimensions);
  });
  return { dimensions, values };
}

/** The vector scaled to length 1; one of zeros stays as it is. */
export function unitVector(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return length > 0 ? vector.map((value) => value / length) : vector;
}

/**
 * The chunks nearest to a query by the cosine of their vectors, nearest first; ties by chunk order. Every vector is looked at:
 * 35,000 chunks of 768 numbers take some 30 ms.
 */
export function nearestChunks(
  { dimensions, values }: ChunkVectors,
  query: Float32Array,
  maxHits: number,
  { excluded, replaced }: NearestOptions = {},
): number[] {
  if (query.length !== dimensions) {
    throw new RangeError(`The query has ${query.length} numbers, the chunks ${dimensions}`);
  }
  const unit = unitVector(query);
  const numChunks = dimensions === 0 ? 0 : values.length / dimensions;
  const scores = new Float32Array(numChunks);
  for (let chunkIdx = 0; chunkIdx < numChunks; chunkIdx++) {
    const vector = replaced?.chunkIdx === chunkIdx ? replaced.vector : undefined;
    const start = vector === undefined ? chunkIdx * dimensions : 0;
    const from = vector ?? values;
    let sum = 0;
    for (let i = 0; i < dimensions; i++) sum += from[start + i] * unit[i];
    scores[chunkIdx] = sum;
  }
  return Array.from(scores.keys())
    .filter((chunkIdx) => excluded?.has(chunkIdx) !== true)
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, maxHits);
}

/** Of ranks far down little is left; 60 is the authors' constant. */
const fusionConstant = 60;

/**
 * One ranking from several, by reciprocal rank fusion: each gives 1 / (60 + rank), rank from 1 (Cormack, Clarke and Buettcher
 * 2009, https://doi.org/10.1145/1571941.1572114). Scores of different kinds need not be compared. Ties: as first named.
 */
export function fuseRanks(rankings: readonly (readonly number[])[], maxHits: number): number[] {
  const scores = new Map<number, number>();
  for (const ranking of rankings) {
    ranking.forEach((item, i) => {
      scores.set(item, (scores.get(item) ?? 0) + 1 / (fusionConstant + i + 1));
    });
  }
  return [...scores]
    .sort((a, b) => b[1] - a[1])
    .slice(0, maxHits)
    .map(([item]) => item);
}
