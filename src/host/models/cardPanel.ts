import * as vscode from 'vscode';
import { escapedHtml, panelIcon, staticHtml, webviewOptions } from '../views/webviewHtml.ts';
import { modelCardText } from './modelCards.ts';
import type { ModelsOptions } from './openModels.ts';

const cardViewType = 'contextBudget.modelCard';
const demoPrefix = 'contextBudget.demo.';

/** Which card: a model's id or a shape's, and what its tab is called. */
export interface ShownCard {
  readonly id: string;
  readonly name: string;
}

/**
 * The page of a model's card: Markdown by VS Code's own renderer, without scripts, in which only the demos that the card names can
 * be run. (VS Code's Markdown preview runs no command that a text names.) Written anew when the set, the settings or the prices
 * change.
 */
export class CardPanel implements vscode.Disposable {
  readonly #options: ModelsOptions;
  readonly #changes: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;
  #shown: ShownCard | undefined;
  /** The latest writing of the page: one that it overtook waits for it. */
  #latest: Promise<void> = Promise.resolve();

  constructor(options: ModelsOptions) {
    this.#options = options;
    this.#changes = options.session.onDidChange((change) => {
      if (change !== 'progress') this.#follow();
    });
  }

  /** What the page shows: its HTML, and the commands that it may run. */
  get page(): { readonly html: string; readonly commands: readonly string[] } | undefined {
    if (this.#panel === undefined) return undefined;
    const { html, options } = this.#panel.webview;
    const commands = options.enableCommandUris;
    return { html, commands: typeof commands === 'object' ? commands : [] };
  }

  dispose(): void {
    this.#changes.dispose();
    this.#panel?.dispose();
  }

  async show(card: ShownCard): Promise<void> {
    this.#shown = card;
    if (this.#panel === undefined) {
      const column = vscode.ViewColumn.Active;
      const panel = vscode.window.createWebviewPanel(cardViewType, card.name, column, {
        enableFindWidget: true,
      });
      panel.iconPath = panelIcon(this.#options.extensionUri);
      panel.onDidDispose(() => {
        this.#panel = undefined;
      });
      this.#panel = panel;
    } else this.#panel.reveal();
    await this.#write();
  }

  /** A model may have been forgotten meanwhile: then its page says so. */
  #follow(): void {
    const own = this.#write();
    own.catch((error: unknown) => {
      const [panel, card] = [this.#panel, this.#shown];
      if (this.#latest !== own || panel === undefined || card === undefined) return;
      const message = error instanceof Error ? error.message : String(error);
      panel.webview.html = staticHtml(panel.webview, this.#options.extensionUri, {
        stylesheet: 'cardView.css',
        title: card.name,
        body: `<p>${escapedHtml(message)}</p>`,
      });
    });
  }

  #write(): Promise<void> {
    const own: Promise<void> = this.#writeUnlessOvertaken(() => this.#latest !== own);
    this.#latest = own;
    return own;
  }

  async #writeUnlessOvertaken(isOvertaken: () => boolean): Promise<void> {
    const [panel, card] = [this.#panel, this.#shown];
    if (panel === undefined || card === undefined) return;
    const { extensionUri } = this.#options;
    const commands = new Set<string>();
    const text = await modelCardText(this.#options, card.id, (demoId) => {
      commands.add(`${demoPrefix}${demoId}`);
      return `command:${demoPrefix}${demoId}`;
    });
    const body = await vscode.commands.executeCommand<string>('markdown.api.render', text);
    if (this.#panel !== panel) return;
    if (isOvertaken()) {
      await this.#latest;
      return;
    }
    panel.title = card.name;
    panel.webview.options = {
      ...webviewOptions(extensionUri),
      enableScripts: false,
      enableCommandUris: [...commands],
    };
    panel.webview.html = staticHtml(panel.webview, extensionUri, {
      stylesheet: 'cardView.css',
      title: card.name,
      body,
    });
  }
}
