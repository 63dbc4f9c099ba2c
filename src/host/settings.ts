import * as vscode from 'vscode';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';

export const settingsSection = 'contextBudget';

/** The settings `contextBudget.*`, read once and checked: settings.json may hold anything. */
export interface Settings {
  readonly modelId: string;
  readonly reservedOutputTokens: number;
  readonly overheadTokens: number;
  readonly exclude: readonly string[];
  readonly analyzeOnOpen: boolean;
  readonly statusBar: boolean;
  readonly badges: boolean;
  readonly softCapTokens?: number;
  readonly hardCapTokens?: number;
  /** As the settings have it; the catalogue checks it (`parseUserModels`). */
  readonly userModels: unknown;
  /** No setting, but as personal: what exact counts have taught of models (`parseLearnt` checks it). */
  readonly learnt: unknown;
  /** As the settings have it (`parseTokenizerSettings`). */
  readonly tokenizers: unknown;
  /** What the tokenizers' files are now, by model id; the session knows (`TokenizerFiles`). */
  readonly tokenizerEncodings?: ReadonlyMap<string, EncodingName>;
}

export function readSettings(learnt: unknown): Settings {
  const section = vscode.workspace.getConfiguration(settingsSection);
  return {
    modelId: text(section.get('model')) ?? '',
    reservedOutputTokens: count(section.get('reservedOutputTokens')) ?? 0,
    overheadTokens: count(section.get('overheadTokens')) ?? 0,
    exclude: list(section.get('exclude')).filter((glob) => typeof glob === 'string'),
    analyzeOnOpen: section.get('analyzeOnOpen') === true,
    statusBar: section.get('statusBar') === true,
    badges: section.get('badges') === true,
    softCapTokens: count(section.get('cap.softTokens')),
    hardCapTokens: count(section.get('cap.hardTokens')),
    userModels: section.get<unknown>('userModels'),
    learnt,
    tokenizers: section.get<unknown>('tokenizers'),
  };
}

/** Globs that are `true` in `files.exclude` and `search.exclude` of a folder, then our own. */
export function excludeGlobs(folder: vscode.WorkspaceFolder, own: readonly string[]): string[] {
  const globs = new Set<string>();
  for (const section of ['files', 'search']) {
    const exclude = vscode.workspace.getConfiguration(section, folder).get<unknown>('exclude');
    if (typeof exclude !== 'object' || exclude === null) continue;
    // A `{ "when": ... }` clause hides generated siblings from view; the file is still there to be sent, so it counts.
    for (const [glob, on] of Object.entries(exclude)) if (on === true) globs.add(glob);
  }
  for (const glob of own) globs.add(glob);
  return [...globs];
}

/** Writes a setting where it is set already: in the folder's settings if there, else in the person's own. */
export async function writeSetting(key: string, value: unknown): Promise<void> {
  const section = vscode.workspace.getConfiguration(settingsSection);
  const inWorkspace = section.inspect(key)?.workspaceValue !== undefined;
  const target = inWorkspace
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await section.update(key, value, target);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? Math.floor(value)
    : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
