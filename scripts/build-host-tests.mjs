// Bundles test/host to out/host, for the launch configuration "Run the host tests".
import { buildHostSuite } from './support/hostSuite.mjs';

console.log(`built ${await buildHostSuite()} host test files`);
