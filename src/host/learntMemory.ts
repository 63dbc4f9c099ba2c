import * as vscode from 'vscode';

const memoryKey = 'exactCounts';

/**
 * What exact counts have taught of models, remembered for this person on this machine. Held as it was stored: whoever
 * reads it checks it (`parseLearnt`), so that activation loads nothing for it.
 */
export class LearntMemory implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  get value(): unknown {
    return this.#memento.get(memoryKey);
  }

  async set(value: object | undefined): Promise<void> {
    await this.#memento.update(memoryKey, value);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
