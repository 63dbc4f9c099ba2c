import * as vscode from 'vscode';

const contextKey = 'contextBudget.marks';

/**
 * What is laid over editors at the moment, by name, so that one command ("Hide All Marks") takes all of it away. Whoever
 * marks an editor does so inside of `show`.
 */
export class Marks implements vscode.Disposable {
  readonly #shown = new Map<string, () => void>();

  /**
   * @param begin makes decorations and listeners, once marks of the same name are hidden that were still shown; what it gives
   * removes every one of them
   */
  show(name: string, begin: () => () => void): void {
    this.hide(name);
    this.#shown.set(name, begin());
    this.#tell();
  }

  hide(name: string): void {
    const hide = this.#shown.get(name);
    if (hide === undefined) return;
    this.#shown.delete(name);
    this.#tell();
    hide();
  }

  hideAll(): void {
    for (const name of [...this.#shown.keys()]) this.hide(name);
  }

  isShown(name: string): boolean {
    return this.#shown.has(name);
  }

  dispose(): void {
    this.hideAll();
  }

  /** For `when` clauses: whether there is anything to hide. */
  #tell(): void {
    void vscode.commands.executeCommand('setContext', contextKey, this.#shown.size > 0);
  }
}
