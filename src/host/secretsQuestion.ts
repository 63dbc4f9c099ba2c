import * as vscode from 'vscode';
import type { SecretFinding } from '../node/findSecrets.ts';
import type { Session } from './session.ts';

/** More than this in one message box is a wall of text; all of it is in the list. */
const shownFindings = 8;

/** Fewer in a line among others. */
const shownInLine = 5;

/** One line for a question that names what would be sent. */
export function secretsLine(secrets: readonly SecretFinding[]): string {
  if (secrets.length === 0) return vscode.l10n.t('No secrets were found in it.');
  const shown = secrets
    .slice(0, shownInLine)
    .map(({ path, line, kind }) => `${path}:${line} (${kind})`);
  const more = secrets.length - shown.length;
  if (more > 0) shown.push(vscode.l10n.t('{0} more', more));
  return vscode.l10n.t('LOOKS LIKE SECRETS, and would be sent: {0}', shown.join(', '));
}

/** Whether the search finds nothing, or the person saw what it found and goes on all the same. */
export async function isFreeOfSecrets(
  session: Session,
  search: () => Promise<readonly SecretFinding[]>,
  action: string,
): Promise<boolean> {
  const findings = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking for secrets') },
    search,
  );
  return findings.length === 0 || (await decide(session, findings, action));
}

async function decide(
  session: Session,
  findings: readonly SecretFinding[],
  action: string,
): Promise<boolean> {
  const places = findings.map(({ path, line, kind }) => `${path}:${line}: ${kind}`);
  const more = places.length - shownFindings;
  const detail = [
    ...places.slice(0, shownFindings),
    ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : []),
  ].join('\n');
  const show = vscode.l10n.t('Show Places');
  const goOn = vscode.l10n.t('{0} Anyway', action);
  const answer = await vscode.window.showWarningMessage(
    findings.length === 1
      ? vscode.l10n.t('One place looks like a secret')
      : vscode.l10n.t('{0} places look like secrets', findings.length),
    { modal: true, detail },
    show,
    goOn,
  );
  if (answer === show) await showPlaces(session, findings);
  return answer === goOn;
}

async function showPlaces(session: Session, findings: readonly SecretFinding[]): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    findings.map((finding) => ({
      label: `${finding.path}:${finding.line}`,
      description: finding.kind,
      finding,
    })),
    {
      title: vscode.l10n.t('Places that look like secrets'),
      placeHolder: vscode.l10n.t(
        'Opens the place; exclude the file in the Files view, or plan without it',
      ),
    },
  );
  const uri = picked && session.uriOf(picked.finding.path);
  if (picked === undefined || uri === undefined) return;
  const line = new vscode.Position(picked.finding.line - 1, 0);
  await vscode.commands.executeCommand('vscode.open', uri, {
    selection: new vscode.Range(line, line),
  } satisfies vscode.TextDocumentShowOptions);
}
