// Checks every tsconfig of the project with TypeScript, two at a time, incrementally (out/types).
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
const { references } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
const projects = references.map((reference) => reference.path);

mkdirSync(path.join(root, 'out/types'), { recursive: true });

function checkProject(project) {
  const buildInfo = path.join(root, 'out/types', `${project.replaceAll('/', '-')}.tsbuildinfo`);
  return new Promise((resolve) => {
    const compiler = spawn(
      process.execPath,
      [tsc, '-p', path.join(root, project), '--tsBuildInfoFile', buildInfo, '--pretty', 'false'],
      { cwd: root, stdio: 'inherit' },
    );
    compiler.on('exit', (code) => resolve(code === 0));
  });
}

const missing = projects.filter((project) => !existsSync(path.join(root, project)));
if (missing.length > 0) {
  console.error(`tsconfig.json names folders that do not exist: ${missing.join(', ')}`);
  process.exit(1);
}

const queue = [...projects];
let failed = 0;
async function worker() {
  for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
    if (!(await checkProject(project))) failed++;
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
if (failed > 0) console.error(`types: ${failed} of ${projects.length} projects have errors`);
process.exitCode = failed === 0 ? 0 : 1;
