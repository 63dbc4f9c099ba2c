import * as vscode from 'vscode';
import { spanAt, type TokenSpan } from '../core/tokens/tokenSpans.ts';
import type { LocalCounter } from '../node/localCounter.ts';
import { boundaryWindows } from './boundaryWindows.ts';
import { markdownCode, visibleText } from './markdownCode.ts';
import type { Parts } from './parts.ts';

const marksName = 'tokenBoundaries';
const updateDelayMs = 30;
/** More than fit on any screen; decorations beyond it would slow down scrolling. */
const maxMarkedSpans = 20_000;

/** The spans of one editor as they are marked. */
export interface MarkedTokens {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly encoding: string;
  /** In order; units from the document's start. */
  readonly spans: readonly TokenSpan[];
  /** By the span's start: which of the two colours it has. */
  readonly colours: ReadonlyMap<number, 0 | 1>;
}

/** Lays the tokens of the active editor's visible lines over it, in two alternating colours of the theme. */
export class TokenBoundaries implements vscode.Disposable {
  readonly #parts: Omit<Parts, 'boundaries' | 'windowEnds'>;
  #decorations:
    readonly [vscode.TextEditorDecorationType, vscode.TextEditorDecorationType] | undefined;
  #listeners: readonly vscode.Disposable[] = [];
  #encoding = '';
  /** The model whose vocabulary the encoding stands in for; undefined where it is the model's own. */
  #standsInFor: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #editor: vscode.TextEditor | undefined;
  #marked: MarkedTokens | undefined;
  #notice: vscode.Disposable | undefined;

  constructor(parts: Omit<Parts, 'boundaries' | 'windowEnds'>) {
    this.#parts = parts;
  }

  /** What is marked now; undefined while nothing is. */
  get marked(): MarkedTokens | undefined {
    return this.#marked;
  }

  dispose(): void {
    this.#parts.marks.hide(marksName);
  }

  async toggle(): Promise<void> {
    const { marks } = this.#parts;
    if (marks.isShown(marksName)) {
      marks.hide(marksName);
      return;
    }
    if (vscode.window.activeTextEditor === undefined) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Open a file in an editor to see where its tokens end.'),
      );
      return;
    }
    if (!(await this.#chooseEncoding())) return;
    this.#show();
    await this.#update();
  }

  /** The model's own encoding; without one, the person is told and offered the one its estimate comes from. */
  async #chooseEncoding(): Promise<boolean> {
    const { session, rooms } = this.#parts;
    const { tokenizerOf } = await rooms.weighing();
    const model = tokenizerOf(session.settings);
    if (model?.exact === true) {
      this.#encoding = model.encoding;
      this.#standsInFor = undefined;
      return true;
    }
    const encoding = await this.#parts.encoding();
    const name = model?.modelName ?? session.settings.modelId;
    const show = vscode.l10n.t('Show {0}', encoding);
    const answer = await vscode.window.showInformationMessage(
      model === undefined
        ? vscode.l10n.t(
            '"{0}" is not in the catalogue, so where its tokens end is not known.',
            name,
          )
        : vscode.l10n.t(
            'Where the tokens of {0} end is not known: {1}. The nearest encoding here is {2}.',
            name,
            model.source,
            encoding,
          ),
      show,
    );
    if (answer !== show) return false;
    this.#encoding = encoding;
    this.#standsInFor = name;
    return true;
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
    this.#decorations = [
      tokenDecoration('contextBudget.tokenBackground'),
      tokenDecoration('contextBudget.tokenAlternateBackground'),
    ];
    const later = () => {
      this.#timer ??= setTimeout(() => void this.#update(), updateDelayMs);
    };
    let { modelId } = this.#parts.session.settings;
    this.#listeners = [
      vscode.window.onDidChangeActiveTextEditor(later),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) later();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document === this.#editor?.document && contentChanges.length > 0) later();
      }),
      this.#parts.session.onDidChange(() => {
        if (this.#parts.session.settings.modelId === modelId) return;
        ({ modelId } = this.#parts.session.settings);
        void this.#modelChanged();
      }),
      vscode.languages.registerHoverProvider('*', {
        provideHover: (document, position) => this.#hover(document, position),
      }),
    ];
  }

  #hide(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const listener of this.#listeners) listener.dispose();
    this.#listeners = [];
    // Takes its marks out of every editor.
    for (const decoration of this.#decorations ?? []) decoration.dispose();
    this.#decorations = undefined;
    this.#editor = undefined;
    this.#marked = undefined;
    this.#say(undefined);
  }

  /** Another model with a vocabulary of its own is shown by that; for others what is shown stays, named in the hover. */
  async #modelChanged(): Promise<void> {
    const { tokenizerOf } = await this.#parts.rooms.weighing();
    const model = tokenizerOf(this.#parts.session.settings);
    if (model?.exact === true) this.#encoding = model.encoding;
    this.#standsInFor =
      model?.exact === true
        ? undefined
        : (model?.modelName ?? this.#parts.session.settings.modelId);
    await this.#update();
  }

  async #update(): Promise<void> {
    this.#timer = undefined;
    try {
      const counter = await (await this.#parts.rooms.counting()).local(this.#encoding);
      this.#mark(vscode.window.activeTextEditor, counter);
    } catch (error) {
      this.#parts.marks.hide(marksName);
      const message = error instanceof Error ? error.message : String(error);
      this.#parts.log.error(message);
      void vscode.window.showErrorMessage(message);
    }
  }

  #mark(editor: vscode.TextEditor | undefined, counter: LocalCounter): void {
    if (this.#decorations === undefined || counter.encoding !== this.#encoding) return;
    if (this.#editor !== undefined && this.#editor !== editor) {
      for (const decoration of this.#decorations) this.#editor.setDecorations(decoration, []);
    }
    this.#editor = editor;
    if (editor === undefined) {
      this.#marked = undefined;
      return;
    }
    const { document } = editor;
    const { spans, cut } = seenSpans(document, editor.visibleRanges, counter);
    const colours = alternating(spans, this.#marked);
    const ranges: [vscode.Range[], vscode.Range[]] = [[], []];
    for (const { startUnit, endUnit } of spans) {
      ranges[colours.get(startUnit) ?? 0].push(
        new vscode.Range(document.positionAt(startUnit), document.positionAt(endUnit)),
      );
    }
    editor.setDecorations(this.#decorations[0], ranges[0]);
    editor.setDecorations(this.#decorations[1], ranges[1]);
    const { encoding } = counter;
    this.#marked = { document, version: document.version, encoding, spans, colours };
    this.#say(cut ? vscode.l10n.t('Token boundaries: not all of what is in sight') : undefined);
  }

  /** In the status bar: pieces of megabytes, or lines without end, are not marked to their end. */
  #say(notice: string | undefined): void {
    this.#notice?.dispose();
    this.#notice =
      notice === undefined ? undefined : vscode.window.setStatusBarMessage(`$(info) ${notice}`);
  }

  async #hover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const marked = this.#marked;
    if (marked?.document !== document || marked.version !== document.version) return undefined;
    const span = spanAt(marked.spans, document.offsetAt(position));
    if (span === undefined) return undefined;
    const counter = await (await this.#parts.rooms.counting()).local(marked.encoding);
    const range = new vscode.Range(
      document.positionAt(span.startUnit),
      document.positionAt(span.endUnit),
    );
    const standsInFor = this.#standsInFor;
    return new vscode.Hover(spanHover(span, document.getText(range), counter, standsInFor), range);
  }
}

function tokenDecoration(background: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor(background),
    borderColor: new vscode.ThemeColor('contextBudget.tokenBorder'),
    borderStyle: 'solid',
    borderWidth: '1px',
    borderRadius: '2px',
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}

function seenSpans(
  document: vscode.TextDocument,
  seen: readonly vscode.Range[],
  counter: LocalCounter,
): { readonly spans: readonly TokenSpan[]; readonly cut: boolean } {
  const isSafeSplit = (text: string, unit: number) => counter.isSafeSplit(text, unit);
  const { windows, cut } = boundaryWindows(document, seen, isSafeSplit, !counter.putsSpaceFirst);
  const spans: TokenSpan[] = [];
  let left = cut;
  for (const { text, startUnit, seenStartUnit, seenEndUnit } of windows) {
    const found = counter.spans(text);
    left ||= found === undefined;
    for (const span of found ?? []) {
      const start = startUnit + span.startUnit;
      const end = startUnit + span.endUnit;
      if (end <= seenStartUnit || start >= seenEndUnit) continue;
      if (spans.length === maxMarkedSpans) return { spans, cut: true };
      spans.push({ startUnit: start, endUnit: end, ids: span.ids });
    }
  }
  return { spans, cut: left };
}

/** Neighbours differ, and a token that was marked before keeps its colour, so that scrolling does not flicker. */
function alternating(
  spans: readonly TokenSpan[],
  before: MarkedTokens | undefined,
): ReadonlyMap<number, 0 | 1> {
  const anchor = spans.findIndex(({ startUnit }) => before?.colours.has(startUnit) === true);
  const anchored = anchor < 0 ? 0 : (before?.colours.get(spans[anchor].startUnit) ?? 0);
  const first = (anchored + Math.max(0, anchor)) % 2;
  return new Map(
    spans.map(({ startUnit }, idx) => [startUnit, (first + idx) % 2 === 0 ? 0 : 1] as const),
  );
}

/** Id, bytes and text of each token, and the encoding; nothing of the text has a meaning as Markdown. */
function spanHover(
  { ids }: TokenSpan,
  text: string,
  counter: Pick<LocalCounter, 'encoding' | 'tokenBytes'>,
  standsInFor: string | undefined,
): vscode.MarkdownString {
  const hover = new vscode.MarkdownString();
  const shared = ids.length > 1;
  if (shared) {
    hover.appendText(vscode.l10n.t('{0} tokens share these characters: ', ids.length));
    hover.appendMarkdown(`${markdownCode(visibleText(text))}\n\n`);
  }
  for (const id of ids) {
    const bytes = counter.tokenBytes(id);
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    hover.appendMarkdown('**');
    hover.appendText(vscode.l10n.t('Token {0}', id));
    hover.appendMarkdown('**');
    if (!shared) hover.appendMarkdown(` ${markdownCode(visibleText(text))}`);
    hover.appendMarkdown('\n\n');
    hover.appendText(
      bytes.length === 1 ? vscode.l10n.t('1 byte: ') : vscode.l10n.t('{0} bytes: ', bytes.length),
    );
    hover.appendMarkdown(`${markdownCode(hex)}\n\n`);
  }
  hover.appendText(
    standsInFor === undefined
      ? counter.encoding
      : vscode.l10n.t('{0}, not the vocabulary of {1}', counter.encoding, standsInFor),
  );
  return hover;
}
