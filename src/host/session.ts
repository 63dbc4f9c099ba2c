import * as vscode from 'vscode';
import type {
  FileCount,
  LeftOutFile,
  LeftOutReason,
  ScanReport,
} from '../core/files/scanReport.ts';
import {
  emptySet,
  isEmptySet,
  membershipOf,
  parseContextSet,
  withChecked,
  type ContextSet,
} from '../core/set/contextSet.ts';
import { effectiveReport } from '../core/set/effectiveReport.ts';
import { fileTree, type FolderNode, type TreeNode } from '../core/set/fileTree.ts';
import { groupBy } from '../core/set/groupBy.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { Analysis } from './analysis.ts';
import type { LearntMemory } from './learntMemory.ts';
import { readSettings, settingsSection, type Settings } from './settings.ts';
import type { UnsavedEditors } from './unsavedEditors.ts';
import { reportPath, reportUri } from './workspacePaths.ts';

/** What changed: a number of files done, or anything that a view shows. */
export type SessionChange = 'progress' | 'content';

/** The files that are weighed: those of the set, or all of them while none is checked. */
export interface Subject {
  readonly kind: 'workspace' | 'set';
  readonly files: readonly FileCount[];
}

const setKey = 'contextSet';
const excludedKey = 'excludedPaths';

/** Everything that is derived from the report, the set and the exclusions; made once per change, when asked for. */
interface Derived {
  report?: ScanReport;
  tree?: FolderNode;
  subject?: Subject;
  leftOut?: ReadonlyMap<LeftOutReason, readonly LeftOutFile[]>;
  byPath?: ReadonlyMap<string, FileCount>;
  members?: WeakMap<TreeNode, number>;
}

/** What all views show: the analysis, the context set, what was excluded, the settings. One per window. */
export class Session implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<SessionChange>();
  readonly onDidChange = this.#changed.event;
  readonly #memory: vscode.Memento;
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  readonly #unsaved: UnsavedEditors;
  readonly analysis: Analysis;
  readonly #learnt: LearntMemory;
  #settings: Settings;
  #set: ContextSet;
  #excluded: readonly string[];
  #derived: Derived = {};

  constructor(
    analysis: Analysis,
    unsaved: UnsavedEditors,
    memory: vscode.Memento,
    learnt: LearntMemory,
  ) {
    this.#learnt = learnt;
    this.#settings = readSettings(learnt.value);
    this.analysis = analysis;
    this.#unsaved = unsaved;
    this.#memory = memory;
    this.#set = parseContextSet(memory.get(setKey));
    this.#excluded = memory.get<string[]>(excludedKey, []);
    this.#subscriptions.push(
      learnt.onDidChange(() => {
        this.#settingsChanged();
      }),
      analysis.onDidChange((change) => {
        if (change === 'progress') this.#changed.fire('progress');
        else this.#contentChanged();
      }),
      unsaved.onDidChange(() => {
        this.#contentChanged();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settingsSection)) this.#settingsChanged();
        const scope = ['files.exclude', 'search.exclude'];
        if (!scope.some((section) => event.affectsConfiguration(section))) return;
        if (analysis.scan !== undefined) void analysis.analyze();
      }),
    );
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  get settings(): Settings {
    return this.#settings;
  }

  get set(): ContextSet {
    return this.#set;
  }

  /** What the scan found, with unsaved editors as they stand and without what the person excluded. */
  get report(): ScanReport | undefined {
    const scan = this.analysis.scan;
    if (scan === undefined) return undefined;
    return (this.#derived.report ??= effectiveReport(scan, {
      unsaved: this.#unsaved.counts,
      excluded: this.#excluded,
    }));
  }

  get tree(): FolderNode {
    return (this.#derived.tree ??= fileTree(this.report?.files ?? []));
  }

  get subject(): Subject {
    return (this.#derived.subject ??= this.#findSubject());
  }

  get leftOutByReason(): ReadonlyMap<LeftOutReason, readonly LeftOutFile[]> {
    return (this.#derived.leftOut ??= groupBy(this.report?.leftOut ?? [], (file) => file.reason));
  }

  fileAt(path: string): FileCount | undefined {
    this.#derived.byPath ??= new Map((this.report?.files ?? []).map((file) => [file.path, file]));
    return this.#derived.byPath.get(path);
  }

  /** How many files at or below a node are in the set. */
  membersBelow(node: TreeNode): number {
    if (isEmptySet(this.#set)) return 0;
    const members = (this.#derived.members ??= new WeakMap());
    const isMember = membershipOf(this.#set);
    const countOf = (at: TreeNode): number => {
      const known = members.get(at);
      if (known !== undefined) return known;
      const count =
        at.type === 'file'
          ? Number(isMember(at.path))
          : at.children.reduce((sum, child) => sum + countOf(child), 0);
      members.set(at, count);
      return count;
    };
    return countOf(node);
  }

  uriOf(path: string): vscode.Uri | undefined {
    return reportUri(this.analysis.folders, path);
  }

  /** The report path of a file or folder of the workspace; undefined for others. */
  pathOf(uri: vscode.Uri): string | undefined {
    return reportPath(this.analysis.folders, uri);
  }

  /** Counts the workspace when a view is first looked at, unless the person does not want that. */
  analyzeOnOpen(): void {
    if (this.#settings.analyzeOnOpen && this.analysis.status.type === 'notAnalyzed') {
      void this.analysis.analyze();
    }
  }

  /** Models or prices were imported: what is shown is weighed anew. */
  catalogueChanged(): void {
    this.#contentChanged();
  }

  isExcluded(path: string): boolean {
    return this.#excluded.some((each) => path === each || path.startsWith(`${each}/`));
  }

  async setChecked(changes: readonly (readonly [path: string, checked: boolean])[]): Promise<void> {
    let set = this.#set;
    for (const [path, checked] of changes) set = withChecked(set, path, checked);
    await this.replaceSet(set);
  }

  async replaceSet(set: ContextSet): Promise<void> {
    this.#set = set;
    this.#contentChanged();
    await this.#memory.update(setKey, set);
  }

  async clearSet(): Promise<void> {
    this.#set = emptySet;
    this.#contentChanged();
    await this.#memory.update(setKey, undefined);
  }

  /** Leaves files or folders out until `include` takes them back; remembered for the workspace. */
  async exclude(paths: readonly string[]): Promise<void> {
    await this.#setExcluded([...new Set([...this.#excluded, ...paths])]);
  }

  /** Takes back what was excluded: the paths themselves, and excluded folders that hold them. */
  async include(paths: readonly string[]): Promise<void> {
    const holds = (excluded: string) =>
      paths.some((path) => path === excluded || path.startsWith(`${excluded}/`));
    await this.#setExcluded(this.#excluded.filter((excluded) => !holds(excluded)));
  }

  async #setExcluded(paths: readonly string[]): Promise<void> {
    this.#excluded = paths;
    this.#contentChanged();
    await this.#memory.update(excludedKey, paths);
  }

  /** Counts these models with these files' encodings from now on; a count of the workspace that is another is made anew. */
  useTokenizerFiles(tokenizerEncodings: ReadonlyMap<string, EncodingName>): void {
    this.#settings = { ...this.#settings, tokenizerEncodings };
    this.#contentChanged();
    if (this.analysis.scan !== undefined) void this.analysis.analyzeIfEncodingChanged();
  }

  #findSubject(): Subject {
    const files = this.report?.files ?? [];
    if (isEmptySet(this.#set)) return { kind: 'workspace', files };
    const isMember = membershipOf(this.#set);
    return { kind: 'set', files: files.filter((file) => isMember(file.path)) };
  }

  #settingsChanged(): void {
    const before = this.#settings;
    const { tokenizerEncodings } = before;
    this.#settings = { ...readSettings(this.#learnt.value), tokenizerEncodings };
    this.#contentChanged();
    const scopeChanged = before.exclude.join('\n') !== this.#settings.exclude.join('\n');
    const modelChanged = before.modelId !== this.#settings.modelId;
    if (this.analysis.scan === undefined) return;
    if (scopeChanged) void this.analysis.analyze();
    else if (modelChanged) void this.analysis.analyzeIfEncodingChanged();
  }

  #contentChanged(): void {
    this.#derived = {};
    this.#changed.fire('content');
  }
}
