import * as vscode from 'vscode';
import { toggleBadges } from './badges.ts';
import { analyzeWorkspace } from './commands/analyzeWorkspace.ts';
import { chooseModel, useModel } from './commands/chooseModel.ts';
import { countTokens } from './commands/countTokens.ts';
import { excludeRows, includeRows, openRow, revealRow } from './commands/fileRows.ts';
import { modelCommands } from './commands/modelCommands.ts';
import { copyPromptWithContext, openInChat } from './commands/promptActions.ts';
import { addOpenEditors, addToSet, clearSet, removeFromSet } from './commands/setCommands.ts';
import { useTokenizerFile } from './commands/useTokenizerFile.ts';
import { dashboardCommands } from './dashboard/dashboardCommands.ts';
import { labCommands } from './lab/labCommands.ts';
import type { Parts } from './parts.ts';
import { settingsSection } from './settings.ts';
import type { WindowStrategy } from './windowEnds.ts';
import { planCommands } from './plans/planCommands.ts';
import type { FilesRow } from './views/filesTree.ts';
import type { ModelsRow } from './views/modelsTree.ts';

/** Every command of the manifest: id after `contextBudget.` -> what it does. */
function commandTable(
  parts: Parts,
  demoIds: readonly string[],
): Readonly<Record<string, (...args: never[]) => unknown>> {
  const { session } = parts;
  return {
    ...labCommands(parts.rooms, demoIds),
    ...dashboardCommands(parts.rooms),
    ...planCommands(parts.rooms),
    ...modelCommands(parts.rooms),
    analyze: () => analyzeWorkspace(parts),
    cancelAnalysis: () => {
      session.analysis.cancel();
    },
    chooseModel: () => chooseModel(parts),
    useModel: (row: ModelsRow) => useModel(row),
    useTokenizerFile: (modelId?: string, file?: vscode.Uri, split?: string) =>
      useTokenizerFile(parts, modelId, file, split),
    countTokens: (target?: vscode.Uri | FilesRow, all?: (vscode.Uri | FilesRow)[]) =>
      countTokens(parts, target, all),
    addToSet: (target?: vscode.Uri | FilesRow, all?: (vscode.Uri | FilesRow)[]) =>
      addToSet(parts, target, all),
    removeFromSet: (target?: vscode.Uri | FilesRow, all?: (vscode.Uri | FilesRow)[]) =>
      removeFromSet(parts, target, all),
    addOpenEditors: () => addOpenEditors(parts),
    clearSet: () => clearSet(parts),
    copyPromptWithContext: () => copyPromptWithContext(parts),
    openInChat: () => openInChat(parts),
    focusPrompt: () => parts.budgetView.focusPrompt(),
    exclude: (row?: FilesRow, all?: FilesRow[]) => excludeRows(parts, row, all),
    include: (row?: FilesRow, all?: FilesRow[]) => includeRows(parts, row, all),
    openFile: (row: FilesRow) => openRow(parts, row),
    revealInExplorer: (row: FilesRow) => revealRow(parts, row),
    toggleBadges: () => toggleBadges(session),
    countExactly: async (target?: vscode.Uri, all?: vscode.Uri[]) =>
      (await parts.rooms.exactCount()).countExactly(target, all),
    setCountKey: async () => (await parts.rooms.exactCount()).setKey(),
    removeCountKey: async () => (await parts.rooms.exactCount()).removeKey(),
    forgetExactCounts: async () => (await parts.rooms.exactCount()).forget(),
    showTokenBoundaries: () => parts.boundaries.toggle(),
    showWindowEnds: (strategy?: WindowStrategy) => parts.windowEnds.toggle(strategy),
    hideMarks: () => {
      parts.marks.hideAll();
    },
    openSettings: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', `${settingsSection}.`),
    showLog: () => {
      parts.log.show();
    },
  };
}

export function registerCommands(parts: Parts, demoIds: readonly string[]): vscode.Disposable {
  const commands = Object.entries(commandTable(parts, demoIds)).map(([name, run]) =>
    vscode.commands.registerCommand(`contextBudget.${name}`, async (...args: never[]) => {
      try {
        return await run(...args);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        parts.log.error(error instanceof Error ? error : message);
        void vscode.window.showErrorMessage(message);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...commands);
}
