import * as vscode from 'vscode';
import { isFreeOfSecrets } from '../secretsQuestion.ts';
import type { Session } from '../session.ts';
import { tokenCountText, tokensText } from '../words.ts';
import type { ChosenPlan } from './planService.ts';

/**
 * Whether these requests may leave the editor: within the person's caps, and nothing in them looks like a secret, or the person
 * saw where and goes on all the same. Only places are named, never what stands there.
 */
export async function mayLeave(
  session: Session,
  chosen: ChosenPlan,
  idxs: readonly number[],
  action: string,
): Promise<boolean> {
  if (!(await isWithinCaps(session, chosen, idxs, action))) return false;
  return isFreeOfSecrets(session, () => chosen.secrets(idxs), action);
}

async function isWithinCaps(
  session: Session,
  { plan }: ChosenPlan,
  idxs: readonly number[],
  action: string,
): Promise<boolean> {
  const { softCapTokens, hardCapTokens } = session.settings;
  const tokens = Math.max(0, ...idxs.map((idx) => plan.requests[idx].tokens));
  const detail = vscode.l10n.t('The largest request has {0}.', tokenCountText(tokens));
  if (hardCapTokens !== undefined && tokens > hardCapTokens) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Over your hard cap of {0} tokens', tokensText(hardCapTokens)),
      { modal: true, detail },
    );
    return false;
  }
  if (softCapTokens === undefined || tokens <= softCapTokens) return true;
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Over your soft cap of {0} tokens', tokensText(softCapTokens)),
    { modal: true, detail },
    action,
  );
  return answer === action;
}
