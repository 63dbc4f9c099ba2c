import * as vscode from 'vscode';
import type { Rooms } from './rooms.ts';
import type { Session } from './session.ts';

export const cardScheme = 'context-budget-card';

/** The tab is named by the path; the query says which model. */
export function cardUri({ id, name }: { readonly id: string; readonly name: string }): vscode.Uri {
  const file = name.replace(/[/\\?#%:]/g, '-');
  return vscode.Uri.from({ scheme: cardScheme, path: `/${file}.md`, query: id });
}

/** Model cards as read-only documents, written anew when the set, the settings or the prices change. */
export function registerModelCards(rooms: Rooms, session: Session): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => (await rooms.models()).cardText(uri.query),
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(cardScheme, provider),
    session.onDidChange((change) => {
      if (change === 'progress') return;
      for (const { uri } of vscode.workspace.textDocuments) {
        if (uri.scheme === cardScheme) changed.fire(uri);
      }
    }),
  );
}
