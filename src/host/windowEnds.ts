import * as vscode from 'vscode';
import { formatCount } from '../core/format/numbers.ts';
import type { TextLimit } from '../core/weigh/textLimit.ts';
import { tokenOffsets } from '../core/tokens/tokenOffsets.ts';
import type { LocalCounter } from '../node/localCounter.ts';
import type { Parts } from './parts.ts';

const marksName = 'windowEnds';
const updateDelayMs = 300;
/** A file of many windows is marked so often; nobody looks at more. */
const maxMarks = 500;
/** The host does other things between parts of a long count. */
const sliceMs = 8;

export type WindowStrategy = 'full' | 'windows';

/** One mark: the text up to here is what the window holds. */
export interface WindowEnd {
  readonly unit: number;
  readonly text: string;
}

type MarkParts = Pick<Parts, 'session' | 'rooms' | 'marks' | 'log'>;

/**
 * Marks in the gutter where the chosen model's window ends, were the active file sent from its start: once for the whole
 * file in one call, or again and again for windows one after the other. Follows the editor, its edits and the model.
 */
export class WindowEnds implements vscode.Disposable {
  readonly #parts: MarkParts;
  readonly #icon: vscode.Uri;
  #decoration: vscode.TextEditorDecorationType | undefined;
  #listeners: readonly vscode.Disposable[] = [];
  #strategy: WindowStrategy = 'full';
  #timer: NodeJS.Timeout | undefined;
  #run = 0;
  #marked: readonly WindowEnd[] = [];

  constructor(parts: MarkParts, extensionUri: vscode.Uri) {
    this.#parts = parts;
    this.#icon = vscode.Uri.joinPath(extensionUri, 'media', 'windowEnd.svg');
  }

  /** What is marked in the active editor. */
  get marked(): readonly WindowEnd[] {
    return this.#marked;
  }

  dispose(): void {
    this.#parts.marks.hide(marksName);
  }

  /** @param strategy asked for when left out */
  async toggle(strategy?: WindowStrategy): Promise<void> {
    if (this.#parts.marks.isShown(marksName)) {
      this.#parts.marks.hide(marksName);
      return;
    }
    if (vscode.window.activeTextEditor === undefined) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Open a file in an editor to see where the window ends.'),
      );
      return;
    }
    const chosen = strategy ?? (await pickStrategy());
    if (chosen === undefined) return;
    this.#strategy = chosen;
    this.#show();
    const told = await this.#update();
    if (told !== undefined) void vscode.window.showInformationMessage(told);
  }

  #show(): void {
    this.#parts.marks.show(marksName, () => {
      this.#begin();
      return () => {
        this.#hide();
      };
    });
  }

  #begin(): void {
    const colour = new vscode.ThemeColor('editorWarning.foreground');
    this.#decoration = vscode.window.createTextEditorDecorationType({
      gutterIconPath: this.#icon,
      gutterIconSize: 'contain',
      overviewRulerColor: colour,
      overviewRulerLane: vscode.OverviewRulerLane.Full,
      isWholeLine: true,
      borderColor: colour,
      borderStyle: 'solid',
      borderWidth: '0 0 1px 0',
    });
    const later = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#update(), updateDelayMs);
    };
    this.#listeners = [
      vscode.window.onDidChangeActiveTextEditor(later),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const active = vscode.window.activeTextEditor?.document;
        if (document === active && contentChanges.length > 0) later();
      }),
      this.#parts.session.onDidChange((change) => {
        if (change === 'content') later();
      }),
    ];
  }

  #hide(): void {
    clearTimeout(this.#timer);
    this.#run++;
    for (const listener of this.#listeners) listener.dispose();
    this.#listeners = [];
    this.#decoration?.dispose();
    this.#decoration = undefined;
    this.#marked = [];
  }

  /** What to say of the file where there is nothing to mark. */
  async #update(): Promise<string | undefined> {
    const run = ++this.#run;
    const isStale = () => run !== this.#run;
    const { session, rooms, log } = this.#parts;
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) {
      this.#marked = [];
      return undefined;
    }
    try {
      const weighing = await rooms.weighing();
      const limit = weighing.textLimit(session.settings);
      if (limit === undefined) {
        this.#parts.marks.hide(marksName);
        return vscode.l10n.t('The window of {0} is not known.', session.settings.modelId);
      }
      const counter = await (await rooms.counting()).local(weighing.encodingOf(session.settings));
      if (isStale()) return undefined;
      const text = editor.document.getText();
      const ends = await findEnds(text, counter, limit, this.#strategy, isStale);
      if (ends === undefined || isStale() || this.#decoration === undefined) return undefined;
      this.#marked = ends;
      editor.setDecorations(
        this.#decoration,
        ends.map((end) => lineMark(editor.document, end)),
      );
      return ends.length > 0
        ? undefined
        : vscode.l10n.t(
            'All of {0} fits: the window of {1} takes {2} tokens of text.',
            fileName(editor.document),
            limit.modelName,
            formatCount(limit.lowTokens),
          );
    } catch (error) {
      this.#parts.marks.hide(marksName);
      const message = error instanceof Error ? error.message : String(error);
      log.error(message);
      void vscode.window.showErrorMessage(message);
      return undefined;
    }
  }
}

/** Undefined when another search has begun meanwhile. */
async function findEnds(
  text: string,
  counter: LocalCounter,
  { modelName, lowTokens, highTokens }: TextLimit,
  strategy: WindowStrategy,
  isStale: () => boolean,
): Promise<readonly WindowEnd[] | undefined> {
  const exact = lowTokens === highTokens;
  const words = (tokens: number) =>
    exact
      ? vscode.l10n.t('the window of {0} ends here: {1} tokens', modelName, formatCount(tokens))
      : vscode.l10n.t('the window of {0} may end here: estimated', modelName);
  const wanted =
    strategy === 'full'
      ? [...new Set([lowTokens, highTokens])]
      : Array.from({ length: maxMarks }, (_, idx) => (idx + 1) * Math.max(1, lowTokens));
  const search = tokenOffsets(counter, text, wanted);
  let pausedMs = performance.now();
  for (;;) {
    const step = search.next();
    if (step.done === true) {
      return step.value.flatMap((unit, idx) =>
        unit === undefined || unit >= text.length ? [] : [{ unit, text: words(wanted[idx]) }],
      );
    }
    if (performance.now() - pausedMs < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    if (isStale()) return undefined;
    pausedMs = performance.now();
  }
}

function lineMark(document: vscode.TextDocument, { unit, text }: WindowEnd) {
  const position = document.positionAt(unit);
  return {
    range: new vscode.Range(position, position),
    hoverMessage: text,
    renderOptions: {
      after: {
        contentText: `  ← ${text}`,
        color: new vscode.ThemeColor('editorCodeLens.foreground'),
        fontStyle: 'italic',
      },
    },
  };
}

async function pickStrategy(): Promise<WindowStrategy | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('Full'),
        detail: vscode.l10n.t('The file in one call, from its start: where the window ends.'),
        strategy: 'full' as const,
      },
      {
        label: vscode.l10n.t('Sliding window or chunked'),
        detail: vscode.l10n.t('The file in windows, one after the other: where each ends.'),
        strategy: 'windows' as const,
      },
    ],
    { title: vscode.l10n.t('Show where the model’s window ends') },
  );
  return picked?.strategy;
}

function fileName(document: vscode.TextDocument): string {
  return document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
}
