import * as vscode from 'vscode';
import type { Session } from './session.ts';
import { writeSetting } from './settings.ts';
import { tokenCountText } from './words.ts';

/**
 * Two characters are all that a badge may have, so it tells thousands of tokens: ".4" for about 400, "12" for about
 * 12,000, "++" for 100,000 and more; nothing below 50.
 */
function badgeText(tokens: number): string | undefined {
  if (tokens < 50) return undefined;
  if (tokens < 950) return `.${Math.round(tokens / 100)}`;
  const thousands = Math.round(tokens / 1000);
  return thousands < 100 ? String(thousands) : '++';
}

/** Turns the badges on or off, and says which: the Explorer may not be in sight. */
export async function toggleBadges(session: Session): Promise<void> {
  const on = !session.settings.badges;
  await writeSetting('badges', on);
  vscode.window.setStatusBarMessage(
    on
      ? vscode.l10n.t('Token badges in the Explorer: on')
      : vscode.l10n.t('Token badges in the Explorer: off'),
    4000,
  );
}

/** Token badges in the Explorer, while the setting is on. */
export class Badges implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeFileDecorations = this.#changed.event;
  readonly #session: Session;
  readonly #subscriptions: vscode.Disposable[];
  #shown: boolean;

  constructor(session: Session) {
    this.#session = session;
    this.#shown = session.settings.badges;
    this.#subscriptions = [
      this.#changed,
      vscode.window.registerFileDecorationProvider(this),
      session.onDidChange((change) => {
        if (change === 'content') this.#update();
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (!this.#session.settings.badges) return undefined;
    const path = this.#session.pathOf(uri);
    const file = path === undefined ? undefined : this.#session.fileAt(path);
    const badge = file === undefined ? undefined : badgeText(file.tokens);
    if (file === undefined || badge === undefined) return undefined;
    return new vscode.FileDecoration(badge, tokenCountText(file.tokens));
  }

  #update(): void {
    const { badges } = this.#session.settings;
    if (badges && this.#session.report === undefined) void this.#session.analysis.analyze();
    if (badges || this.#shown) this.#changed.fire(undefined);
    this.#shown = badges;
  }
}
