import path from 'node:path';
import * as vscode from 'vscode';
import { findModel } from '../core/catalog/findModel.ts';
import {
  parseTokenizerSettings,
  type TokenizerSetting,
} from '../core/catalog/tokenizerSettings.ts';
import type { EncodingName } from '../core/tokens/tokenCounter.ts';
import type { Rooms } from './rooms.ts';
import type { Session } from './session.ts';
import { settingsSection } from './settings.ts';

export const tokenizersSetting = 'tokenizers';
const tokenizersKey = `${settingsSection}.${tokenizersSetting}`;
const changeDelayMs = 300;

interface TokenizerFilesOptions {
  readonly session: Session;
  readonly rooms: Rooms;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Keeps the session's tokenizer files those of the setting: by model, the encoding that the file is now. Follows changes of
 * the setting and of the files. Without that setting nothing is loaded or watched.
 */
export class TokenizerFiles implements vscode.Disposable {
  readonly #options: TokenizerFilesOptions;
  readonly #subscription: vscode.Disposable;
  #watchers: vscode.Disposable[] = [];
  #written = '';
  #settled: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TokenizerFilesOptions) {
    this.#options = options;
    this.#check();
    this.#subscription = options.session.onDidChange((change) => {
      if (change === 'content') this.#check();
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
    for (const watcher of this.#watchers) watcher.dispose();
  }

  /** Waits until the files that are named now have been read. */
  settled(): Promise<void> {
    return this.#settled;
  }

  #check(): void {
    const written = JSON.stringify(this.#options.session.settings.tokenizers ?? {});
    if (written === this.#written || (this.#written === '' && written === '{}')) return;
    this.#written = written;
    this.#readSoon();
  }

  #readSoon(): void {
    this.#settled = this.#settled
      .then(() => this.#read())
      .catch((error: unknown) => {
        this.#options.log.error(error instanceof Error ? error : String(error));
      });
  }

  async #read(): Promise<void> {
    const { session, rooms } = this.#options;
    const { tokenizers, problems } = parseTokenizerSettings(session.settings.tokenizers);
    const found = [...problems];
    const encodings = new Map<string, EncodingName>();
    for (const setting of tokenizers) {
      try {
        const { modelsOf } = await rooms.weighing();
        const { id } = findModel(setting.modelId, modelsOf(session.settings));
        encodings.set(id, await identify(setting, rooms));
      } catch (error) {
        found.push(`${setting.modelId}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    this.#watch(tokenizers.flatMap(({ file }) => placesOf(file)));
    session.useTokenizerFiles(encodings);
    if (found.length > 0) void this.#tell(found);
  }

  /** Also those that are not there now: they may come. */
  #watch(files: readonly string[]): void {
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = [...new Set(files)].flatMap((file) => {
      const folder = vscode.Uri.file(path.dirname(file));
      const pattern = new vscode.RelativePattern(folder, path.basename(file));
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const changed = () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
          this.#readSoon();
        }, changeDelayMs);
      };
      return [
        watcher,
        watcher.onDidChange(changed),
        watcher.onDidCreate(changed),
        watcher.onDidDelete(changed),
      ];
    });
  }

  async #tell(problems: readonly string[]): Promise<void> {
    for (const problem of problems) this.#options.log.warn(problem);
    const openSettings = vscode.l10n.t('Open Settings');
    const answer = await vscode.window.showWarningMessage(
      `${tokenizersKey}: ${problems[0]}`,
      openSettings,
    );
    if (answer === openSettings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', tokenizersKey);
    }
  }
}

/** Where a file that the setting names may lie: a relative one in each folder of the workspace. */
function placesOf(file: string): readonly string[] {
  if (path.isAbsolute(file)) return [file];
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => path.join(uri.fsPath, file));
}

/** The encoding that a file is now. Rejects with an Error that says which file and why not. */
export async function identify(
  { file, split }: Pick<TokenizerSetting, 'file' | 'split'>,
  rooms: Rooms,
): Promise<EncodingName> {
  const counting = await rooms.counting();
  let problem = new Error(vscode.l10n.t('{0} is relative, and no folder is open', file));
  for (const place of placesOf(file)) {
    try {
      return await counting.identifyTokenizer(place, split);
    } catch (error) {
      problem = error instanceof Error ? error : new Error(String(error));
    }
  }
  throw problem;
}
