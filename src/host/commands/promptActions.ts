import * as vscode from 'vscode';
import { framingText, promptText, type ContextFile } from '../../core/set/promptText.ts';
import type { PromptDraft, PromptWeight } from '../../protocol/budgetMessages.ts';
import { openChat, requireChat } from '../chat.ts';
import type { Parts } from '../parts.ts';
import { isFreeOfSecrets } from '../secretsQuestion.ts';
import { textOf } from '../readText.ts';
import { bytesText, fileCountText, tokenCountText, tokensText, usdIntervalText } from '../words.ts';

/** A clipboard is one string in memory; this much is beyond every context window anyway. */
const maxPromptCharacters = 64 * 1024 * 1024;
/** A chat takes files one by one; more than this and it would be a wall of chips. */
const maxAttachedFiles = 100;

/** What asking this now weighs and costs, with the files of the set. */
export async function weighDraft(parts: Parts, draft: PromptDraft): Promise<PromptWeight> {
  const { session, rooms } = parts;
  const [counting, { weighPrompt }] = await Promise.all([rooms.counting(), rooms.weighing()]);
  const encoding = await parts.encoding();
  const files = session.subject.kind === 'set' ? session.subject.files : [];
  const [promptTokens, framingTokens] = await Promise.all([
    counting.countText(draft.text, encoding),
    counting.countText(framingText(files.map((file) => file.path)), encoding),
  ]);
  return weighPrompt({ draft, files, promptTokens, framingTokens }, session.settings);
}

/** The prompt of the box unless given; what was typed last counts, also while the view is hidden. */
export async function copyPromptWithContext(parts: Parts, draft?: PromptDraft): Promise<void> {
  const asked = draft ?? parts.budgetView.draft;
  if (!(await mayGoOn(parts, asked, vscode.l10n.t('Copy')))) return;
  const { files, missing } = await readContext(parts);
  const text = promptText(files, asked.text);
  if (text === '') {
    throw new Error(
      vscode.l10n.t('Nothing to copy: write a prompt or check files in the Files view'),
    );
  }
  if (!(await mayLeave(parts, files, asked, vscode.l10n.t('Copy')))) return;
  await vscode.env.clipboard.writeText(text);
  const counting = await parts.rooms.counting();
  const tokens = await counting.countText(text, await parts.encoding());
  const copied = vscode.l10n.t(
    'Copied {0} ({1} and your prompt)',
    tokenCountText(tokens),
    fileCountText(files.length),
  );
  if (missing.length === 0) {
    void vscode.window.showInformationMessage(copied);
  } else {
    void vscode.window.showWarningMessage(
      `${copied}. ${vscode.l10n.t('Not readable, left out: {0}', missing.slice(0, 5).join(', '))}`,
    );
  }
}

/** Puts the prompt into VS Code's chat, not yet sent, with the set's files attached. */
export async function openInChat(parts: Parts, draft?: PromptDraft): Promise<void> {
  const asked = draft ?? parts.budgetView.draft;
  await requireChat(vscode.l10n.t('"Copy Prompt with Context" works with any other.'));
  if (!(await mayGoOn(parts, asked, vscode.l10n.t('Open in Chat')))) return;
  const { subject } = parts.session;
  const files = subject.kind === 'set' ? subject.files : [];
  if (files.length === 0 && asked.text.trim() === '') {
    throw new Error(
      vscode.l10n.t('Nothing to open in a chat: write a prompt or check files in the Files view'),
    );
  }
  if (files.length > maxAttachedFiles) {
    throw new Error(
      vscode.l10n.t(
        'A chat takes at most {0} files here, and the set has {1}. "Copy Prompt with Context" has no such limit.',
        maxAttachedFiles,
        files.length,
      ),
    );
  }
  const read = await readContext(parts);
  if (!(await mayLeave(parts, read.files, asked, vscode.l10n.t('Open in Chat')))) return;
  const attachFiles = files
    .map((file) => parts.session.uriOf(file.path))
    .filter((uri) => uri !== undefined);
  await openChat({ query: asked.text, attachFiles });
}

/** Whether nothing in the files or the prompt itself looks like a secret, or the person goes on all the same. */
async function mayLeave(
  { session, rooms }: Parts,
  files: readonly ContextFile[],
  draft: PromptDraft,
  action: string,
): Promise<boolean> {
  const texts = [...files, { path: vscode.l10n.t('your prompt'), text: draft.text }];
  const { searchSecrets } = await rooms.secretSearch();
  return isFreeOfSecrets(session, () => searchSecrets(texts), action);
}

/** False when a cap says no, or the person does when it asks. */
async function mayGoOn(parts: Parts, draft: PromptDraft, action: string): Promise<boolean> {
  const { softCapTokens, hardCapTokens } = parts.session.settings;
  if (softCapTokens === undefined && hardCapTokens === undefined) return true;
  const weight = await weighDraft(parts, draft);
  if (weight.cap === undefined) return true;
  const size = vscode.l10n.t(
    'About {0} of input, {1}.',
    tokenCountText(weight.firstInput.tokens),
    usdIntervalText(weight.cost),
  );
  const openSettings = vscode.l10n.t('Open Settings');
  if (weight.cap === 'hard') {
    const answer = await vscode.window.showErrorMessage(
      vscode.l10n.t('Over your hard cap of {0} tokens', tokensText(hardCapTokens ?? 0)),
      { modal: true, detail: size },
      openSettings,
    );
    if (answer === openSettings) await showCapSettings();
    return false;
  }
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Over your soft cap of {0} tokens', tokensText(softCapTokens ?? 0)),
    { modal: true, detail: size },
    action,
    openSettings,
  );
  if (answer === openSettings) await showCapSettings();
  return answer === action;
}

async function showCapSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', 'contextBudget.cap');
}

async function readContext(
  parts: Parts,
): Promise<{ readonly files: ContextFile[]; readonly missing: string[] }> {
  const { session } = parts;
  const files: ContextFile[] = [];
  const missing: string[] = [];
  let characters = 0;
  for (const { path } of session.subject.kind === 'set' ? session.subject.files : []) {
    const uri = session.uriOf(path);
    const read = uri === undefined ? undefined : await textOf(uri).catch(() => undefined);
    if (read?.type !== 'text') {
      missing.push(path);
      continue;
    }
    characters += read.text.length;
    if (characters > maxPromptCharacters) {
      throw new Error(
        vscode.l10n.t(
          'The set is larger than {0}, too much for one prompt: check fewer files',
          bytesText(maxPromptCharacters),
        ),
      );
    }
    files.push({ path, text: read.text });
  }
  return { files, missing };
}
