import * as vscode from 'vscode';
import { planManifest, requestFileName } from '../../core/plans/manifest.ts';
import type { StrategyId } from '../../core/plans/plan.ts';
import { openChat, requireChat } from '../chat.ts';
import { chooseFolder } from '../saveFile.ts';
import type { Session } from '../session.ts';
import { bytesText, tokenCountText } from '../words.ts';
import { mayLeave } from './outgoing.ts';
import type { Plans } from './planService.ts';

/** A clipboard is one string in memory. */
const maxClipboardCharacters = 64 * 1024 * 1024;
/** A chat's input box becomes unusable beyond this. */
const maxChatCharacters = 400_000;

/** A request of a plan. */
export interface RequestName {
  readonly planId: number;
  readonly strategy: StrategyId;
  readonly idx: number;
}

/** False: the person decided against it. */
export async function copyRequest(
  session: Session,
  plans: Plans,
  { planId, strategy, idx }: RequestName,
): Promise<boolean> {
  const chosen = plans.chosen(planId, strategy);
  if (!(await mayLeave(session, chosen, [idx], vscode.l10n.t('Copy')))) return false;
  const text = await chosen.text(idx);
  if (text.length > maxClipboardCharacters) {
    throw new Error(
      vscode.l10n.t(
        'The request is larger than {0}, too much for a clipboard: save it instead',
        bytesText(maxClipboardCharacters),
      ),
    );
  }
  await vscode.env.clipboard.writeText(text);
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Copied request {0} of {1}: {2}',
      idx + 1,
      chosen.plan.requests.length,
      tokenCountText(chosen.plan.requests[idx].tokens),
    ),
  );
  return true;
}

/** Puts a request into VS Code's chat, not yet sent. */
export async function sendToChat(
  session: Session,
  plans: Plans,
  { planId, strategy, idx }: RequestName,
): Promise<boolean> {
  requireTrust();
  await requireChat(vscode.l10n.t('Copying the prompt works with any other.'));
  const chosen = plans.chosen(planId, strategy);
  if (!(await mayLeave(session, chosen, [idx], vscode.l10n.t('Send')))) return false;
  const query = await chosen.text(idx);
  if (query.length > maxChatCharacters) {
    throw new Error(
      vscode.l10n.t(
        'The request has {0}, too much for a chat box: copy or save it instead',
        tokenCountText(chosen.plan.requests[idx].tokens),
      ),
    );
  }
  await openChat({ query });
  return true;
}

/** One file for each request and a manifest, into a folder that the person chooses. */
export async function savePlan(
  session: Session,
  plans: Plans,
  planId: number,
  strategy: StrategyId,
  askFolder = () => chooseFolder(vscode.l10n.t('Folder for the requests')),
): Promise<boolean> {
  requireTrust();
  const chosen = plans.chosen(planId, strategy);
  const { plan, paths, prompt } = chosen;
  const idxs = plan.requests.map((_, idx) => idx);
  if (!(await mayLeave(session, chosen, idxs, vscode.l10n.t('Save')))) return false;
  const folder = await askFolder();
  if (folder === undefined) return false;
  const title = vscode.l10n.t('Saving requests');
  const location = vscode.ProgressLocation.Notification;
  const isDone = await vscode.window.withProgress(
    { location, title, cancellable: true },
    async (progress, token) => {
      for (const idx of idxs) {
        if (token.isCancellationRequested) return false;
        const file = vscode.Uri.joinPath(folder, requestFileName(idx, prompt));
        await vscode.workspace.fs.writeFile(file, Buffer.from(await chosen.text(idx)));
        progress.report({ increment: 100 / idxs.length });
      }
      const manifest = `${JSON.stringify(planManifest(plan, paths, prompt), null, 2)}\n`;
      const file = vscode.Uri.joinPath(folder, 'manifest.json');
      await vscode.workspace.fs.writeFile(file, Buffer.from(manifest));
      return true;
    },
  );
  if (isDone) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} requests and manifest.json saved', idxs.length),
    );
  }
  return isDone;
}

function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Error(
    vscode.l10n.t(
      'In Restricted Mode plans are only shown: trust the workspace to save or send them',
    ),
  );
}
