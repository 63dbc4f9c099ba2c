import fc from 'fast-check';

/**
 * Property tests draw from one fixed seed, so that a run says the same twice; PROPERTY_SEED=random (or a number) draws others.
 * A failure prints its seed and its smallest counterexample.
 */
const asked = process.env.PROPERTY_SEED;
if (asked === 'random') {
  const seed = Date.now() & 0x7fffffff;
  console.log(`property tests: seed ${seed}`);
  fc.configureGlobal({ seed });
} else {
  fc.configureGlobal({ seed: asked === undefined ? 20_261_128 : Number(asked) });
}
