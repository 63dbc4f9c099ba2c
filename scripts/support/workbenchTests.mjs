// Runs each file of test/workbench in a process of its own; a file that fails runs once more from scratch.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot, secondsSince } from './processes.mjs';
import { runVitest } from './vitest.mjs';

const testFolder = path.join(projectRoot, 'test/workbench');
const failuresFolder = path.join(projectRoot, 'out/workbench-failures');

/** No file may take longer; its processes are ended then. */
const fileLimitSeconds = 420;

/**
 * @param {import('./browser.mjs').Browser} browser
 * @param {{ filters: readonly string[], nameFilter?: string, updateImages: boolean }} options
 */
export async function runWorkbenchTests(browser, { filters, nameFilter, updateImages }) {
  const files = readdirSync(testFolder)
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => filters.length === 0 || filters.some((part) => name.includes(part)))
    .sort();
  if (files.length === 0) {
    throw new Error(`test/workbench has no file for ${filters.join(', ') || '*.test.ts'}`);
  }
  rmSync(failuresFolder, { recursive: true, force: true });
  const env = {
    CONTEXT_BUDGET_BROWSER: JSON.stringify(browser),
    ...(updateImages ? { CONTEXT_BUDGET_UPDATE_IMAGES: '1' } : {}),
  };
  const sum = { passed: 0, failed: 0 };
  const repeated = [];
  for (const file of files) {
    const start = performance.now();
    // The first attempt stops at its first failure: it is repeated anyway.
    let outcome = await runFile(file, nameFilter, env, ['--bail=1']);
    if (outcome.failed > 0) {
      showEvidence(file);
      console.log(`${file} failed; once more from scratch`);
      outcome = await runFile(file, nameFilter, { ...env, CONTEXT_BUDGET_ATTEMPT: '2' }, []);
      if (outcome.failed > 0) showEvidence(file);
      else {
        console.log(`${file} passed at the second attempt`);
        repeated.push(file);
      }
    }
    console.log(
      `${file}: ${outcome.passed} passed, ${outcome.failed} failed, ${secondsSince(start)}`,
    );
    sum.passed += outcome.passed;
    sum.failed += outcome.failed;
  }
  return repeated.length === 0
    ? sum
    : { ...sum, note: `passed at the second attempt: ${repeated.join(', ')}` };
}

function runFile(file, nameFilter, env, args) {
  return runVitest({
    reportName: `workbench-${path.basename(file, '.test.ts')}`,
    args: ['--config', 'test/workbench/vitest.config.mjs', `test/workbench/${file}`, ...args],
    nameFilter,
    env,
    limitSeconds: fileLimitSeconds,
  });
}

/** Prints where the screenshots are, and the end of the logs that the failed file kept. */
function showEvidence(file) {
  const folder = path.join(failuresFolder, path.basename(file, '.test.ts'));
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    const kept = path.join(folder, name);
    console.log(`  kept ${path.relative(projectRoot, kept)}`);
    if (name.endsWith('.log')) {
      const lines = readFileSync(kept, 'utf8').trimEnd().split('\n');
      console.log(lines.slice(-25).join('\n').replace(/^/gm, '    '));
    }
  }
}
