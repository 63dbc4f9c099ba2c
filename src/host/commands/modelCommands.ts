import type * as vscode from 'vscode';
import type { Rooms } from '../rooms.ts';
import type { ModelsRow } from '../views/modelsTree.ts';

/** Importing models and prices, and cards; loaded when first used. */
export function modelCommands(
  rooms: Rooms,
): Readonly<Record<string, (...args: never[]) => unknown>> {
  return {
    importModel: async (file?: vscode.Uri) => (await rooms.models()).importShape(file),
    importServerModels: async () => (await rooms.models()).importServerModels(),
    importPrices: async (file?: vscode.Uri) => (await rooms.models()).importFile(file),
    refreshPrices: async () => (await rooms.models()).refreshPrices(),
    forgetImported: async () => (await rooms.models()).forgetImported(),
    showModelCard: async (target?: ModelsRow | string) => {
      const row =
        typeof target === 'object' && target.type === 'model' ? target.model.id : undefined;
      await (await rooms.models()).showCard(typeof target === 'string' ? target : row);
    },
  };
}
