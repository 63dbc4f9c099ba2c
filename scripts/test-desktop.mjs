// npm run test:desktop: the host suite in a desktop VS Code that @vscode/test-electron downloads (needs Microsoft's update server and a display).
import { runTests } from '@vscode/test-electron';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  buildHostSuite,
  copyHostWorkspace,
  fakeModelsFolder,
  hostSuiteChannel,
  hostTestsFile,
} from './support/hostSuite.mjs';
import { projectRoot, run } from './support/processes.mjs';
import { removeFolder } from './support/vscodeServer.mjs';

const { values: options } = parseArgs({ options: { grep: { type: 'string', short: 'g' } } });
const { code } = await run(process.execPath, ['esbuild.config.mjs']);
if (code !== 0) process.exit(code);
await buildHostSuite();
const dataFolder = mkdtempSync(path.join(tmpdir(), 'context-budget-desktop-'));
const channel = hostSuiteChannel(dataFolder, options.grep);
const follow = setInterval(() => channel.showProgress(), 200);
let fault;
try {
  await runTests({
    extensionDevelopmentPath: [projectRoot, fakeModelsFolder],
    extensionTestsPath: hostTestsFile,
    extensionTestsEnv: channel.env,
    launchArgs: [
      copyHostWorkspace(path.join(dataFolder, 'workspace')),
      '--disable-extensions',
      '--disable-workspace-trust',
    ],
  });
} catch (error) {
  fault = error;
}
clearInterval(follow);
channel.showProgress();
const result = channel.readResult();
removeFolder(dataFolder);
if (result === undefined) {
  console.error(
    `the host suite could not run in a desktop VS Code: ${fault?.message ?? 'no result'}`,
  );
  console.error('`npm test` runs the same suite in the VS Code that npm ships.');
}
const { passed, failed } = result ?? { passed: 0, failed: 1 };
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
