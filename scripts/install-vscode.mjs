// npm run install:vscode: installs the VS Code that npm ships, for the tests and for npm start. Does nothing when it is there.
import { installProject, installVsCode } from './support/install.mjs';

await installProject();
await installVsCode();
