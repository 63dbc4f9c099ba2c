import type { CodeIndex } from './codeIndex.ts';
import { rankChunks } from './rankChunks.ts';
import { instructionOf, isLocal, type Task } from './task.ts';

/** Files so that what a file needs stands before it (cycles are entered at the file first in path order); ties by path. */
export function dependencyOrder(index: CodeIndex): number[] {
  const needs: number[][] = index.files.map(() => []);
  for (const { from, to, kind } of index.graph.dependencies)
    if (kind === 'import') needs[from].push(to);
  for (const list of needs) list.sort((a, b) => comparePaths(index, a, b));

  const order: number[] = [];
  const entered = new Uint8Array(index.files.length);
  // Depth first without recursion: import chains can be thousands long.
  const stack: { fileIdx: number; next: number }[] = [];
  for (const root of filesByPath(index)) {
    if (entered[root] === 1) continue;
    entered[root] = 1;
    stack.push({ fileIdx: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < needs[top.fileIdx].length) {
        const need = needs[top.fileIdx][top.next++];
        if (entered[need] === 0) {
          entered[need] = 1;
          stack.push({ fileIdx: need, next: 0 });
        }
      } else {
        order.push(top.fileIdx);
        stack.pop();
      }
    }
  }
  return order;
}

export function comparePaths(index: CodeIndex, a: number, b: number): number {
  const left = index.files[a].path;
  const right = index.files[b].path;
  return left < right ? -1 : left > right ? 1 : 0;
}

function filesByPath(index: CodeIndex): number[] {
  return index.files.map((_, fileIdx) => fileIdx).sort((a, b) => comparePaths(index, a, b));
}

/**
 * How much each file matters for a task, larger is more. A question: the best search score among its chunks. Otherwise:
 * how many files need it (by import or symbol), which is what a reader of the whole meets most often.
 */
export function fileImportance(index: CodeIndex, task: Task): Float64Array {
  const importance = new Float64Array(index.files.length);
  if (task.kind === 'question' || task.kind === 'migrate') {
    for (const { chunkIdx, score } of rankChunks(index, instructionOf(task))) {
      const { fileIdx } = index.chunks[chunkIdx];
      importance[fileIdx] = Math.max(importance[fileIdx], score);
    }
    return importance;
  }
  for (const { to } of index.graph.dependencies) importance[to]++;
  return importance;
}

/** The most important first; ties by path. */
export function importanceOrder(index: CodeIndex, importance: Float64Array): number[] {
  return index.files
    .map((_, fileIdx) => fileIdx)
    .sort((a, b) => importance[b] - importance[a] || comparePaths(index, a, b));
}

/**
 * An order of reading in which the important files stand at both ends, since the middle of a long prompt is read worst
 * (Liu et al. 2023, Lost in the Middle, https://arxiv.org/abs/2307.03172): the best last, right before the question, the
 * second first, and so on inwards.
 */
function edgesFirst(mostImportantFirst: readonly number[]): number[] {
  const front: number[] = [];
  const back: number[] = [];
  mostImportantFirst.forEach((fileIdx, rank) => (rank % 2 === 0 ? back : front).push(fileIdx));
  return [...front, ...back.reverse()];
}

/** Orders of the files in one request. */
export const fileOrders = ['byTask', 'dependencies', 'path', 'heaviestLast', 'edges'] as const;
export type FileOrder = (typeof fileOrders)[number];

/**
 * The files in the order in which one request holds them. `byTask`: the important ones at both ends for a question, else what is
 * needed before what needs it. `path` and `heaviestLast` (the least tokens first) are the same for every task, as `dependencies` is.
 */
export function filesInOrder(
  index: CodeIndex,
  order: FileOrder,
  task: Task,
  importance: Float64Array,
): number[] {
  switch (orderFor(order, task)) {
    case 'dependencies':
      return dependencyOrder(index);
    case 'path':
      return filesByPath(index);
    case 'heaviestLast':
      return filesByPath(index).sort((a, b) => index.files[a].tokens - index.files[b].tokens);
    case 'edges':
      return edgesFirst(importanceOrder(index, importance));
  }
}

export function orderFor(order: FileOrder, task: Task): Exclude<FileOrder, 'byTask'> {
  if (order !== 'byTask') return order;
  return isLocal(task) ? 'edges' : 'dependencies';
}

export function chunksOfFile(index: CodeIndex, fileIdx: number): number[] {
  const { firstChunk, numChunks } = index.files[fileIdx];
  return Array.from({ length: numChunks }, (_, i) => firstChunk + i);
}

/** All chunks, the files by path. */
export function chunksInPathOrder(index: CodeIndex): number[] {
  return filesByPath(index).flatMap((fileIdx) => chunksOfFile(index, fileIdx));
}
