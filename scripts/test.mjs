// npm test: the unit tests, then the suite inside a real extension host, then the browser-driven run of the workbench.
//   npm test -- --skip-unit                              all but the unit tests
//   node scripts/test.mjs host [-g text]                 the host suite, or its tests whose name contains the text
//   node scripts/test.mjs workbench [file] [-t name]     the workbench files whose path contains `file`
//   ... --update-images                                  writes the screenshots of docs/images anew
// A part that can't run, or runs no test, fails with the reason. The last line sums up: "N passed, N failed".
import { parseArgs } from 'node:util';
import { installProject, installVsCode, whyNoNpmVsCode } from './support/install.mjs';
import { projectRoot, run, secondsSince } from './support/processes.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'skip-unit': { type: 'boolean', default: false },
    'update-images': { type: 'boolean', default: false },
    grep: { type: 'string', short: 'g' },
    testNamePattern: { type: 'string', short: 't' },
  },
});
const partNames = ['unit', 'host', 'workbench'];
const [only, ...filters] = positionals;
if (only !== undefined && !partNames.includes(only)) {
  console.error(`no such part: ${only} (there are ${partNames.join(', ')})`);
  process.exit(2);
}
const wanted = partNames.filter((name) =>
  only === undefined ? !(name === 'unit' && options['skip-unit']) : name === only,
);

/** @type {{ name: string, passed: number, failed: number, seconds: string, note?: string }[]} */
const results = [];

/** Runs one part; what it throws is its failure. */
async function runPart(name, action) {
  if (!wanted.includes(name)) return;
  console.log(`\n== ${name} tests`);
  const start = performance.now();
  let outcome;
  try {
    outcome = await action();
    if (outcome.passed + outcome.failed === 0) throw new Error('no test ran');
  } catch (error) {
    console.error(`${name} tests could not run: ${error.message}`);
    outcome = { passed: 0, failed: 1, note: 'could not run' };
  }
  results.push({ name, seconds: secondsSince(start), ...outcome });
}

const start = performance.now();
try {
  await installProject();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

await runPart('unit', async () => {
  const { runVitest } = await import('./support/vitest.mjs');
  return runVitest({ reportName: 'unit', args: filters, nameFilter: options.testNamePattern });
});

/** What the host and the workbench part share: a build, a VS Code and a browser, prepared once. */
let preparation;
function prepare() {
  preparation ??= (async () => {
    const reason = whyNoNpmVsCode();
    if (reason !== undefined) {
      throw new Error(
        `${reason}; npm run test:desktop runs the host suite in a downloaded VS Code`,
      );
    }
    await installVsCode();
    const { code } = await run(process.execPath, ['esbuild.config.mjs']);
    if (code !== 0) throw new Error(`the build failed (exit ${code})`);
    const { findBrowser } = await import('./support/browser.mjs');
    const browser = await findBrowser();
    console.log(`browser: ${browser.name}`);
    return browser;
  })();
  return preparation;
}

await runPart('host', async () => {
  const browser = await prepare();
  const { buildHostSuite, runHostSuite } = await import('./support/hostSuite.mjs');
  if ((await buildHostSuite()) === 0) throw new Error('test/host has no *.test.ts');
  const attempt = () => runHostSuite(browser, { nameFilter: options.grep });
  let first;
  try {
    first = await attempt();
    if (first.failed === 0) return first;
  } catch (error) {
    console.log(error.message);
  }
  console.log('the host suite failed; once more from scratch');
  const second = await attempt();
  return second.failed > 0 ? second : { ...second, note: 'passed at the second attempt' };
});

await runPart('workbench', async () => {
  const browser = await prepare();
  const { runWorkbenchTests } = await import('./support/workbenchTests.mjs');
  return runWorkbenchTests(browser, {
    filters: only === 'workbench' ? filters : [],
    nameFilter: options.testNamePattern,
    updateImages: options['update-images'],
  });
});

console.log(`\n== summary (${projectRoot}, ${secondsSince(start)} in all)`);
for (const { name, passed, failed, seconds, note } of results) {
  console.log(
    `${name}: ${passed} passed, ${failed} failed, ${seconds}${note === undefined ? '' : ` (${note})`}`,
  );
}
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') === 0 ? 0 : 1);
