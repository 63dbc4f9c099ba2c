/**
 * The components of VS Code's look that the page is made of. What they lack is made here: tabs that follow a right-to-left
 * language and Home and End (tabList.ts), tables of numbers (numbersTable.ts), sliders.
 */
import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
