import * as vscode from 'vscode';
import { countFor } from '../../core/weigh/countFor.ts';
import {
  parseLearnt,
  withLearnt,
  type LearntCount,
} from '../../core/tokens/estimate/learntRatios.ts';
import {
  ImplausibleCount,
  measureTokens,
  type TokenAsker,
  type TokenMeasurement,
} from '../../core/tokens/estimate/measureTokens.ts';
import { countBaseUrl, countEndpoint } from '../../node/countEndpoints.ts';
import { targetUris } from '../commands/setCommands.ts';
import { settingsSection } from '../settings.ts';
import { tokensText } from '../words.ts';
import { editorAsker, modelChoices, type ModelChoice } from './askers.ts';
import { mayCount, nameOfProvider } from './consent.ts';
import { askForKey, type CountKeys } from './keys.ts';
import type { ExactCountOptions } from './openExactCount.ts';
import { subjectsHere, type Subject, type SubjectText } from './subjects.ts';

interface Options extends ExactCountOptions {
  readonly keys: CountKeys;
}

/** Encodings that an extension may pass off as a model's own. */
const comparedEncodings = ['o200k_base', 'cl100k_base'];

/** Asks what and by whom, says what is sent, counts, tells and remembers. */
export async function countExactly(
  options: Options,
  target?: vscode.Uri,
  all?: readonly vscode.Uri[],
): Promise<void> {
  const targets = target === undefined ? [] : targetUris(target, all);
  const subject = await pickSubject(subjectsHere(options.session, targets));
  if (subject === undefined) return;
  const choice = await pickModel(options);
  if (choice === undefined) return;
  const texts = await subject.read();
  if (texts.length === 0) throw new Error(vscode.l10n.t('{0} has no text to count', subject.label));

  // The key and the address are settled first: nobody agrees to what then can't be done.
  const access = await accessTo(options, choice);
  if (access === undefined) return;
  const title = vscode.l10n.t('Looking for secrets in what would be sent');
  const { searchSecrets } = await options.rooms.secretSearch();
  const secrets = await inProgress(title, async (_, token) => {
    const found = await searchSecrets(texts, token);
    return token.isCancellationRequested ? undefined : found;
  });
  if (secrets === undefined) return;
  if (!(await mayCount(choice, texts, secrets, access.baseUrl))) return;

  const counting = vscode.l10n.t('{0} counts', choice.label);
  const measurement = await inProgress(counting, (progress, token) =>
    measure(options, access.asker(token), texts, progress, token),
  );
  if (measurement === undefined) return;
  const outcome = await remember(options, choice, measurement);
  const message = `${subject.label}: ${countText(measurement)}, ${byText(choice)}. ${outcome}`;
  options.log.info(`${choice.label}: ${countText(measurement)}, ${measurement.requests} requests`);
  void vscode.window.showInformationMessage(message);
}

async function pickSubject(subjects: readonly Subject[]): Promise<Subject | undefined> {
  if (subjects.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open a file, or analyze the workspace, to have it counted by a model.'),
    );
    return undefined;
  }
  if (subjects.length === 1) return subjects[0];
  const title = vscode.l10n.t('Count Exactly: What');
  return vscode.window.showQuickPick(subjects, { title });
}

async function pickModel({ session, rooms }: Options): Promise<ModelChoice | undefined> {
  const { modelsOf } = await rooms.weighing();
  const { settings } = session;
  const choices = await modelChoices(modelsOf(settings), settings.modelId);
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'No model here can count: the editor has none, and the catalogue none with a count endpoint.',
      ),
    );
    return undefined;
  }
  return vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Count Exactly: With Which Model'),
    placeHolder: vscode.l10n.t('Nothing is sent before you agree'),
    matchOnDescription: true,
  });
}

interface Access {
  readonly baseUrl?: URL;
  asker(token: vscode.CancellationToken): TokenAsker;
}

async function accessTo({ keys }: Options, { by }: ModelChoice): Promise<Access | undefined> {
  if (by.type === 'editor') return { asker: (token) => editorAsker(by.chat, token) };
  const { provider, modelName } = by;
  const section = vscode.workspace.getConfiguration(`${settingsSection}.countEndpoints`);
  const written = section.get<unknown>(provider);
  const address = typeof written === 'string' ? written : undefined;
  const baseUrl = countBaseUrl(provider, address);
  const key = (await keys.get(provider)) ?? (await askForKey(keys, provider));
  if (key === undefined) return undefined;
  const asker = (token: vscode.CancellationToken) => {
    const { signal } = abortedBy(token);
    return countEndpoint({ provider, modelName, key, baseUrl: baseUrl.href, signal });
  };
  return { baseUrl, asker };
}

async function measure(
  { rooms }: Options,
  asker: TokenAsker,
  texts: readonly SubjectText[],
  progress: vscode.Progress<{ increment?: number }>,
  token: vscode.CancellationToken,
): Promise<TokenMeasurement | undefined> {
  const counting = await rooms.counting();
  const { signal } = abortedBy(token);
  let shown = 0;
  try {
    return await measureTokens({
      texts,
      asker,
      counters: new Map(
        comparedEncodings.map((name) => [name, (text: string) => counting.countText(text, name)]),
      ),
      signal,
      onProgress: (done, of) => {
        const percent = of === 0 ? 100 : (100 * done) / of;
        progress.report({ increment: percent - shown });
        shown = percent;
      },
    });
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof ImplausibleCount) {
      throw new Error(vscode.l10n.t('Refused as no count of this text: {0}', error.message), {
        cause: error,
      });
    }
    throw error;
  }
}

/** Keeps what the count teaches of the model; says what it was estimated at before, or why nothing is kept. */
async function remember(
  { learnt }: Options,
  { model, by }: ModelChoice,
  measurement: TokenMeasurement,
): Promise<string> {
  if (model === undefined) {
    return vscode.l10n.t('Not remembered: no model of the catalogue has this name.');
  }
  const { encoding, exact } = model.tokenizer;
  const { looksLike } = measurement;
  if (exact) {
    return looksLike === encoding
      ? vscode.l10n.t('That is what {0} counts here, too.', encoding)
      : vscode.l10n.t(
          'Not remembered: {0} is counted exactly with {1} here.',
          model.name,
          encoding,
        );
  }
  if (looksLike !== undefined) {
    return vscode.l10n.t(
      'Not remembered: it is exactly what {0} counts, which is not the vocabulary of {1}. Whoever counted estimates.',
      looksLike,
      model.name,
    );
  }
  const countsByKind = Object.fromEntries(
    measurement.byKind.map(({ kind, baseTokens }) => [kind, baseTokens]),
  );
  const before = countFor({ encoding: 'o200k_base', countsByKind }, model);
  const asOf = new Date().toISOString().slice(0, 10);
  const added = measurement.byKind.map(
    ({ kind, baseTokens, lowTokens, highTokens }): LearntCount => {
      return { kind, baseTokens, lowTokens, highTokens, source: sourceOf(by), asOf };
    },
  );
  const known = parseLearnt(learnt.value);
  await learnt.set({ ...known, [model.id]: withLearnt(known[model.id] ?? [], added) });
  return vscode.l10n.t(
    'Estimated before: {0} – {1}. Remembered: estimates of {2} are narrower now.',
    tokensText(before.lowTokens),
    tokensText(before.highTokens),
    model.name,
  );
}

function sourceOf(by: ModelChoice['by']): string {
  return by.type === 'editor'
    ? `the extension of ${by.chat.vendor}`
    : `the count endpoint of ${nameOfProvider(by.provider)}`;
}

function byText(choice: ModelChoice): string {
  return choice.by.type === 'editor'
    ? vscode.l10n.t('counted by {0} of {1}', choice.label, choice.by.chat.vendor)
    : vscode.l10n.t('counted by {0} of {1}', choice.label, nameOfProvider(choice.by.provider));
}

function countText({ lowTokens, highTokens }: TokenMeasurement): string {
  return lowTokens === highTokens
    ? vscode.l10n.t('{0} tokens', tokensText(lowTokens))
    : vscode.l10n.t('{0} – {1} tokens', tokensText(lowTokens), tokensText(highTokens));
}

function inProgress<T>(
  title: string,
  task: (
    progress: vscode.Progress<{ increment?: number }>,
    token: vscode.CancellationToken,
  ) => Promise<T>,
): Thenable<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, task);
}

function abortedBy(token: vscode.CancellationToken): AbortController {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => {
    controller.abort();
  });
  return controller;
}
