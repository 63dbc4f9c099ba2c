import type { OperationCounter } from './operationCounter.ts';

const POSITIONS = 2 ** 32;

/** A binary heap of (rank, position), lowest rank first and leftmost first among equals; each is one float64 key. */
export class RankHeap {
  size = 0;
  #keys = new Float64Array(1024);
  readonly #counter: OperationCounter | undefined;

  constructor(counter?: OperationCounter) {
    this.#counter = counter;
  }

  /** Empties the heap and gives back its memory when that is large. */
  clear(): void {
    this.size = 0;
    if (this.#keys.length > 1 << 16) this.#keys = new Float64Array(1024);
  }

  /** Adds without keeping order: call `arrange` before anything else. */
  append(rank: number, position: number): void {
    if (this.size === this.#keys.length) {
      const grown = new Float64Array(this.#keys.length * 2);
      grown.set(this.#keys);
      this.#keys = grown;
    }
    this.#keys[this.size++] = rank * POSITIONS + position;
  }

  arrange(): void {
    for (let idx = (this.size >> 1) - 1; idx >= 0; idx--) this.#sink(idx, this.#keys[idx]);
  }

  push(rank: number, position: number): void {
    this.append(rank, position);
    const keys = this.#keys;
    let idx = this.size - 1;
    const key = keys[idx];
    while (idx > 0) {
      const parent = (idx - 1) >> 1;
      if (this.#counter !== undefined) this.#counter.steps++;
      if (keys[parent] <= key) break;
      keys[idx] = keys[parent];
      idx = parent;
    }
    keys[idx] = key;
  }

  smallestRank(): number {
    return (this.#keys[0] / POSITIONS) | 0;
  }

  smallestPosition(): number {
    return (this.#keys[0] % POSITIONS) | 0;
  }

  removeSmallest(): void {
    const last = this.#keys[--this.size];
    if (this.size > 0) this.#sink(0, last);
  }

  #sink(start: number, key: number): void {
    const keys = this.#keys;
    const size = this.size;
    let idx = start;
    for (;;) {
      let child = idx * 2 + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[child + 1] < keys[child]) child++;
      if (this.#counter !== undefined) this.#counter.steps++;
      if (keys[child] >= key) break;
      keys[idx] = keys[child];
      idx = child;
    }
    keys[idx] = key;
  }
}
