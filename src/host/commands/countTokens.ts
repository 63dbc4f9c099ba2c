import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { textOf } from '../readText.ts';
import type { FilesRow } from '../views/filesTree.ts';
import { fileCountText, tokenCountText, usdIntervalText } from '../words.ts';
import { urisOf } from './setCommands.ts';

interface Counted {
  readonly label: string;
  readonly tokens: number;
}

/** Says what the selection, the active file, or the files and folders of a menu weigh. */
export async function countTokens(
  parts: Parts,
  target?: vscode.Uri | FilesRow,
  all?: readonly (vscode.Uri | FilesRow)[],
): Promise<void> {
  const uris = urisOf(parts, target, all);
  const selected = target === undefined ? selectedText() : undefined;
  if (selected === undefined && uris.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open a file, or select files in the Explorer, to count their tokens.'),
    );
    return;
  }
  const counted =
    selected === undefined
      ? await countUris(parts, uris)
      : {
          label: vscode.l10n.t('Selection'),
          tokens: await countText(parts, selected),
        };
  if (counted === undefined) return;
  const add = vscode.l10n.t('Add to Context Set');
  const inWorkspace = uris.filter((uri) => parts.session.pathOf(uri) !== undefined);
  const canAdd = selected === undefined && inWorkspace.length > 0;
  const answer = await vscode.window.showInformationMessage(
    await sentence(parts, counted),
    ...(canAdd ? [add] : []),
  );
  if (answer === add) {
    await vscode.commands.executeCommand('contextBudget.addToSet', inWorkspace[0], inWorkspace);
  }
}

function selectedText(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || editor.selections.every((selection) => selection.isEmpty)) {
    return undefined;
  }
  return editor.selections.map((selection) => editor.document.getText(selection)).join('\n');
}

async function countText(parts: Parts, text: string): Promise<number> {
  const counting = await parts.rooms.counting();
  return counting.countText(text, await parts.encoding());
}

/** One sum over files and folders; a folder is scanned as if it had been opened. Undefined: cancelled. */
async function countUris(parts: Parts, uris: readonly vscode.Uri[]): Promise<Counted | undefined> {
  const title = vscode.l10n.t('Counting tokens');
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
    let tokens = 0;
    let files = 0;
    for (const uri of uris) {
      if (token.isCancellationRequested) return undefined;
      const part = await countUri(parts, uri, token);
      if (part === undefined) return undefined;
      tokens += part.tokens;
      files += part.files;
    }
    const several = fileCountText(files);
    const name = files > 1 ? `${nameOf(uris[0])} (${several})` : nameOf(uris[0]);
    const label = uris.length === 1 ? name : several;
    return { label, tokens };
  });
}

async function countUri(
  parts: Parts,
  uri: vscode.Uri,
  token: vscode.CancellationToken,
): Promise<{ tokens: number; files: number } | undefined> {
  const isFolder = await vscode.workspace.fs.stat(uri).then(
    ({ type }) => (type & vscode.FileType.Directory) !== 0,
    // An untitled document is at no address of any file system.
    () => false,
  );
  if (!isFolder) {
    const read = await textOf(uri);
    if (read.type === 'notText') {
      throw new Error(vscode.l10n.t('{0} is no text: it has no tokens to count', nameOf(uri)));
    }
    return { tokens: await countText(parts, read.text), files: 1 };
  }
  const abort = new AbortController();
  const subscription = token.onCancellationRequested(() => {
    abort.abort();
  });
  try {
    const counting = await parts.rooms.counting();
    const folder = { uri, name: nameOf(uri), index: 0 };
    const report = await counting.scan(
      {
        folders: [{ folder, prefix: '' }],
        encoding: await parts.encoding(),
        exclude: () => parts.session.settings.exclude,
      },
      () => {},
      abort.signal,
    );
    const tokens = report.files.reduce((sum, file) => sum + file.tokens, 0);
    return { tokens, files: report.files.length };
  } catch (error) {
    if (abort.signal.aborted) return undefined;
    throw error;
  } finally {
    subscription.dispose();
  }
}

async function sentence(parts: Parts, { label, tokens }: Counted): Promise<string> {
  const { weighTokens } = await parts.rooms.weighing();
  const weighed = weighTokens(tokens, parts.session.settings);
  const weight = vscode.l10n.t(
    '{0}: {1} counted with {2}',
    label,
    tokenCountText(tokens),
    await parts.encoding(),
  );
  if (weighed === undefined) return weight;
  return `${weight} · ${vscode.l10n.t('{0} as input of {1}', usdIntervalText(weighed.inputCost), weighed.modelName)}`;
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1) || uri.path;
}
