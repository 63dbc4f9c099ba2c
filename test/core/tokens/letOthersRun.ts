import { setImmediate } from 'node:timers/promises';

const silentMs = 200;
let lastMs = performance.now();

/**
 * Lets the event loop run now and then. The test runner takes a worker for dead that answers nothing for a minute, which
 * a long test without a pause would be.
 */
export async function letOthersRun(): Promise<void> {
  if (performance.now() - lastMs < silentMs) return;
  await setImmediate();
  lastMs = performance.now();
}
