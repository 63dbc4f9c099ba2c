// Writes docs/claims.md from what the code computes today: `npm run write:claims`. A test holds the page to it.
import * as esbuild from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

mkdirSync('out', { recursive: true });
const outfile = path.resolve('out/claims.mjs');
await esbuild.build({
  entryPoints: ['test/core/estimates/claims.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
  logLevel: 'warning',
});
const { claimsPage } = await import(pathToFileURL(outfile).href);
writeFileSync('docs/claims.md', claimsPage());
