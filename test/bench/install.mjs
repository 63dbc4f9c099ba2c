// Installs the peers of the benchmarks into test/bench/node_modules, once.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));

export function installPeers() {
  if (existsSync(path.join(folder, 'node_modules/.package-lock.json'))) return;
  console.error('Installing the peers to measure against (test/bench) ...');
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
