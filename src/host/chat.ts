import * as vscode from 'vscode';

const openChatCommand = 'workbench.action.chat.open';

/** What the chat's own command takes. */
interface ChatOpening {
  readonly query: string;
  readonly attachFiles?: readonly vscode.Uri[];
}

/**
 * Throws where there is no chat, or where it is switched off: its command is there then and does nothing.
 * @param instead what works without a chat
 */
export async function requireChat(instead: string): Promise<void> {
  if (vscode.workspace.getConfiguration('chat').get('disableAIFeatures') === true) {
    throw new Error(
      vscode.l10n.t(
        'VS Code’s chat is switched off (setting chat.disableAIFeatures). {0}',
        instead,
      ),
    );
  }
  const commands = await vscode.commands.getCommands(true);
  if (!commands.includes(openChatCommand)) {
    throw new Error(vscode.l10n.t('This VS Code has no chat. {0}', instead));
  }
}

/** Opens the chat with the text in its box, not yet sent. */
export async function openChat(opening: ChatOpening): Promise<void> {
  await vscode.commands.executeCommand(openChatCommand, { ...opening, isPartialQuery: true });
}
