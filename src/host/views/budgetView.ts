import * as vscode from 'vscode';
import type {
  BudgetApi,
  BudgetEvent,
  BudgetSnapshot,
  PromptDraft,
} from '../../protocol/budgetMessages.ts';
import { serve } from '../../protocol/connection.ts';
import type { Rooms } from '../rooms.ts';
import type { Session } from '../session.ts';
import { settingsSection } from '../settings.ts';
import { webviewHtml, webviewOptions, webviewPort } from './webviewHtml.ts';

export const budgetViewId = 'contextBudget.budget';
const draftKey = 'promptDraft';
const emptyDraft: PromptDraft = { text: '', outputTokens: 2000, turns: 1 };

/** What the view asks of the commands; given by `startContextBudget`, which knows them. */
export interface BudgetActions {
  weighDraft(draft: PromptDraft): ReturnType<BudgetApi['weighPrompt']>;
  copyPromptWithContext(draft: PromptDraft): Promise<void>;
  openInChat(draft: PromptDraft): Promise<void>;
}

export interface BudgetViewOptions {
  readonly session: Session;
  readonly rooms: Rooms;
  readonly extensionUri: vscode.Uri;
  readonly memory: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
  readonly actions: () => BudgetActions;
}

/** The Budget section: what it weighs, whether it fits, what it costs; and the prompt box. */
export class BudgetView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #options: BudgetViewOptions;
  readonly #subscriptions: vscode.Disposable[] = [];
  #view: vscode.WebviewView | undefined;
  #emit: ((event: BudgetEvent) => void) | undefined;
  #emitting: NodeJS.Timeout | undefined;
  #draft: PromptDraft;
  /** Whether the page listens; until then what it is told is lost. */
  #pageIsReady = false;
  #promptIsWanted = false;

  constructor(options: BudgetViewOptions) {
    this.#options = options;
    this.#draft = options.memory.get<PromptDraft>(draftKey, emptyDraft);
    this.#subscriptions.push(
      options.session.onDidChange(() => {
        this.#emitSoon();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#emitting);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** What stands in the prompt box. */
  get draft(): PromptDraft {
    return this.#draft;
  }

  /** The state that the view shows; also for tests. */
  async snapshot(): Promise<BudgetSnapshot> {
    const { session, rooms } = this.#options;
    const { weighSubject } = await rooms.weighing();
    const counted = session.report !== undefined;
    const { kind, files } = session.subject;
    return {
      ...weighSubject(counted ? files : undefined, session.settings),
      status: session.analysis.status,
      subject: kind,
      fileCount: files.length,
    };
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri, session } = this.#options;
    this.#view = view;
    view.webview.options = webviewOptions(extensionUri);
    const server = serve<BudgetApi>(webviewPort(view.webview), this.#api());
    this.#emit = (event) => {
      server.emit(event);
    };
    this.#pageIsReady = false;
    // A view that is hidden loses its page and begins with a new one.
    view.onDidChangeVisibility(() => {
      if (!view.visible) this.#pageIsReady = false;
    });
    view.onDidDispose(() => {
      server.dispose();
      this.#pageIsReady = false;
      this.#view = undefined;
      this.#emit = undefined;
    });
    view.webview.html = webviewHtml(view.webview, extensionUri, {
      script: 'budgetView.js',
      stylesheet: 'budgetView.css',
      title: vscode.l10n.t('Budget'),
    });
    session.analyzeOnOpen();
  }

  async focusPrompt(): Promise<void> {
    await vscode.commands.executeCommand(`${budgetViewId}.focus`);
    this.#view?.show(false);
    if (this.#pageIsReady) this.#emit?.({ type: 'focusPrompt' });
    else this.#promptIsWanted = true;
  }

  #api(): BudgetApi {
    const { session, memory, actions } = this.#options;
    const remember = async (draft: PromptDraft) => {
      this.#draft = draft;
      await memory.update(draftKey, draft);
    };
    return {
      ready: async () => {
        const snapshot = await this.snapshot();
        const promptIsWanted = this.#promptIsWanted;
        this.#promptIsWanted = false;
        this.#pageIsReady = true;
        // No strings for English: then each text stands for itself.
        return { strings: vscode.l10n.bundle ?? {}, draft: this.#draft, snapshot, promptIsWanted };
      },
      weighPrompt: async (draft) => {
        await remember(draft);
        return actions().weighDraft(draft);
      },
      analyze: () => session.analysis.analyze(),
      cancelAnalysis: () => {
        session.analysis.cancel();
        return Promise.resolve();
      },
      chooseModel: async () => {
        await vscode.commands.executeCommand('contextBudget.chooseModel');
      },
      openSettings: async (key) => {
        await vscode.commands.executeCommand(
          'workbench.action.openSettings',
          `${settingsSection}.${key}`,
        );
      },
      copyPromptWithContext: (draft) => actions().copyPromptWithContext(draft),
      openInChat: (draft) => actions().openInChat(draft),
    };
  }

  /** Changes come in bursts: one snapshot after each, none while nobody looks. */
  #emitSoon(): void {
    if (this.#emit === undefined || this.#emitting !== undefined) return;
    this.#emitting = setTimeout(() => {
      this.#emitting = undefined;
      this.snapshot().then(
        (snapshot) => this.#emit?.({ type: 'budgetChanged', snapshot }),
        (error: unknown) => {
          this.#options.log.error(error instanceof Error ? error : String(error));
        },
      );
    }, 50);
  }
}
