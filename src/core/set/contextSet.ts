/**
 * Which files are meant to be sent: rules by path, the deepest rule wins, and no rule means "not in the set".
 * Rules instead of a list of files, so that a file created in a checked folder belongs to the set at once.
 */
export interface ContextSet {
  readonly checked: readonly string[];
  readonly unchecked: readonly string[];
}

export const emptySet: ContextSet = { checked: [], unchecked: [] };

export function isEmptySet(set: ContextSet): boolean {
  return set.checked.length === 0;
}

/** A fast membership test for many paths of one set. `''` is the root that holds everything. */
export function membershipOf(set: ContextSet): (path: string) => boolean {
  const rules = new Map<string, boolean>();
  for (const path of set.checked) rules.set(path, true);
  for (const path of set.unchecked) rules.set(path, false);
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const rule = rules.get(path.slice(0, end));
      if (rule !== undefined) return rule;
    }
    return rules.get('') ?? false;
  };
}

function isBelow(path: string, folder: string): boolean {
  return folder === '' ? path !== '' : path.startsWith(`${folder}/`);
}

/**
 * The set after one check box was clicked: a file or a whole folder, whose own rules below it are forgotten.
 *
 * @example withChecked(withChecked(emptySet, 'src', true), 'src/a.ts', false)
 * // { checked: ['src'], unchecked: ['src/a.ts'] }
 */
export function withChecked(set: ContextSet, path: string, checked: boolean): ContextSet {
  const kept = (rule: string) => rule !== path && !isBelow(rule, path);
  const rest: ContextSet = {
    checked: set.checked.filter(kept),
    unchecked: set.unchecked.filter(kept),
  };
  if (membershipOf(rest)(path) === checked) return rest;
  return checked
    ? { ...rest, checked: [...rest.checked, path] }
    : { ...rest, unchecked: [...rest.unchecked, path] };
}

/** The set without these files: the same as unchecking one after the other, but at once. */
export function withoutFiles(set: ContextSet, paths: readonly string[]): ContextSet {
  const gone = new Set(paths);
  const kept = (rule: string) => !gone.has(rule);
  const rest = { checked: set.checked.filter(kept), unchecked: set.unchecked.filter(kept) };
  return { ...rest, unchecked: [...rest.unchecked, ...[...gone].filter(membershipOf(rest))] };
}

/** Reads a remembered set back; anything that is none gives the empty set. */
export function parseContextSet(remembered: unknown): ContextSet {
  if (typeof remembered !== 'object' || remembered === null) return emptySet;
  const { checked, unchecked } = remembered as { checked?: unknown; unchecked?: unknown };
  return { checked: strings(checked), unchecked: strings(unchecked) };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
