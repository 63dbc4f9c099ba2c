import type { Demo } from './demo.ts';

/** Every demo of the lab, by the number of its mechanism. */
export const demos: readonly Demo[] = [
  // One line each, by mechanism.
];

/** @throws Error naming the id when there is no such demo */
export function findDemo(id: string): Demo {
  const demo = demos.find((one) => one.id === id);
  if (demo === undefined) {
    throw new Error(`there is no demo ${id}; there are ${demos.map((one) => one.id).join(', ')}`);
  }
  return demo;
}
