import type { PlannedCall } from './plan.ts';

/** A request and, below one that combines answers, the requests that give them. */
export interface RequestNode {
  /** Its place in the plan, from 0. */
  readonly idx: number;
  readonly children: readonly RequestNode[];
}

/**
 * The requests of a plan as a tree: the call that combines everything on top, below each such call those whose answers it
 * carries. Requests that only pass a note on stand beside each other in their order: a chain is no tree.
 */
export function requestTree(
  requests: readonly Pick<PlannedCall, 'role' | 'answersOf'>[],
): RequestNode[] {
  const isCombined = new Set<number>();
  const nodes: RequestNode[] = [];
  // A request stands after those whose answers it carries, so that its children are made before it.
  requests.forEach(({ role, answersOf }, idx) => {
    const children = role === 'reduce' ? answersOf.map((other) => nodes[other]) : [];
    for (const child of children) isCombined.add(child.idx);
    nodes.push({ idx, children });
  });
  return nodes.filter(({ idx }) => !isCombined.has(idx));
}

/** The stretches of one file in a request. */
export interface FileOfRequest<Stretch> {
  readonly path: string;
  /** Of its code, headers not included. */
  readonly tokens: number;
  readonly parts: readonly Stretch[];
}

/** A request's stretches by file, in the order in which the files first stand in it. */
export function filesOfRequest<Stretch extends { readonly tokens: number }>(
  parts: readonly Stretch[],
  pathOf: (part: Stretch) => string,
): FileOfRequest<Stretch>[] {
  const files = new Map<string, { path: string; tokens: number; parts: Stretch[] }>();
  for (const part of parts) {
    const path = pathOf(part);
    const file = files.get(path);
    if (file === undefined) files.set(path, { path, tokens: part.tokens, parts: [part] });
    else {
      file.tokens += part.tokens;
      file.parts.push(part);
    }
  }
  return [...files.values()];
}
