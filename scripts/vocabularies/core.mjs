import { build } from 'esbuild';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const root = path.resolve(import.meta.dirname, '../..');

const exported = `
  export { buildVocabulary } from './src/core/tokens/vocabulary/vocabulary.ts';
  export { writeVocabularyFile } from './src/core/tokens/vocabulary/vocabularyFile.ts';
  export { splitForCounting } from './src/core/tokens/split/safeSplit.ts';
  export { withoutByteOrderMark } from './src/core/tokens/utf8.ts';
  export { readTokenizerJson } from './src/core/tokenizerFiles/readTokenizerJson.ts';
  export { neverWholeIds } from './src/core/tokenizerFiles/neverWhole.ts';
  export { contentKinds } from './src/core/files/contentKind.ts';
  export { openTokenCounter } from './src/node/openTokenCounter.ts';
  export { identifyTokenizerFile } from './src/node/tokenizerFiles.ts';
  export { corpusFiles } from './test/core/tokens/corpusFiles.ts';`;

/** The project's own code, so that these scripts and what reads their files cannot drift apart; Node 20 needs it bundled. */
export function loadCore() {
  loading ??= bundled();
  return loading;
}
let loading;

async function bundled() {
  const outfile = path.join(root, 'out/vocabularies/core.mjs');
  await build({
    stdin: { contents: exported, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
