import * as vscode from 'vscode';
import type { ContentKind } from '../core/files/contentKind.ts';
import type { CountsByKind } from '../core/tokens/estimate/estimateTokens.ts';
import type { Parts } from './parts.ts';
import { openNotebookText } from './readText.ts';
import type { WeighedTokens } from './weighing.ts';
import {
  freeText,
  shortTokensText,
  tokensText,
  usdIntervalText,
  usdText,
  verdictText,
} from './words.ts';

/** While somebody types, the item changes this often at most; it never waits for a pause. */
const updateDelayMs = 100;
/** A larger selection is counted by the document's kept count: only its two ends are, what is between is known. */
const maxSelectionUnits = 1 << 16;

interface Counted {
  readonly version: number;
  readonly encoding: string;
  readonly tokens: Promise<number>;
}

interface Shown {
  /** What is counted: "Selection", a file's name, "Context set". */
  readonly label: string;
  readonly tokens: CountsByKind;
}

/** One item, uncoloured: tokens of the selection, else of the active file, else of the set, against the model. */
export class StatusBar implements vscode.Disposable {
  readonly #parts: Parts;
  readonly #item: vscode.StatusBarItem;
  readonly #subscriptions: vscode.Disposable[];
  /** The last count of a text that was asked for whole, by document: a moving cursor does not count anew. */
  readonly #counted = new WeakMap<object, Counted>();
  #timer: NodeJS.Timeout | undefined;
  #updates = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#item = vscode.window.createStatusBarItem('tokens', vscode.StatusBarAlignment.Right, 100);
    this.#item.name = vscode.l10n.t('Context Budget: Tokens');
    this.#item.command = 'contextBudget.budget.focus';
    const later = () => {
      this.#later();
    };
    this.#subscriptions = [
      this.#item,
      vscode.window.onDidChangeActiveTextEditor(later),
      vscode.window.onDidChangeActiveNotebookEditor(later),
      vscode.window.onDidChangeTextEditorSelection(later),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === vscode.window.activeTextEditor?.document) later();
      }),
      parts.session.onDidChange((change) => {
        if (change === 'content') later();
      }),
    ];
    later();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** What the item says, for tests. */
  get text(): string {
    return this.#item.text;
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#update();
    }, updateDelayMs);
  }

  async #update(): Promise<void> {
    const update = ++this.#updates;
    const { session, rooms, log } = this.#parts;
    if (!session.settings.statusBar) {
      this.#item.hide();
      return;
    }
    try {
      const shown = await this.#shown();
      const { weighTokens } = await rooms.weighing();
      // A later change is under way: its own update will show.
      if (update !== this.#updates) return;
      const weighed = shown === undefined ? undefined : weighTokens(shown.tokens, session.settings);
      if (shown === undefined || weighed === undefined) {
        this.#item.hide();
        return;
      }
      const window = weighed.contextWindowTokens;
      const against = window === undefined ? '' : ` / ${shortTokensText(window)}`;
      const price = usdIntervalText(weighed.inputCost);
      const about = weighed.count.exact ? '' : '~';
      const tokens = about + shortTokensText(weighed.count.tokens);
      this.#item.text = `$(layers) ${tokens}${against} · ${price}`;
      this.#item.accessibilityInformation = {
        label: vscode.l10n.t('{0}: {1} tokens, {2}', shown.label, tokens, price),
      };
      this.#item.tooltip = tooltip(shown, weighed);
      this.#item.show();
    } catch (error) {
      log.warn(error instanceof Error ? error.message : String(error));
    }
  }

  async #shown(): Promise<Shown | undefined> {
    const { session } = this.#parts;
    const active = vscode.window.activeTextEditor;
    // An output that has the focus, the log for one, is nobody's prompt.
    const editor = active?.document.uri.scheme === 'output' ? undefined : active;
    if (editor !== undefined && editor.selections.some((selection) => !selection.isEmpty)) {
      const kind = this.#kindOf(editor.document);
      const tokens = { [kind]: await this.#selected(editor) };
      return { label: vscode.l10n.t('Selection'), tokens };
    }
    const document = vscode.window.activeNotebookEditor?.notebook ?? editor?.document;
    if (document !== undefined) {
      const path = session.pathOf(document.uri);
      const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
      const known = path === undefined || document.isDirty ? undefined : session.fileAt(path);
      const tokens = known?.tokens ?? (await this.#document(document));
      return { label: name, tokens: { [this.#kindOf(document)]: tokens } };
    }
    if (session.report === undefined) return undefined;
    const { kind, files } = session.subject;
    const countsByKind: Partial<Record<ContentKind, number>> = {};
    for (const file of files) {
      countsByKind[file.kind] = (countsByKind[file.kind] ?? 0) + file.tokens;
    }
    return {
      label: kind === 'set' ? vscode.l10n.t('Context set') : vscode.l10n.t('Workspace'),
      tokens: countsByKind,
    };
  }

  /** What the text mostly is: as the analysis found it, else by its language. */
  #kindOf(document: vscode.TextDocument | vscode.NotebookDocument): ContentKind {
    const { session } = this.#parts;
    const path = session.pathOf(document.uri);
    const known = path === undefined ? undefined : session.fileAt(path)?.kind;
    if (known !== undefined) return known;
    const language = 'languageId' in document ? document.languageId : '';
    return kindOfLanguage[language] ?? 'code';
  }

  /** What is being edited has a kept count; what is only looked at is counted once, in a worker thread. */
  async #document(document: vscode.TextDocument | vscode.NotebookDocument): Promise<number> {
    const encoding = await this.#parts.encoding();
    const isText = 'getText' in document;
    if (isText && (document.isDirty || this.#parts.liveCounts.has(document, encoding))) {
      return (await this.#parts.liveCounts.of(document, encoding)).tokens;
    }
    const { version } = document;
    const known = this.#counted.get(document);
    if (known?.version === version && known.encoding === encoding) return known.tokens;
    const text = isText ? document.getText() : openNotebookText(document);
    const counting = await this.#parts.rooms.counting();
    const tokens = counting.countText(text, encoding);
    this.#counted.set(document, { version, encoding, tokens });
    // A failure is not kept; whoever waits for it says so.
    tokens.catch(() => this.#counted.delete(document));
    return tokens;
  }

  async #selected({ document, selections }: vscode.TextEditor): Promise<number> {
    const encoding = await this.#parts.encoding();
    const [first] = selections;
    const [startUnit, endUnit] = [document.offsetAt(first.start), document.offsetAt(first.end)];
    if (selections.length === 1 && endUnit - startUnit > maxSelectionUnits) {
      const live = await this.#parts.liveCounts.of(document, encoding);
      // Shortened while its first count was made: the next update has the selection as it then is.
      return live.countRange(Math.min(startUnit, live.length), Math.min(endUnit, live.length));
    }
    const text = selections.map((part) => document.getText(part)).join('\n');
    return (await this.#parts.rooms.counting()).countText(text, encoding);
  }
}

const kindOfLanguage: Readonly<Partial<Record<string, ContentKind>>> = {
  markdown: 'markdown',
  plaintext: 'markdown',
  restructuredtext: 'markdown',
  latex: 'markdown',
  json: 'json',
  jsonc: 'json',
  jsonl: 'json',
  css: 'css',
  scss: 'css',
  less: 'css',
};

function tooltip(shown: Shown, weighed: WeighedTokens): vscode.MarkdownString {
  const { count } = weighed;
  const rows: [string, string][] = [
    [
      shown.label,
      count.exact
        ? vscode.l10n.t('{0} tokens, exact', tokensText(count.tokens))
        : vscode.l10n.t(
            '{0} – {1} tokens',
            tokensText(count.lowTokens),
            tokensText(count.highTokens),
          ),
    ],
    [vscode.l10n.t('Counted'), count.basis],
  ];
  if (weighed.contextWindowTokens !== undefined) {
    rows.push(
      [vscode.l10n.t('Context window'), tokensText(weighed.contextWindowTokens)],
      [vscode.l10n.t('Reserved for the answer'), tokensText(weighed.reservedOutputTokens)],
      [vscode.l10n.t('Overhead'), tokensText(weighed.overheadTokens)],
    );
  }
  rows.push(
    [verdictText(weighed.verdict), freeText(weighed.freeTokens)],
    [vscode.l10n.t('Sending it once'), usdIntervalText(weighed.inputCost)],
  );
  if (weighed.inputUsdPerMillionTokens !== undefined) {
    rows.push([
      vscode.l10n.t('Input price'),
      vscode.l10n.t('{0} per million tokens', usdText(weighed.inputUsdPerMillionTokens)),
    ]);
  }
  const hover = new vscode.MarkdownString();
  hover.isTrusted = { enabledCommands: ['contextBudget.openDashboard'] };
  hover.appendMarkdown('**');
  hover.appendText(weighed.modelName);
  hover.appendMarkdown('**\n\n|  |  |\n|:--|--:|\n');
  for (const [name, value] of rows) {
    hover.appendMarkdown(`| ${cell(name)} | ${cell(value)} |\n`);
  }
  const open = cell(vscode.l10n.t('Open Dashboard'));
  hover.appendMarkdown(`\n[${open}](command:contextBudget.openDashboard)`);
  return hover;
}

/** A file's name may hold anything; in a table cell of Markdown nothing of it may have a meaning. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&$\n\r]/g, (character) =>
    character === '\n' || character === '\r' ? ' ' : `\\${character}`,
  );
}
