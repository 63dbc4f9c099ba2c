import type { Demo } from './demo.ts';
import { slidingWindowDemo } from './demos/slidingWindow.ts';
import { dilatedWindowDemo } from './demos/dilatedWindow.ts';
import { longformerDemo } from './demos/longformer.ts';
import { bigBirdDemo } from './demos/bigBird.ts';
import { sparseTransformerDemo } from './demos/sparseTransformer.ts';
import { chunkedLocalDemo } from './demos/chunkedLocal.ts';

/** Every demo of the lab, by the number of its mechanism. */
export const demos: readonly Demo[] = [
  // One line each, by mechanism.
  slidingWindowDemo,
  dilatedWindowDemo,
  longformerDemo,
  bigBirdDemo,
  sparseTransformerDemo,
  chunkedLocalDemo,
];

/** @throws Error naming the id when there is no such demo */
export function findDemo(id: string): Demo {
  const demo = demos.find((one) => one.id === id);
  if (demo === undefined) {
    throw new Error(`there is no demo ${id}; there are ${demos.map((one) => one.id).join(', ')}`);
  }
  return demo;
}
