import * as vscode from 'vscode';
import type { LiveCount } from '../core/tokens/liveCount.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { Counting } from './counting.ts';

/** Documents whose counts are kept, the last used ones, and all their text together. */
const maxDocuments = 8;
const maxUnits = 1 << 26;

interface Kept {
  readonly document: vscode.TextDocument;
  readonly encoding: EncodingName;
  readonly count: Promise<LiveCount>;
  /** Set when the first count is there; edits until then wait in `waiting`. */
  live?: LiveCount;
  readonly waiting: (readonly vscode.TextDocumentContentChangeEvent[])[];
}

/**
 * Counts of documents that are being edited: the first one is made whole, in parts, and every change after it counts
 * only around the edit. Equal to a count of the whole text at any time.
 */
export class LiveCounts implements vscode.Disposable {
  readonly #counting: () => Promise<Counting>;
  /** By address; the last used comes last. */
  readonly #kept = new Map<string, Kept>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(counting: () => Promise<Counting>) {
    this.#counting = counting;
    this.#subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        this.#edited(document, contentChanges);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#kept.delete(uri.toString());
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#kept.clear();
  }

  /** Whether a count of this document is kept, so that asking for it costs next to nothing. */
  has(document: vscode.TextDocument, encoding: EncodingName): boolean {
    const kept = this.#kept.get(document.uri.toString());
    return kept?.document === document && kept.encoding === encoding;
  }

  /** The count of the document as it stands when the promise settles, kept current from then on. */
  async of(document: vscode.TextDocument, encoding: EncodingName): Promise<LiveCount> {
    const address = document.uri.toString();
    const known = this.has(document, encoding) ? this.#kept.get(address) : undefined;
    const kept = known ?? this.#open(document, encoding);
    this.#kept.delete(address);
    this.#kept.set(address, kept);
    this.#evict();
    const live = await kept.count;
    // An edit that could not be followed: the text is counted anew.
    if (live.length !== lengthOf(document) && this.#kept.get(address) === kept) {
      this.#kept.delete(address);
      return this.of(document, encoding);
    }
    return live;
  }

  #open(document: vscode.TextDocument, encoding: EncodingName): Kept {
    const waiting: Kept['waiting'] = [];
    const kept: Kept = { document, encoding, waiting, count: this.#count(() => kept) };
    kept.count.catch(() => {
      if (this.#kept.get(document.uri.toString()) === kept) {
        this.#kept.delete(document.uri.toString());
      }
    });
    return kept;
  }

  async #count(kept: () => Kept): Promise<LiveCount> {
    const counting = await this.#counting();
    const { document, encoding, waiting } = kept();
    const counter = await counting.local(encoding);
    // What was typed while the vocabulary loaded is in the text already.
    waiting.length = 0;
    const live = await counter.liveCount(document.getText());
    for (const changes of waiting) apply(live, changes);
    kept().live = live;
    return live;
  }

  #edited(
    document: vscode.TextDocument,
    changes: readonly vscode.TextDocumentContentChangeEvent[],
  ): void {
    const address = document.uri.toString();
    const kept = this.#kept.get(address);
    if (kept?.document !== document || changes.length === 0) return;
    if (kept.live === undefined) {
      kept.waiting.push(changes);
      return;
    }
    try {
      apply(kept.live, changes);
    } catch {
      // A change outside of the text as we know it: the next who asks gets a new count.
      this.#kept.delete(address);
    }
  }

  /** The oldest go first; the last used stays, whatever its size. */
  #evict(): void {
    let units = 0;
    let documents = 0;
    for (const [address, { document }] of [...this.#kept].reverse()) {
      units += lengthOf(document);
      if (++documents > maxDocuments || (documents > 1 && units > maxUnits)) {
        this.#kept.delete(address);
      }
    }
  }
}

/** The changes of one event are given so that each can be made after the one before. */
function apply(live: LiveCount, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
  for (const { rangeOffset, rangeLength, text } of changes) {
    live.edit(rangeOffset, rangeLength, text);
  }
}

/** UTF-16 units of a document, without making its text. */
function lengthOf(document: vscode.TextDocument): number {
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
}
