// Builds the engine as a library: <folder>/engine.mjs and its type declarations, <folder>/engine/*.d.ts.
// As a command: node scripts/build-engine.mjs [folder], `dist` when left out.
import * as esbuild from 'esbuild';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const engineFolder = path.join(root, 'src/engine');

/** What esbuild needs to know to bundle the engine into one ES module that runs anywhere. */
export const engineBundle = {
  bundle: true,
  platform: 'neutral',
  target: 'es2022',
  format: 'esm',
  entryPoints: [path.join(engineFolder, 'index.ts')],
};

/** `./tensor.ts` to `./tensor.js`: TypeScript rewrites the endings of its own in code, not in declarations. */
function withJsEndings(declarations) {
  let text = declarations;
  for (const { fileName, pos } of ts.preProcessFile(declarations).importedFiles.toReversed()) {
    // The position is that of the opening quote.
    const end = pos + 1 + fileName.length;
    text = text.slice(0, pos + 1) + fileName.replace(/^(\..*)\.ts$/, '$1.js') + text.slice(end);
  }
  return text;
}

/** Declarations of every file of the engine, into `folder`, which is emptied first. */
export function writeEngineTypes(folder) {
  const configPath = path.join(engineFolder, 'tsconfig.json');
  const config = ts.getParsedCommandLineOfConfigFile(
    configPath,
    {
      noEmit: false,
      incremental: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: engineFolder,
      outDir: folder,
    },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  const program = ts.createProgram(config.fileNames, config.options);
  rmSync(folder, { recursive: true, force: true });
  const { diagnostics } = program.emit(undefined, (file, text) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, withJsEndings(text));
  });
  for (const diagnostic of diagnostics) fail(diagnostic);
}

function fail(diagnostic) {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
  await esbuild.build({ ...engineBundle, outfile: path.join(folder, 'engine.mjs') });
  writeEngineTypes(path.join(folder, 'engine'));
}
