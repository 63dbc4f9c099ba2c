import path from 'node:path';
import * as vscode from 'vscode';
import { formatCount } from '../../core/format/numbers.ts';
import { embeddingAddress, type EmbeddingTarget } from '../../node/embeddingEndpoint.ts';
import { checkKey } from '../../node/jsonEndpoint.ts';
import { openControl, type EmbeddingRequest, type PlansCalls } from '../../node/plansCalls.ts';
import type { PlansThread } from '../../node/plansThread.ts';
import { secretsLine } from '../secretsQuestion.ts';
import { settingsSection } from '../settings.ts';
import { bytesText } from '../words.ts';

const keyName = 'embeddingKey';

export interface EmbeddingsOptions {
  readonly thread: PlansThread;
  readonly secrets: vscode.SecretStorage;
  /** Undefined: vectors are not kept. */
  readonly storageFolder: string | undefined;
  readonly log: vscode.LogOutputChannel;
}

export interface Embeddings {
  /**
   * Whether retrieval asks an embedding model: one is set, the person agreed to what is sent, and every piece of the index has
   * its vector. False, with the reason shown, where the model can't be asked: plans are made by words alone then.
   */
  ready(indexId: number, signal?: AbortSignal): Promise<boolean>;
  /**
   * What `run` gives with embeddings where `ready` said so; without them, with the reason shown, where the model fails after all.
   */
  withThem<T>(
    isReady: boolean,
    run: (withEmbeddings: boolean) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Asks for the key and keeps it in the secret storage; an empty one is removed. */
  setKey(): Promise<void>;
}

/** Off until an address and a model are set (`contextBudget.embeddings.*`). */
export function openEmbeddings(options: EmbeddingsOptions): Embeddings {
  const { thread, secrets, log } = options;
  /** Models that the person agreed to in this window. */
  const agreed = new Set<string>();

  const embed = async (indexId: number, target: EmbeddingTarget, signal?: AbortSignal) => {
    const request = requestFor(target, options);
    const size = await thread.call('embeddingSize', indexId, request);
    const name = `${target.address} ${target.modelName}`;
    if (size.newChunks > 0 || !agreed.has(name)) {
      if (!(await mayEmbed(target, size))) return false;
      agreed.add(name);
    }
    if (size.newChunks > 0) log.info(`${name} is asked for ${size.newChunks} vectors`);
    await embedWithProgress(thread, indexId, request, size.newChunks, signal);
    return true;
  };

  const showFailure = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    log.warn(message);
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Retrieval goes by words alone, since embeddings failed: {0}', message),
    );
  };

  return {
    ready: async (indexId, signal) => {
      try {
        const target = await targetOf(secrets);
        return target !== undefined && (await embed(indexId, target, signal));
      } catch (error) {
        if (signal?.aborted === true) throw error;
        showFailure(error);
        return false;
      }
    },
    withThem: async (isReady, run, signal) => {
      if (!isReady) return run(false);
      try {
        return await run(true);
      } catch (error) {
        if (signal?.aborted === true) throw error;
        showFailure(error);
        return run(false);
      }
    },
    setKey: async () => {
      const given = await vscode.window.showInputBox({
        title: vscode.l10n.t('Key of the Embedding Model'),
        prompt: vscode.l10n.t(
          'Kept in the secret storage of VS Code and sent to no address but that of the setting. Leave it empty to remove it.',
        ),
        password: true,
        ignoreFocusOut: true,
      });
      if (given === undefined) return;
      const key = given.trim();
      if (key === '') {
        await secrets.delete(keyName);
        return;
      }
      checkKey(key);
      await secrets.store(keyName, key);
    },
  };
}

/** What the settings name; undefined: none, or the workspace is not trusted. Throws where only one of them is set. */
async function targetOf(secrets: vscode.SecretStorage): Promise<EmbeddingTarget | undefined> {
  const section = vscode.workspace.getConfiguration(`${settingsSection}.embeddings`);
  const [address, modelName] = ['address', 'model'].map((name) => {
    const value = section.get<unknown>(name);
    return typeof value === 'string' ? value.trim() : '';
  });
  if (address === '' || !vscode.workspace.isTrusted) return undefined;
  if (modelName === '') {
    throw new Error(
      vscode.l10n.t(
        'Set {0} too: the model that {1} has',
        'contextBudget.embeddings.model',
        address,
      ),
    );
  }
  embeddingAddress(address);
  const key = await secrets.get(keyName);
  return { address, modelName, ...(key === undefined ? {} : { key }) };
}

function requestFor(
  target: EmbeddingTarget,
  { storageFolder }: EmbeddingsOptions,
): EmbeddingRequest {
  if (storageFolder === undefined) return { target };
  return { target, cacheFolder: path.join(storageFolder, 'embeddings') };
}

/** Asks before anything is sent, naming what goes where; false unless the person agrees. */
async function mayEmbed(
  { address, modelName, key }: EmbeddingTarget,
  { newChunks, newBytes, secrets }: PlansCalls['embeddingSize']['result'],
): Promise<boolean> {
  const { host } = embeddingAddress(address).url;
  const size = vscode.l10n.t('{0} pieces, {1}', formatCount(newChunks), bytesText(newBytes));
  const send = vscode.l10n.t('Send and Embed');
  const detail = [
    vscode.l10n.t('Address: {0}', address),
    key === undefined
      ? vscode.l10n.t('Model: {0}', modelName)
      : vscode.l10n.t('Model: {0}, with your key', modelName),
    newChunks === 0
      ? vscode.l10n.t('Sent: what you ask. The code was sent before.')
      : vscode.l10n.t(
          'Sent: the code of the planned files without names and paths ({0}), and what you ask',
          size,
        ),
    secretsLine(secrets),
  ].join('\n');
  const question =
    newChunks === 0
      ? vscode.l10n.t('Ask {0} for embeddings?', host)
      : vscode.l10n.t('Send {0} of code to {1} to be embedded?', size, host);
  const options = { modal: true, detail };
  return (await vscode.window.showWarningMessage(question, options, send)) === send;
}

async function embedWithProgress(
  thread: PlansThread,
  indexId: number,
  request: EmbeddingRequest,
  count: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const control = new Int32Array(new SharedArrayBuffer(8));
  const cancel = () => Atomics.store(control, openControl.cancelled, 1);
  signal?.addEventListener('abort', cancel, { once: true });
  const title = vscode.l10n.t('Embedding code');
  const location =
    count === 0 ? vscode.ProgressLocation.Window : vscode.ProgressLocation.Notification;
  try {
    await vscode.window.withProgress({ location, title, cancellable: true }, async (ui, token) => {
      token.onCancellationRequested(cancel);
      const timer = setInterval(() => {
        const done = Atomics.load(control, openControl.filesDone);
        ui.report({ message: vscode.l10n.t('{0} of {1} pieces', done, count) });
      }, 200);
      try {
        await thread.call('embed', indexId, request, control);
      } finally {
        clearInterval(timer);
      }
    });
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
