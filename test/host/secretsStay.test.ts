import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import * as vscode from 'vscode';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { startCountServer, type CountServer } from '../node/countServer.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../node/embeddingServer.ts';
import { plantedTree, secrets, tracesIn } from '../reliability/plantedSecrets.ts';
import { contextBudget, setSetting, until, workspaceUri, writeFile } from './support.ts';

const sonnet = 'anthropic/claude-sonnet-4-5';
const run = (command: string, ...args: unknown[]) =>
  Promise.resolve(vscode.commands.executeCommand(`contextBudget.${command}`, ...args));

interface Answers {
  readonly picks?: readonly RegExp[];
  readonly input?: string;
  /** Buttons that are pressed where they are offered. */
  readonly buttons?: readonly string[];
}

/** Everything that was said to the person, and logged, while the test at hand ran. */
const said: string[] = [];
const logged: string[] = [];

/** A person's answers in place of the person; all that is said and shown is noted. */
async function answeringAll<T>(answers: Answers, action: () => Promise<T>): Promise<T | undefined> {
  const picks = [...(answers.picks ?? [])];
  const message = (text: string, ...rest: readonly unknown[]) => {
    said.push(text, ...rest.map((each) => JSON.stringify(each)));
    return Promise.resolve(rest.find((each) => answers.buttons?.includes(each as string) === true));
  };
  const stand = {
    showInformationMessage: message,
    showWarningMessage: message,
    showErrorMessage: message,
    showInputBox: (options: unknown) => {
      said.push(JSON.stringify(options));
      return Promise.resolve(answers.input);
    },
    showQuickPick: async (given: unknown) => {
      const items = (await given) as readonly vscode.QuickPickItem[];
      said.push(JSON.stringify(items));
      const wanted = picks.shift();
      return items.find(
        ({ label, description }) => wanted?.test(`${label} · ${description ?? ''}`) === true,
      );
    },
  };
  const own = Object.keys(stand).map(
    (name) => [name, Object.getOwnPropertyDescriptor(vscode.window, name)] as const,
  );
  for (const [name, value] of Object.entries(stand)) {
    Object.defineProperty(vscode.window, name, { value, configurable: true, writable: true });
  }
  try {
    return await action();
  } catch (error) {
    said.push(String(error));
    return undefined;
  } finally {
    for (const [name, descriptor] of own) {
      if (descriptor !== undefined) Object.defineProperty(vscode.window, name, descriptor);
    }
  }
}

function filesBelow(folder: string, except: readonly string[] = []): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (except.includes(file)) return [];
    if (entry.isDirectory()) return filesBelow(file, except);
    return entry.isFile() ? [file] : [];
  });
}

const read = (file: string) => {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
};

/** Places outside the workspace at which one of the traces is found. */
function leaks({ kept }: ContextBudgetApi, traces?: readonly string[]): string[] {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  // Where this run of VS Code keeps everything: settings, states of windows, logs, histories.
  const progressFile = process.env['CONTEXT_BUDGET_TEST_PROGRESS'];
  const folders = [
    ...kept.folders.map((uri) => uri.fsPath),
    ...(progressFile === undefined ? [] : [path.dirname(progressFile)]),
  ];
  const found: string[] = [];
  const search = (content: Uint8Array | string, where: string) => {
    if (tracesIn(content, traces).length > 0) found.push(where);
  };
  const isHistory = (file: string) => /[/\\]User[/\\]History[/\\]/.test(file);
  for (const file of new Set(folders.flatMap((each) => filesBelow(each, [folder.uri.fsPath]))))
    // VS Code's own copies of what was edited are the person's files once more.
    if (!isHistory(file)) search(read(file), file);
  kept.mementos.forEach((memento, i) => {
    for (const key of memento.keys())
      search(JSON.stringify(memento.get(key)) ?? '', `memento ${i}, ${key}`);
  });
  search(JSON.stringify(vscode.workspace.getConfiguration()), 'settings');
  for (const text of said) search(text, `said: ${text.slice(0, 60)}…`);
  for (const text of logged) search(text, `logged: ${text.slice(0, 60)}…`);
  return found;
}

/** Notes all that is logged (some builds of VS Code write no file of it) until what it returns is called. */
function noteLog({ parts: { log } }: ContextBudgetApi): () => void {
  const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
  const own = levels.map((level) => Object.getOwnPropertyDescriptor(log, level));
  for (const level of levels) {
    const write = log[level].bind(log) as (...values: unknown[]) => void;
    const value = (...values: unknown[]) => {
      const text = values.map((each) => inspect(each, { depth: 9 })).join(' ');
      logged.push(text);
      write(...values);
    };
    Object.defineProperty(log, level, { value, configurable: true, writable: true });
  }
  return () => {
    levels.forEach((level, i) => {
      const descriptor = own[i];
      if (descriptor !== undefined) Object.defineProperty(log, level, descriptor);
    });
  };
}

/** A row of the reliability suite's table, where it asks for one. What leaves the machine is counted there, for the whole run. */
function writeFigures(name: string, tried: number, startedMs: number): void {
  const file = process.env['CONTEXT_BUDGET_FIGURES'];
  if (file === undefined) return;
  const none = { hangs: 0, crashes: 0, wrong: 0, notes: [] };
  const seconds = (Date.now() - startedMs) / 1000;
  appendFileSync(file, `${JSON.stringify({ group: 'privacy', name, tried, ...none, seconds })}\n`);
}

describe('what must not be told', () => {
  let api: ContextBudgetApi;
  let counts: CountServer;
  let embeddings: EmbeddingServer;
  let restoreLog = () => {};

  before(async () => {
    api = await contextBudget();
    restoreLog = noteLog(api);
    counts = await startCountServer((text) => text.length);
    embeddings = await startEmbeddingServer();
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('the model', () => api.session.settings.modelId === 'openai/gpt-4o');
  });

  beforeEach(() => {
    said.length = 0;
    logged.length = 0;
  });

  after(async () => {
    restoreLog();
    await counts.close();
    await embeddings.close();
    for (const key of [
      'model',
      'countEndpoints.anthropic',
      'embeddings.address',
      'embeddings.model',
    ]) {
      await setSetting(`contextBudget.${key}`, undefined);
    }
    await api.session.clearSet();
    await vscode.workspace.fs.delete(workspaceUri('planted'), { recursive: true });
    await run('analyze');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('secrets in the files are in no log, no cache, no state, no export and no error', async function () {
    this.timeout(140_000);
    const startedMs = Date.now();
    let tried = 0;
    const attempt = (answers: Answers, action: () => Promise<unknown>) => {
      tried++;
      return answeringAll(answers, action);
    };
    for (const [name, text] of Object.entries(plantedTree))
      await writeFile(`planted/${name}`, text);
    await attempt({}, () => run('analyze'));
    await api.session.clearSet();
    await api.session.setChecked([['planted', true]]);
    const plans = await api.rooms.plans();

    // Planned, and not sent: the person is told where something looks like a secret, and decides against it.
    const task = { kind: 'question', question: 'where is the token' } as const;
    await attempt({}, () => run('planStrategy', { task, strategy: 'full' }));
    const isPlanned = plans.report?.planned.some(({ plan }) => plan !== undefined);
    assert.ok(isPlanned, [...said, ...logged].join('\n'));
    const out = mkdtempSync(path.join(tmpdir(), 'context-budget-out-'));
    for (const action of ['copyPlan', 'sendPlanToChat'])
      await attempt({ buttons: [] }, () => run(action));
    await attempt({}, () => run('savePlan', vscode.Uri.file(out)));
    assert.deepEqual(readdirSync(out), []);
    rmSync(out, { recursive: true });
    assert.match(said.join('\n'), /places look like secrets/);
    await until('the index to be kept', () =>
      filesBelow(api.kept.folders[1].fsPath).some((file) => file.endsWith('.index')),
    );

    // To be embedded, by a server that repeats what it is sent.
    embeddings.misbehave = (response, texts) => {
      response.writeHead(400).end(JSON.stringify({ error: { message: texts.join('\n') } }));
      return true;
    };
    await setSetting('contextBudget.embeddings.address', `${embeddings.address}/api/embed`);
    await setSetting('contextBudget.embeddings.model', 'words');
    for (const buttons of [[], ['Send and Embed']])
      await attempt({ buttons }, () => run('planStrategy', { task, strategy: 'rag' }));
    assert.ok(embeddings.requests.some(({ texts }) => tracesIn(texts.join()).length > 0));
    await setSetting('contextBudget.embeddings.address', undefined);

    // Taken for what they are not.
    for (const name of ['bad.json', '.env', 'src/key.ts', 'a.ipynb']) {
      const uri = workspaceUri(`planted/${name}`);
      await attempt({}, () => run('useTokenizerFile', 'meta/llama-3.1-8b-instruct', uri, 'gpt2'));
      await attempt({}, () => run('importPrices', uri));
      await attempt({}, () => run('importModel', uri));
    }
    // Typed and not saved.
    const uri = api.session.uriOf('planted/src/main.ts');
    assert.ok(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), `const typed = '${secrets.slack}';\n`);
    await vscode.workspace.applyEdit(edit);
    await attempt({}, () => run('planStrategy', { task, strategy: 'full' }));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    // Shown in the dashboard, asked for there, and cancelled.
    const { api: page } = await api.rooms.dashboard();
    await attempt({}, () =>
      page.planStrategies({
        task,
        subject: { kind: 'folder', path: 'planted' },
        modelId: 'openai/gpt-4o',
        reservedOutputTokens: 1_000,
        overheadTokens: 0,
      }),
    );
    await attempt({}, () => page.openPart('planted/../../elsewhere', 0, 1));

    assert.match(logged.join('\n'), /Counted \d+ files[^]*did not accept the request/);
    assert.ok(filesBelow(api.kept.folders[1].fsPath).some((file) => file.endsWith('.counts')));
    assert.deepEqual(leaks(api), []);
    writeFigures('planted secrets in an editor: log, caches, states, messages', tried, startedMs);
  });

  it('keys are in the secret storage and nowhere else, however the count fails', async function () {
    this.timeout(140_000);
    const startedMs = Date.now();
    let tried = 0;
    const countKey = 'sk-ant-own-0f1e2d3c4b5a69788796a5b4';
    const embeddingKey = 'sk-emb-own-99887766554433221100ffee';
    const keys = [countKey, embeddingKey, 'own-0f1e2d3c', 'own-99887766'];
    await setSetting('contextBudget.model', sonnet);
    await until('the model', () => api.session.settings.modelId === sonnet);
    await writeFile('planted/plain.md', '# Plain\n\nWords to be counted, and nothing else.\n');
    await answeringAll({ picks: [/Anthropic/], input: countKey }, () => run('setCountKey'));
    await answeringAll({ input: embeddingKey }, () => run('setEmbeddingKey'));
    await setSetting('contextBudget.countEndpoints.anthropic', counts.address);

    const failures: Record<string, CountServer['misbehave']> = {
      'refuses, repeating all it was sent': (response, { headers, body }) => {
        const message = `${JSON.stringify(headers)} ${body}`;
        const error = { type: 'authentication_error', message };
        response.writeHead(401).end(JSON.stringify({ error, headers }));
        return true;
      },
      'answers with the headers': (response, { headers }) => {
        response.end(JSON.stringify(headers));
        return true;
      },
      'answers with no JSON, but the key': (response, { headers }) => {
        response.end(String(headers['x-api-key']));
        return true;
      },
      'sends elsewhere': (response, { headers }) => {
        const location = `${counts.address}/?${String(headers['x-api-key'])}`;
        response.writeHead(302, { location }).end();
        return true;
      },
      'breaks off': (response) => {
        response.destroy();
        return true;
      },
    };
    for (const [what, misbehave] of Object.entries(failures)) {
      counts.misbehave = misbehave;
      counts.requests.length = 0;
      const before = said.length;
      tried++;
      const picks = [/Claude Sonnet 4.5 · .*count endpoint of Anthropic/];
      await answeringAll({ picks, buttons: ['Send and Count'] }, () =>
        run('countExactly', workspaceUri('planted/plain.md')),
      );
      const [request] = counts.requests;
      assert.equal(request?.headers['x-api-key'], countKey, what);
      assert.match(said.slice(before).join('\n'), /127\.0\.0\.1/, `${what}: names the server`);
    }
    counts.misbehave = undefined;
    // A key that can't be one is refused without being repeated.
    const withSpace = `${countKey} x`;
    tried++;
    await answeringAll({ picks: [/Anthropic/], input: withSpace }, () => run('setCountKey'));

    embeddings.misbehave = (response) => {
      const [{ authorization }] = embeddings.requests.slice(-1);
      response.writeHead(403).end(JSON.stringify({ error: { message: authorization } }));
      return true;
    };
    await setSetting('contextBudget.embeddings.address', `${embeddings.address}/v1/embeddings`);
    await setSetting('contextBudget.embeddings.model', 'words');
    await run('analyze');
    await api.session.clearSet();
    await api.session.setChecked([['planted/plain.md', true]]);
    tried++;
    const task = { kind: 'question', question: 'what is counted' } as const;
    await answeringAll({ buttons: ['Send and Embed'] }, () =>
      run('planStrategy', { task, strategy: 'rag' }),
    );
    const { authorization } = embeddings.requests.at(-1) ?? {};
    assert.equal(authorization, `Bearer ${embeddingKey}`, said.join('\n'));
    assert.match(logged.join('\n'), /does not accept the key/);
    assert.deepEqual(leaks(api, keys), []);

    await answeringAll({ picks: [/Anthropic/] }, () => run('removeCountKey'));
    await answeringAll({ input: '' }, () => run('setEmbeddingKey'));
    assert.deepEqual(leaks(api, keys), []);
    writeFigures('keys of services in an editor, with counts that fail', tried, startedMs);
  });
});
