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
const others = manifest.contributes.commands.filter(({ command }) => !isDemo(command));
manifest.contributes.commands = [
  ...others,
  ...demos.map(({ id }) => ({
    command: `contextBudget.demo.${id}`,
    title: `%command.demo.${id}%`,
    category: 'Context Budget',
  })),
];
writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`);

const texts = JSON.parse(readFileSync('package.nls.json', 'utf8'));
const kept = Object.entries(texts).filter(([key]) => !isDemo(key));
const titles = demos.map(({ id, title }) => [`command.demo.${id}`, `Demo: ${title}`]);
writeFileSync(
  'package.nls.json',
  `${JSON.stringify(Object.fromEntries([...kept, ...titles]), null, 2)}\n`,
);
