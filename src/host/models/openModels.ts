import type * as vscode from 'vscode';
import type { OwnModels } from '../ownModels.ts';
import type { Session } from '../session.ts';
import type { Weighing } from '../weighing.ts';
import { forgetImported } from './forgetImported.ts';
import { importFile } from './importFile.ts';
import { importServerModels } from './importServerModels.ts';
import { importShape } from './importShape.ts';
import { CardPanel } from './cardPanel.ts';
import { modelCardText, showModelCard } from './modelCards.ts';
import { refreshCatalogPrices } from './refreshCatalogPrices.ts';

export interface ModelsOptions {
  readonly own: OwnModels;
  readonly session: Session;
  readonly weighing: () => Promise<Weighing>;
  readonly extensionUri: vscode.Uri;
}

export interface Models {
  /** From a config.json or the header of a GGUF file; asks for the file unless given. */
  importShape(file?: vscode.Uri): Promise<void>;
  importServerModels(): Promise<void>;
  /** Prices or models of a JSON file. */
  importFile(file?: vscode.Uri): Promise<void>;
  refreshPrices(): Promise<void>;
  forgetImported(): Promise<void>;
  /** Of the chosen model unless another is named, or a shape by its id. */
  showCard(modelId?: string): Promise<void>;
  cardText(modelId: string): Promise<string>;
  /** The page that shows a card; for tests. */
  readonly cardPanel: CardPanel;
}

export function openModels(options: ModelsOptions): Models {
  const cardPanel = new CardPanel(options);
  return {
    cardPanel,
    importShape: (file) => importShape(options, file),
    importServerModels: () => importServerModels(options),
    importFile: (file) => importFile(options, file),
    refreshPrices: () => refreshCatalogPrices(options),
    forgetImported: () => forgetImported(options),
    showCard: (modelId) => showModelCard(options, cardPanel, modelId),
    cardText: (modelId) => modelCardText(options, modelId),
  };
}
