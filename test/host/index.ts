// Runs inside VS Code's extension host, as `extensionTestsPath`: loads every *.test.cjs beside it and runs them with Mocha.
// What happens goes line by line into a file that the caller follows: the extension host's console is not a reliable way out.
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/** What the caller tells through the environment; see scripts/support/hostSuite.mjs. */
const progressFile = process.env['CONTEXT_BUDGET_TEST_PROGRESS'];
const resultFile = process.env['CONTEXT_BUDGET_TEST_RESULT'];
const nameFilter = process.env['CONTEXT_BUDGET_TEST_GREP'];

function report(line: string): void {
  if (progressFile === undefined) console.log(line);
  else appendFileSync(progressFile, `${line}\n`);
}

function writeResult(passed: number, failed: number): void {
  if (resultFile !== undefined) writeFileSync(resultFile, JSON.stringify({ passed, failed }));
}

function describeError(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.replace(/^/gm, '      ');
}

/** Called by VS Code; rejecting makes it exit with an error. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: class {} as never });
  if (nameFilter !== undefined && nameFilter !== '') mocha.fgrep(nameFilter);
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.test.cjs'));
  for (const name of files.sort()) mocha.addFile(path.join(__dirname, name));

  let passed = 0;
  let failed = 0;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('suite', (suite) => {
      if (suite.title !== '') report(`  ${suite.title}`);
    });
    runner.on('pass', (test) => {
      passed++;
      report(`    ✓ ${test.title} (${test.duration ?? 0} ms)`);
    });
    runner.on('fail', (test, error: unknown) => {
      failed++;
      report(`    ✗ ${test.fullTitle()}\n${describeError(error)}`);
    });
    // A skipped test is a test that did not run: say so, as a failure.
    runner.on('pending', (test) => {
      failed++;
      report(`    ✗ ${test.fullTitle()}\n      was skipped`);
    });
  });
  writeResult(passed, failed);
  if (failed > 0) throw new Error(`${failed} of ${passed + failed} host tests failed`);
}
