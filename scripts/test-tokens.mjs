// The tests of token counting in full: over 2,500 real files, 100,000 generated texts, a megabyte and ten of each torture;
// then every other family against its maker's tokenizer (scripts/vocabularies/compare.mjs, whose packages it installs).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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

const vocabularies = path.join(root, 'scripts/vocabularies');
const run = (command, args, cwd) =>
  spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' }).status;
if (!existsSync(path.join(vocabularies, 'node_modules/@anush008/tokenizers'))) {
  run('npm', ['ci', '--ignore-scripts'], vocabularies);
}
if (run(process.execPath, [path.join(vocabularies, 'compare.mjs')], root) !== 0)
  process.exitCode = 1;
