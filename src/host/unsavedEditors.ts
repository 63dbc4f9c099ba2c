import * as vscode from 'vscode';
import type { FileCount } from '../core/files/scanReport.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { Analysis } from './analysis.ts';
import type { Counting } from './counting.ts';
import type { LiveCounts } from './liveCounts.ts';
import { openNotebookText } from './readText.ts';
import { reportPath } from './workspacePaths.ts';

const countDelayMs = 250;

export interface UnsavedEditorsOptions {
  readonly counting: () => Promise<Counting>;
  readonly liveCounts: LiveCounts;
  readonly log: vscode.LogOutputChannel;
}

/** Counts of editors with unsaved changes, as they stand: what would be sent if it were copied now. */
export class UnsavedEditors implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #counts = new Map<string, FileCount>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #analysis: Analysis;
  readonly #counting: () => Promise<Counting>;
  readonly #liveCounts: LiveCounts;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable[];
  /** What the counts were made with. */
  #countedEncoding: string | undefined;

  constructor(analysis: Analysis, { counting, liveCounts, log }: UnsavedEditorsOptions) {
    this.#analysis = analysis;
    this.#counting = counting;
    this.#liveCounts = liveCounts;
    this.#log = log;
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.#later(document.uri);
      }),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => {
        this.#later(notebook.uri);
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => void this.#saved(uri)),
      vscode.workspace.onDidSaveNotebookDocument(({ uri }) => void this.#saved(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#forget(uri);
      }),
      vscode.workspace.onDidCloseNotebookDocument(({ uri }) => {
        this.#forget(uri);
      }),
      analysis.onDidChange((change) => {
        if (change === 'report') this.#countAfterScan();
      }),
    ];
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  get counts(): ReadonlyMap<string, FileCount> {
    return this.#counts;
  }

  /** Editors may have been changed before the first scan, and counts by another vocabulary are stale. */
  #countAfterScan(): void {
    const encoding = this.#analysis.scan?.encoding;
    if (encoding === undefined || encoding === this.#countedEncoding) return;
    this.#countedEncoding = encoding;
    this.#counts.clear();
    for (const document of vscode.workspace.textDocuments) {
      if (document.isDirty) this.#later(document.uri);
    }
    for (const notebook of vscode.workspace.notebookDocuments) {
      if (notebook.isDirty) this.#later(notebook.uri);
    }
  }

  #later(uri: vscode.Uri): void {
    const path = reportPath(this.#analysis.folders, uri);
    if (this.#analysis.scan === undefined || path === undefined) return;
    clearTimeout(this.#timers.get(path));
    this.#timers.set(
      path,
      setTimeout(() => {
        this.#timers.delete(path);
        this.#count(uri, path).catch((error: unknown) => {
          this.#log.error(error instanceof Error ? error : String(error));
        });
      }, countDelayMs),
    );
  }

  async #count(uri: vscode.Uri, path: string): Promise<void> {
    const scan = this.#analysis.scan;
    const saved = scan?.files.find((file) => file.path === path);
    const editor = this.#openEditor(uri);
    if (scan === undefined || saved === undefined || editor?.isDirty() !== true) {
      if (this.#counts.delete(path)) this.#changed.fire();
      return;
    }
    const version = editor.version();
    const unsaved = await editor.count(scan.encoding);
    // Typed on meanwhile: the count that is coming is the one to show.
    if (this.#openEditor(uri)?.version() !== version) return;
    this.#counts.set(path, { ...saved, ...unsaved });
    this.#changed.fire();
  }

  /** On disk it is now what the editor holds; the old count goes when the new one is there, or the total would jump. */
  async #saved(uri: vscode.Uri): Promise<void> {
    const path = reportPath(this.#analysis.folders, uri);
    if (path === undefined || !this.#counts.has(path)) return;
    await this.#analysis.recount([path]);
    this.#forget(uri);
  }

  #forget(uri: vscode.Uri): void {
    const path = reportPath(this.#analysis.folders, uri);
    if (path === undefined || this.#openEditor(uri)?.isDirty() === true) return;
    if (this.#counts.delete(path)) this.#changed.fire();
  }

  /** The open document at an address, text or notebook alike. */
  #openEditor(uri: vscode.Uri): OpenEditor | undefined {
    const address = uri.toString();
    const notebook = vscode.workspace.notebookDocuments.find(
      (open) => open.uri.toString() === address,
    );
    if (notebook !== undefined) {
      return {
        isDirty: () => notebook.isDirty,
        version: () => notebook.version,
        count: async (encoding) => {
          const text = openNotebookText(notebook);
          const tokens = await (await this.#counting()).countText(text, encoding);
          return { tokens, bytes: Buffer.byteLength(text), lines: linesOf(text) };
        },
      };
    }
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === address);
    if (document === undefined) return undefined;
    return {
      isDirty: () => document.isDirty,
      version: () => document.version,
      // Its text may be megabytes long and somebody is typing in it: nothing here makes it anew.
      count: async (encoding) => {
        const { tokens, bytes, length } = await this.#liveCounts.of(document, encoding);
        return { tokens, bytes, lines: length === 0 ? 0 : document.lineCount };
      },
    };
  }
}

/** Counts of a file as its editor holds it, in place of those of the file on disk. */
type UnsavedCount = Pick<FileCount, 'tokens' | 'bytes' | 'lines'>;

interface OpenEditor {
  isDirty(): boolean;
  version(): number;
  count(encoding: EncodingName): Promise<UnsavedCount>;
}

function linesOf(text: string): number {
  return text === '' ? 0 : text.split('\n').length;
}
