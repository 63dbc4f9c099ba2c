// Prints every measured point beside the prediction: `npm run validate:estimates`.
import * as esbuild from 'esbuild';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

mkdirSync('out', { recursive: true });
const outfile = path.resolve('out/validation.mjs');
await esbuild.build({
  entryPoints: ['test/core/estimates/validation.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
  logLevel: 'warning',
});
const { validationReport } = await import(pathToFileURL(outfile).href);
console.log(validationReport());
