import * as vscode from 'vscode';
import type { RememberedDashboard } from '../../protocol/dashboardMessages.ts';
import type { DashboardApi, DashboardEvent } from '../../protocol/dashboardMessages.ts';
import type { OwnModel } from '../../core/catalog/ownModels.ts';
import { serve } from '../../protocol/connection.ts';
import type { Counting } from '../counting.ts';
import type { Plans } from '../plans.ts';
import type { Session, SessionChange } from '../session.ts';
import { settingsSection, writeSetting } from '../settings.ts';
import { panelIcon, webviewHtml, webviewOptions, webviewPort } from '../views/webviewHtml.ts';
import type { Weighing } from '../weighing.ts';
import { countTextFrom } from './countedText.ts';
import { saveFile } from '../saveFile.ts';
import { dashboardViewType } from './dashboardCommands.ts';
import { SnapshotMaker } from './snapshotMaker.ts';

const rememberedKey = 'dashboard';

export interface DashboardOptions {
  readonly session: Session;
  readonly weighing: () => Promise<Weighing>;
  readonly counting: () => Promise<Counting>;
  readonly ownModels: () => readonly OwnModel[];
  readonly plans: () => Promise<Plans>;
  readonly extensionUri: vscode.Uri;
  readonly memory: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
}

/** The dashboard: at most one panel. */
export interface Dashboard {
  /** Shows the panel; a state string is taken over. */
  show(stateText?: string): void;
  /** Takes over a panel that VS Code brings back after a reload. */
  restore(panel: vscode.WebviewPanel): void;
  /** What the page is served; also for tests. */
  readonly api: DashboardApi;
  dispose(): void;
}

export function openDashboard(options: DashboardOptions): Dashboard {
  const { session, extensionUri, memory, log, plans } = options;
  const maker = new SnapshotMaker(options);
  let panel: vscode.WebviewPanel | undefined;
  let emit: ((event: DashboardEvent) => void) | undefined;
  /** A state that the page takes over once it listens. */
  let importing: string | undefined;
  let pageIsReady = false;
  // The panel has the focus when it asks for the selection: that of the editor that was active before is meant.
  let editor = vscode.window.activeTextEditor;
  let timer: NodeJS.Timeout | undefined;

  /** Changes come in bursts: each burst is sent once, and nothing while nobody looks. */
  const emitSoon = (change: SessionChange) => {
    if (emit === undefined) return;
    if (change === 'content') maker.forget();
    timer ??= setTimeout(() => {
      timer = undefined;
      maker.changes().then(
        (events) => {
          for (const event of events) emit?.(event);
        },
        (error: unknown) => {
          log.error(error instanceof Error ? error : String(error));
        },
      );
    }, 50);
  };
  const subscriptions = [
    session.onDidChange(emitSoon),
    vscode.window.onDidChangeActiveTextEditor((active) => {
      if (active !== undefined) editor = active;
    }),
  ];

  const api: DashboardApi = {
    ready: async () => {
      const snapshot = await maker.whole();
      const state = importing;
      importing = undefined;
      pageIsReady = true;
      if (state !== undefined) setTimeout(() => emit?.({ type: 'state', text: state }), 0);
      return {
        strings: vscode.l10n.bundle ?? {},
        remembered: memory.get<unknown>(rememberedKey),
        snapshot,
      };
    },
    remember: async (remembered: RememberedDashboard) => {
      await memory.update(rememberedKey, remembered);
    },
    analyze: () => session.analysis.analyze(),
    cancelAnalysis: () => {
      session.analysis.cancel();
      return Promise.resolve();
    },
    setChecked: (changes) => session.setChecked(changes),
    clearSet: () => session.clearSet(),
    openFile: async (path) => {
      const uri = session.uriOf(path);
      if (uri === undefined) {
        throw new Error(vscode.l10n.t('{0} is in no folder of this workspace', path));
      }
      await vscode.commands.executeCommand('vscode.open', uri, {
        viewColumn: vscode.ViewColumn.Beside,
        preview: true,
      } satisfies vscode.TextDocumentShowOptions);
    },
    countText: async (source) => countTextFrom(source, editor, await options.counting()),
    useModel: (modelId) => writeSetting('model', modelId),
    openSettings: async (key) => {
      await vscode.commands.executeCommand(
        'workbench.action.openSettings',
        `${settingsSection}.${key}`,
      );
    },
    openDemo: async (demoId) => {
      await vscode.commands.executeCommand('contextBudget.openLab', { demoId });
    },
    save: saveFile,
    copy: async (text) => {
      await vscode.env.clipboard.writeText(text);
    },
    paste: async () => vscode.env.clipboard.readText(),
    planStrategies: async (...args) => (await plans()).api.planStrategies(...args),
    madePlans: async () => (await plans()).api.madePlans(),
    cancelPlans: async () => (await plans()).api.cancelPlans(),
    planRequests: async (...args) => (await plans()).api.planRequests(...args),
    showRequest: async (...args) => (await plans()).api.showRequest(...args),
    openPart: async (...args) => (await plans()).api.openPart(...args),
    copyRequest: async (...args) => (await plans()).api.copyRequest(...args),
    sendRequestToChat: async (...args) => (await plans()).api.sendRequestToChat(...args),
    savePlan: async (...args) => (await plans()).api.savePlan(...args),
    leaveOutCut: async (...args) => (await plans()).api.leaveOutCut(...args),
    measureRecall: async (...args) => (await plans()).api.measureRecall(...args),
  };

  const attach = (shown: vscode.WebviewPanel) => {
    panel = shown;
    pageIsReady = false;
    shown.iconPath = panelIcon(extensionUri);
    shown.webview.options = webviewOptions(extensionUri);
    const server = serve<DashboardApi>(webviewPort(shown.webview), api);
    emit = (event) => {
      server.emit(event);
    };
    // A panel that is hidden loses its page and begins with a new one.
    shown.onDidChangeViewState(() => {
      if (!shown.visible) pageIsReady = false;
    });
    shown.onDidDispose(() => {
      server.dispose();
      if (panel !== shown) return;
      panel = undefined;
      emit = undefined;
      pageIsReady = false;
    });
    shown.webview.html = webviewHtml(shown.webview, extensionUri, {
      script: 'dashboardView.js',
      stylesheet: 'dashboardView.css',
      title: vscode.l10n.t('Context dashboard'),
      charts: true,
    });
    session.analyzeOnOpen();
  };
  return {
    api,
    restore: attach,
    show: (stateText) => {
      if (stateText !== undefined) {
        if (pageIsReady) emit?.({ type: 'state', text: stateText });
        else importing = stateText;
      }
      if (panel === undefined) {
        attach(
          vscode.window.createWebviewPanel(
            dashboardViewType,
            vscode.l10n.t('Context dashboard'),
            vscode.ViewColumn.Active,
          ),
        );
        return;
      }
      panel.reveal();
    },
    dispose: () => {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
      panel?.dispose();
    },
  };
}
