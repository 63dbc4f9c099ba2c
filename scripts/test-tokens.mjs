// The tests of token counting in full: over 2,500 real files, 100,000 generated texts, a megabyte and ten of each torture.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
// Tens of thousands of runs take minutes, more on a busy machine.
const args = [vitest, 'run', 'test/core/tokens', '--testTimeout=3600000'];
const { status } = spawnSync(process.execPath, args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TOKENS_TEST: 'full' },
});
process.exitCode = status ?? 1;
