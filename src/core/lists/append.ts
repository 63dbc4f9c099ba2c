/** Adds the items to the list's end. `push(...items)` overflows the stack from some 100,000 items on. */
export function append<T>(list: T[], items: readonly T[]): void {
  for (const item of items) list.push(item);
}
