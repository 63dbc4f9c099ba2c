import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ContextBudgetApi } from '../../src/host/start.ts';

export const extensionId = 'context-budget.context-budget';

/** The running extension's parts. */
export async function contextBudget(): Promise<ContextBudgetApi> {
  const extension = vscode.extensions.getExtension<ContextBudgetApi>(extensionId);
  assert.ok(extension, `${extensionId} is not installed here`);
  return extension.activate();
}

/** Waits until a condition holds, asking often; fails with what was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) assert.fail(`waited ${patienceMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function workspaceUri(path: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return vscode.Uri.joinPath(folder.uri, path);
}

export async function writeFile(path: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(workspaceUri(path), Buffer.from(text));
}

export async function setSetting(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}

/**
 * Puts `value` in the place of a function of VS Code while `action` runs; also for the running extension, which shares its
 * `vscode` with the tests.
 */
export async function standingIn<Target extends object>(
  target: Target,
  name: keyof Target,
  value: unknown,
  action: () => Promise<unknown>,
): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(target, name);
  assert.ok(own);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  try {
    await action();
  } finally {
    Object.defineProperty(target, name, own);
  }
}

/** Runs `action` as if VS Code's chat were switched on; the suite runs with it off, and to switch it takes a minute. */
export async function withChatOn(action: () => Promise<unknown>): Promise<void> {
  const real = vscode.workspace.getConfiguration;
  const value = (section?: string, scope?: vscode.ConfigurationScope): unknown =>
    section === 'chat' ? { get: () => false } : real(section, scope);
  await standingIn(vscode.workspace, 'getConfiguration', value, action);
}

/** What the status bar was told while `action` ran. */
export async function statusMessages(action: () => Promise<unknown>): Promise<string[]> {
  const told: string[] = [];
  const value = (text: string): vscode.Disposable => {
    told.push(text);
    return new vscode.Disposable(() => undefined);
  };
  await standingIn(vscode.window, 'setStatusBarMessage', value, action);
  return told;
}

type Message = 'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage';

/**
 * Answers every message of one kind with the button of this name, in place of a person, while `action` runs.
 * @returns what was asked
 */
export async function answering(
  message: Message,
  button: string | undefined,
  action: () => Promise<unknown>,
): Promise<string[]> {
  const asked: string[] = [];
  const value = (text: string, ...rest: readonly unknown[]): Promise<string | undefined> => {
    asked.push(text);
    return Promise.resolve(rest.includes(button) ? button : undefined);
  };
  await standingIn(vscode.window, message, value, action);
  return asked;
}
