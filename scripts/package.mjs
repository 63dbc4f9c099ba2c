// npm run package: builds and packs the extension, then lists what is in the .vsix and how large it is.
//   node scripts/package.mjs [--out file.vsix] [--no-build]
import { createVSIX, listFiles } from '@vscode/vsce';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, run } from './support/processes.mjs';
import { removeFolder } from './support/vscodeServer.mjs';

const { values: options } = parseArgs({
  options: { out: { type: 'string' }, 'no-build': { type: 'boolean', default: false } },
});
const { name, version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
const packagePath = path.resolve(options.out ?? path.join(projectRoot, `${name}-${version}.vsix`));

if (!options['no-build']) {
  // The package holds all of dist: nothing of an earlier build may be left in it.
  removeFolder(path.join(projectRoot, 'dist'));
  const { code } = await run(process.execPath, ['esbuild.config.mjs']);
  if (code !== 0) process.exit(code);
}
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(12);
const files = await listFiles({ cwd: projectRoot, dependencies: false });
for (const file of files.sort()) {
  console.log(`${kilobytes(statSync(path.join(projectRoot, file)).size)}  ${file}`);
}
await createVSIX({
  cwd: projectRoot,
  packagePath,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
console.log(`${kilobytes(statSync(packagePath).size)}  ${packagePath} (${files.length} files)`);
