import * as vscode from 'vscode';
import type { LearntMemory } from '../learntMemory.ts';
import type { Rooms } from '../rooms.ts';
import type { Session } from '../session.ts';
import { countExactly } from './countExactly.ts';
import { forgetExactCounts } from './forgetExactCounts.ts';
import { countKeys, removeCountKey, setCountKey } from './keys.ts';

export interface ExactCountOptions {
  readonly session: Session;
  readonly rooms: Pick<Rooms, 'counting' | 'weighing' | 'secretSearch'>;
  readonly secrets: vscode.SecretStorage;
  readonly learnt: LearntMemory;
  readonly log: vscode.LogOutputChannel;
}

/** What the commands of exact counting do. */
export interface ExactCount {
  countExactly(target?: vscode.Uri, all?: readonly vscode.Uri[]): Promise<void>;
  setKey(): Promise<void>;
  removeKey(): Promise<void>;
  forget(): Promise<void>;
}

export function openExactCount(options: ExactCountOptions): ExactCount {
  const keys = countKeys(options.secrets);
  return {
    countExactly: async (target, all) => {
      requireTrust();
      await countExactly({ ...options, keys }, target, all);
    },
    setKey: async () => {
      requireTrust();
      await setCountKey(keys);
    },
    removeKey: () => removeCountKey(keys),
    forget: () => forgetExactCounts(options),
  };
}

/** A folder that nobody vouched for must not get its files sent anywhere; the commands are not offered in it either. */
function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Error(
    vscode.l10n.t('Counting by a model sends text to it: that needs a workspace that you trust.'),
  );
}
