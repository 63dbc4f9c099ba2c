import * as vscode from 'vscode';
import { noOwnData, parseOwnData } from '../core/catalog/ownModels.ts';
import type { OwnData } from '../core/catalog/ownModels.ts';

/** What the person imported, in one file of the extension's own storage; read when first asked for. */
export class OwnModels implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #folder: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  #data: OwnData = noOwnData;
  #loaded: Promise<OwnData> | undefined;

  constructor(storage: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#folder = storage;
    this.#log = log;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** As it stands; empty until it was loaded. */
  get data(): OwnData {
    return this.#data;
  }

  load(): Promise<OwnData> {
    return (this.#loaded ??= this.#read().then((data) => (this.#data = data)));
  }

  async save(data: OwnData): Promise<void> {
    await this.load();
    await vscode.workspace.fs.createDirectory(this.#folder);
    await vscode.workspace.fs.writeFile(this.#file, Buffer.from(JSON.stringify(data)));
    this.#data = data;
    this.#changed.fire(undefined);
  }

  get #file(): vscode.Uri {
    return vscode.Uri.joinPath(this.#folder, 'own-models.json');
  }

  async #read(): Promise<OwnData> {
    try {
      const bytes = await vscode.workspace.fs.readFile(this.#file);
      return parseOwnData(JSON.parse(Buffer.from(bytes).toString('utf8')));
    } catch (error) {
      if (!(error instanceof vscode.FileSystemError && error.code === 'FileNotFound')) {
        this.#log.warn(`Imported models could not be read: ${String(error)}`);
      }
      return noOwnData;
    }
  }
}
