// Writes the lab's commands into package.json and package.nls.json, one for each demo of src/lab/demos.ts.
import * as esbuild from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';

const bundle = await esbuild.build({
  entryPoints: ['src/lab/demos.ts'],
  bundle: true,
  format: 'esm',
  write: false,
  logLevel: 'error',
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { demos } = await import(`data:text/javascript;base64,${code}`);

const isDemo = (key) => /^(contextBudget|command)\.demo\./.test(key);
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
/** The list with the demos' entries where the first of them stood, so that others can add theirs after them. */
function replaced(list, isOne, entries) {
  const first = list.findIndex(isOne);
  const kept = list.filter((one) => !isOne(one));
  kept.splice(first < 0 ? kept.length : first, 0, ...entries);
  return kept;
}

const commands = demos.map(({ id }) => ({
  command: `contextBudget.demo.${id}`,
  title: `%command.demo.${id}%`,
  category: 'Context Budget',
}));
const { contributes } = manifest;
contributes.commands = replaced(contributes.commands, ({ command }) => isDemo(command), commands);
writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`);

const texts = JSON.parse(readFileSync('package.nls.json', 'utf8'));
const titles = demos.map(({ id, title }) => [`command.demo.${id}`, `Demo: ${title}`]);
const all = replaced(Object.entries(texts), ([key]) => isDemo(key), titles);
writeFileSync('package.nls.json', `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
