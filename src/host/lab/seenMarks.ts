import * as vscode from 'vscode';
import { formatCount } from '../../core/format/numbers.ts';
import type { TokenVisibility } from '../../lab/demo.ts';
import type { MarkRequest, VisibilityRequest } from '../../lab/labMessages.ts';
import { tokenLabel } from '../../lab/words.ts';
import type { Marks } from '../marks.ts';
import type { TextPlace } from './labText.ts';

const marksName = 'seenTokens';

/** The lab's text where it stands in a document, token by token. */
export interface MarkedText extends TextPlace {
  readonly tokens: readonly string[];
  /** Where each token ends, in UTF-16 units from the text's start. */
  readonly unitEnds: readonly number[];
}

export interface SeenMarksOptions {
  readonly marks: Marks;
  readonly visibility: (request: VisibilityRequest) => Promise<readonly TokenVisibility[]>;
  /** The marks were taken away, by whoever. */
  readonly onHidden: () => void;
}

/** Tokens in a row with one kind of mark. */
export interface SeenRun {
  readonly kind: TokenVisibility;
  readonly range: vscode.Range;
}

/**
 * Shows in the editor's own text what the token at the cursor sees under the pattern of a demo, and follows the cursor. Ends with
 * the text: an edit, or the editor closing, takes the marks away.
 */
export class SeenMarks implements vscode.Disposable {
  readonly #options: SeenMarksOptions;
  #text: MarkedText | undefined;
  #request: MarkRequest | undefined;
  #decorations: ReadonlyMap<TokenVisibility, vscode.TextEditorDecorationType> | undefined;
  #listeners: readonly vscode.Disposable[] = [];
  #status: vscode.StatusBarItem | undefined;
  #update = 0;
  #runs: readonly SeenRun[] = [];

  constructor(options: SeenMarksOptions) {
    this.#options = options;
  }

  /** What is marked, in the order of the text. */
  get runs(): readonly SeenRun[] {
    return this.#runs;
  }

  get isShown(): boolean {
    return this.#options.marks.isShown(marksName);
  }

  dispose(): void {
    this.#options.marks.hide(marksName);
  }

  /** @throws Error when the lab's text stands in no document, as the sample does */
  async show(text: MarkedText | undefined, request: MarkRequest | undefined): Promise<void> {
    const { marks } = this.#options;
    if (request === undefined) {
      marks.hide(marksName);
      return;
    }
    if (text === undefined || text.document.isClosed) {
      marks.hide(marksName);
      throw new Error(
        vscode.l10n.t('The demo runs on no open file: open one, and take its selection or start.'),
      );
    }
    const { document } = text;
    const isSeen = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
    if (!isSeen) await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
    if (this.#text?.document !== document || !this.isShown) this.#moveTo(document);
    this.#text = text;
    this.#request = request;
    await this.#mark();
  }

  /** Into this document, out of any other: to whoever asked they are shown all the while. */
  #moveTo(document: vscode.TextDocument): void {
    this.#clear();
    if (!this.isShown) {
      this.#options.marks.show(marksName, () => () => {
        this.#clear();
        this.#options.onHidden();
      });
    }
    const follow = () => {
      // Without an answer, as of a thread that ended, they would be those of another cursor.
      this.#mark().catch(() => {
        this.#options.marks.hide(marksName);
      });
    };
    this.#decorations = new Map(
      Object.entries(looks).map(([kind, look]) => [
        kind as TokenVisibility,
        vscode.window.createTextEditorDecorationType({
          ...look,
          rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
        }),
      ]),
    );
    this.#status = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left);
    this.#status.name = vscode.l10n.t('What the token sees');
    this.#status.command = 'contextBudget.hideMarks';
    this.#status.tooltip = vscode.l10n.t('Hide all marks');
    this.#listeners = [
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor.document === document) follow();
      }),
      vscode.window.onDidChangeVisibleTextEditors(follow),
      vscode.workspace.onDidChangeTextDocument((event) => {
        const isEdit = event.document === document && event.contentChanges.length > 0;
        if (isEdit) this.#options.marks.hide(marksName);
      }),
      vscode.workspace.onDidCloseTextDocument((closed) => {
        if (closed === document) this.#options.marks.hide(marksName);
      }),
    ];
  }

  #clear(): void {
    this.#update++;
    for (const listener of this.#listeners) listener.dispose();
    this.#listeners = [];
    for (const decoration of this.#decorations?.values() ?? []) decoration.dispose();
    this.#decorations = undefined;
    this.#status?.dispose();
    this.#status = undefined;
    this.#text = undefined;
    this.#request = undefined;
    this.#runs = [];
  }

  async #mark(): Promise<void> {
    const update = ++this.#update;
    const [text, request] = [this.#text, this.#request];
    if (text === undefined || request === undefined) return;
    const editor = vscode.window.visibleTextEditors.find((one) => one.document === text.document);
    if (editor === undefined) return;
    const numTokens = Math.min(request.numTokens, text.tokens.length);
    const queryIdx = tokenAt(text, numTokens, text.document.offsetAt(editor.selection.active));
    const seen = await this.#options.visibility({
      demoId: request.demoId,
      tokens: text.tokens.slice(0, numTokens),
      values: request.values,
      queryIdx,
    });
    if (update !== this.#update || this.#decorations === undefined) return;
    this.#runs = runsOf(text, seen);
    for (const [kind, decoration] of this.#decorations) {
      const ranges = this.#runs.filter((run) => run.kind === kind).map(({ range }) => range);
      const hoverMessage = wordsOf(kind);
      editor.setDecorations(
        decoration,
        ranges.map((range) => ({ range, hoverMessage })),
      );
    }
    if (this.#status === undefined) return;
    this.#status.text = `$(eye) ${statusText(request.title, text.tokens, seen, queryIdx)}`;
    this.#status.show();
  }
}

/** The token that holds the unit; beyond the tokens of the demo its last one. */
function tokenAt({ unitEnds, startUnit }: MarkedText, numTokens: number, unit: number): number {
  const found = unitEnds.findIndex((end) => startUnit + end > unit);
  return found < 0 || found >= numTokens ? numTokens - 1 : found;
}

function runsOf(
  { document, startUnit, unitEnds }: MarkedText,
  seen: readonly TokenVisibility[],
): readonly SeenRun[] {
  const starts = seen.flatMap((kind, idx) => (kind === seen[idx - 1] ? [] : [idx]));
  return starts.map((start, at) => {
    const end = starts[at + 1] ?? seen.length;
    const positionOf = (tokens: number) =>
      document.positionAt(startUnit + (tokens === 0 ? 0 : unitEnds[tokens - 1]));
    return { kind: seen[start], range: new vscode.Range(positionOf(start), positionOf(end)) };
  });
}

/** Told apart by more than colour: each kind has a line of its own, and what is not seen is dim. */
const looks: Readonly<Record<TokenVisibility, vscode.DecorationRenderOptions>> = {
  self: { border: '1px solid', borderColor: new vscode.ThemeColor('focusBorder') },
  window: seenLook('contextBudget.seenWindow', 'underline solid'),
  global: seenLook('contextBudget.seenGlobal', 'underline double'),
  sink: seenLook('contextBudget.seenSink', 'underline dashed'),
  chunk: seenLook('contextBudget.seenChunk', 'underline dotted'),
  random: seenLook('contextBudget.seenRandom', 'underline wavy'),
  evicted: { opacity: '0.6', textDecoration: 'line-through' },
  nothing: { opacity: '0.4' },
};

function seenLook(colour: string, textDecoration: string): vscode.DecorationRenderOptions {
  return { backgroundColor: new vscode.ThemeColor(colour), textDecoration };
}

function wordsOf(kind: TokenVisibility): string {
  switch (kind) {
    case 'self':
      return vscode.l10n.t('the token at the cursor');
    case 'window':
      return vscode.l10n.t('seen: in the window');
    case 'global':
      return vscode.l10n.t('seen: global token');
    case 'sink':
      return vscode.l10n.t('seen: attention sink');
    case 'chunk':
      return vscode.l10n.t('seen: in the same chunk');
    case 'random':
      return vscode.l10n.t('seen: random block');
    case 'evicted':
      return vscode.l10n.t('evicted from the cache');
    case 'nothing':
      return vscode.l10n.t('not seen');
  }
}

function statusText(
  title: string,
  tokens: readonly string[],
  seen: readonly TokenVisibility[],
  queryIdx: number,
): string {
  const count = seen.filter((kind) => kind !== 'nothing' && kind !== 'evicted').length;
  return vscode.l10n.t(
    '{0}: token {1} “{2}” sees {3} of {4}',
    title,
    formatCount(queryIdx),
    tokenLabel(tokens[queryIdx]),
    formatCount(count),
    formatCount(seen.length),
  );
}
