import * as vscode from 'vscode';
import type { LabApi, LabEvent, LabText, OpenDemo } from '../../lab/labMessages.ts';
import { LabThread } from '../../node/labThread.ts';
import { serve } from '../../protocol/connection.ts';
import { chooseFolder, saveFile, saveInFolder } from '../saveFile.ts';
import { panelIcon, webviewHtml, webviewOptions, webviewPort } from '../views/webviewHtml.ts';
import type { Marks } from '../marks.ts';
import { labViewType } from './labCommands.ts';
import { labText, type SourceText } from './labText.ts';
import { SeenMarks, type MarkedText } from './seenMarks.ts';

export interface LabOptions {
  readonly extensionUri: vscode.Uri;
  readonly encoding: () => Promise<string>;
  readonly marks: Marks;
  /** Tokens of what the Budget section weighs; undefined while nothing was counted. */
  readonly setTokens: () => number | undefined;
}

/** The attention lab: at most one panel. */
export interface Lab {
  show(demo: OpenDemo): Promise<void>;
  /** Takes over a panel that VS Code brings back after a reload. */
  restore(panel: vscode.WebviewPanel): void;
  /** The thread that runs the engine; for tests. */
  readonly thread: LabThread;
  dispose(): Promise<void>;
}

export function openLab({ extensionUri, encoding, marks, setTokens }: LabOptions): Lab {
  const workerUri = vscode.Uri.joinPath(extensionUri, 'dist', 'labWorker.js');
  const thread = new LabThread({ workerFile: workerUri.fsPath });
  let panel: vscode.WebviewPanel | undefined;
  let emit: ((event: LabEvent) => void) | undefined;
  /** What the page opens with, once it is there. */
  let opened: OpenDemo | undefined;
  let pageIsReady = false;
  let textTokens: readonly string[] = [];
  const thumbnails = new Map<string, ReturnType<LabApi['thumbnail']>>();
  let marked: MarkedText | undefined;
  let folder: vscode.Uri | undefined;
  /** The text that was active when a demo was asked for: once the panel is shown it is the active one. */
  let asked: Promise<SourceText> | undefined;
  // The panel has the focus while a demo runs: the text is the editor's that was active before.
  let editor = vscode.window.activeTextEditor;
  const editors = vscode.window.onDidChangeActiveTextEditor((active) => {
    if (active !== undefined) editor = active;
  });

  const seen = new SeenMarks({
    marks,
    visibility: (request) => thread.call('visibility', request),
    onHidden: () => emit?.({ type: 'marksHidden' }),
  });

  const takeText = async (): Promise<LabText> => {
    const taken = asked ?? labText(editor);
    asked = undefined;
    const source = await taken;
    const name = await encoding();
    const { tokens, unitEnds, cut } = await thread.call('tokens', source.text, name);
    const { place } = source;
    marked =
      place === undefined || unitEnds === undefined ? undefined : { ...place, tokens, unitEnds };
    const set = setTokens();
    textTokens = tokens;
    thumbnails.clear();
    return {
      name: source.name,
      numTokens: tokens.length,
      encoding: name,
      cut: cut || source.cut,
      ...(set === undefined ? {} : { setTokens: set }),
    };
  };
  const api: LabApi = {
    ready: async () => {
      const [demos, text] = [await thread.call('demos'), await takeText()];
      const first = opened;
      opened = undefined;
      pageIsReady = true;
      const strings = vscode.l10n.bundle ?? {};
      const link = first === undefined ? {} : { opened: first };
      return { strings, demos, text, isMarking: seen.isShown, ...link };
    },
    frame: ({ numTokens, ...request }) => {
      const set = setTokens();
      const tokens = textTokens.slice(0, numTokens);
      return thread.call('frame', {
        ...request,
        tokens,
        ...(set === undefined ? {} : { setTokens: set }),
      });
    },
    wall: (numTokens) => thread.call('wall', textTokens.slice(0, numTokens)),
    thumbnail: (demoId) => {
      const known = thumbnails.get(demoId);
      if (known !== undefined) return known;
      const drawn = thread.call('thumbnail', demoId, textTokens);
      thumbnails.set(demoId, drawn);
      // A thread that ended is no answer to keep.
      drawn.catch(() => thumbnails.delete(demoId));
      return drawn;
    },
    mark: (request) => seen.show(marked, request),
    lessons: () => thread.call('lessons'),
    checkAnswer: (request) => thread.call('checkAnswer', request),
    gradeQuiz: (chosen) => thread.call('gradeQuiz', chosen),
    takeText,
    openCard: async (modelId) => {
      await vscode.commands.executeCommand('contextBudget.showModelCard', modelId);
    },
    save: saveFile,
    chooseFolder: async () => {
      folder = await chooseFolder();
      return folder !== undefined;
    },
    saveInFolder: async (fileName, content) => {
      if (folder === undefined) throw new Error(vscode.l10n.t('No folder was chosen.'));
      await saveInFolder(folder, fileName, content);
    },
  };
  /** The thread begins while the page is still on its way. What goes wrong here is said where it is asked for. */
  const prepare = async (shown: vscode.WebviewPanel, demoId: string | undefined) => {
    try {
      const name = await encoding();
      if (panel === shown) await thread.call('prepare', name, demoId);
    } catch {
      // As above.
    }
  };
  const attach = (shown: vscode.WebviewPanel) => {
    panel = shown;
    pageIsReady = false;
    void prepare(shown, opened?.demoId);
    shown.iconPath = panelIcon(extensionUri);
    shown.webview.options = webviewOptions(extensionUri);
    const server = serve<LabApi>(webviewPort(shown.webview), api);
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
      seen.dispose();
      panel = undefined;
      emit = undefined;
      pageIsReady = false;
      void thread.stop();
    });
    shown.webview.html = webviewHtml(shown.webview, extensionUri, {
      script: 'labView.js',
      stylesheet: 'labView.css',
      title: vscode.l10n.t('Attention lab'),
      charts: true,
    });
  };
  return {
    thread,
    restore: attach,
    show: async (demo) => {
      // Asked for from an editor, or from a file that is none: its text is meant, not the last one's.
      const fromFile = !(panel?.active ?? false);
      if (fromFile) asked = labText(editor);
      if (panel === undefined) {
        opened = demo;
        attach(
          vscode.window.createWebviewPanel(
            labViewType,
            vscode.l10n.t('Attention lab'),
            vscode.ViewColumn.Active,
          ),
        );
        return;
      }
      if (!pageIsReady) opened = demo;
      else {
        const taken = fromFile ? { text: await takeText() } : {};
        emit?.({ type: 'open', demo, ...taken });
      }
      panel.reveal();
    },
    dispose: async () => {
      editors.dispose();
      seen.dispose();
      panel?.dispose();
      await thread.stop();
    },
  };
}
