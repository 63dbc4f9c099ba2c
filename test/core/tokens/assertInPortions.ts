import fc from 'fast-check';
import { letOthersRun } from './letOthersRun.ts';

const portionRuns = 200;

/** `fc.assert` of many runs with pauses; every portion has a seed of its own, one after the other. */
export async function assertInPortions<Values>(
  property: fc.IRawProperty<Values>,
  numRuns: number,
): Promise<void> {
  const firstSeed = fc.readConfigureGlobal().seed ?? 1;
  for (let portion = 0; portion * portionRuns < numRuns; portion++) {
    const runs = Math.min(portionRuns, numRuns - portion * portionRuns);
    fc.assert(property as fc.IProperty<Values>, { numRuns: runs, seed: firstSeed + portion });
    await letOthersRun();
  }
}
