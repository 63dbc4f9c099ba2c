import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { countFor } from '../../src/core/weigh/countFor.ts';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { goodKey, startCountServer, type CountServer } from '../node/countServer.ts';
import {
  contextBudget,
  extensionId,
  setSetting,
  until,
  workspaceUri,
  writeFile,
} from './support.ts';

const sonnet = 'anthropic/claude-sonnet-4-5';
const code = 'export const answer = 42;\nfunction add(a: number, b: number) { return a + b; }\n';

/** As a real tokenizer, roughly: the same as that of the fake models. */
function plausibleCount(text: string): number {
  return (text.match(/ ?[A-Za-z]{1,6}|[0-9]{1,3}|\s+|[^\sA-Za-z0-9]/g) ?? []).length;
}

interface Answers {
  /** What is picked, by a part of its label and description, in order. */
  readonly picks?: readonly RegExp[];
  readonly input?: string;
  /** Agrees to what is asked modally. */
  readonly agree?: boolean;
}

interface Said {
  readonly offered: string[][];
  readonly consents: string[];
  readonly infos: string[];
  readonly errors: string[];
}

/** Runs a command with a person’s answers in place of the person, and notes all that is said. */
async function withAnswers(answers: Answers, action: () => Thenable<unknown>): Promise<Said> {
  const said: Said = { offered: [], consents: [], infos: [], errors: [] };
  const picks = [...(answers.picks ?? [])];
  const stand = {
    showQuickPick: async (
      given: readonly vscode.QuickPickItem[] | Thenable<readonly vscode.QuickPickItem[]>,
      options?: vscode.QuickPickOptions,
    ) => {
      const items = await given;
      const texts = items.map(({ label, description }) => `${label} · ${description ?? ''}`);
      said.offered.push(texts);
      const wanted = picks.shift();
      const picked = items[texts.findIndex((text) => wanted?.test(text) === true)];
      return options?.canPickMany === true && picked !== undefined ? [picked] : picked;
    },
    showInputBox: () => Promise.resolve(answers.input),
    showWarningMessage: (
      text: string,
      { detail }: vscode.MessageOptions,
      ...buttons: readonly string[]
    ) => {
      said.consents.push(`${text}\n${detail ?? ''}`);
      return Promise.resolve(answers.agree === true ? buttons[0] : undefined);
    },
    showInformationMessage: (text: string) => {
      said.infos.push(text);
      return Promise.resolve(undefined);
    },
    showErrorMessage: (text: string) => {
      said.errors.push(text);
      return Promise.resolve(undefined);
    },
  };
  const own = Object.keys(stand).map(
    (name) => [name, Object.getOwnPropertyDescriptor(vscode.window, name)] as const,
  );
  for (const [name, value] of Object.entries(stand)) {
    Object.defineProperty(vscode.window, name, { value, configurable: true, writable: true });
  }
  try {
    await action();
  } finally {
    for (const [name, descriptor] of own) {
      if (descriptor !== undefined) Object.defineProperty(vscode.window, name, descriptor);
    }
  }
  return said;
}

describe('counting by the model itself', () => {
  let api: ContextBudgetApi;
  let server: CountServer;
  const count = (answers: Answers, uri?: vscode.Uri) =>
    withAnswers(answers, () => vscode.commands.executeCommand('contextBudget.countExactly', uri));

  before(async () => {
    api = await contextBudget();
    server = await startCountServer(plausibleCount);
    await setSetting('contextBudget.model', sonnet);
    await setSetting('contextBudget.countEndpoints.anthropic', server.address);
    await setSetting('contextBudget.countEndpoints.google', server.address);
    await until('the model', () => api.session.settings.modelId === sonnet);
    await writeFile('exact/a.ts', code.repeat(100));
    await writeFile('exact/b.md', '# Words\n\nSome prose about counting tokens.\n'.repeat(40));
    await until('the fake models', async () => {
      return (await vscode.lm.selectChatModels({ vendor: 'faketests' })).length >= 5;
    });
  });

  after(async () => {
    await server.close();
    await api.parts.learnt.set(undefined);
    for (const key of ['model', 'countEndpoints.anthropic', 'countEndpoints.google']) {
      await setSetting(`contextBudget.${key}`, undefined);
    }
    await removeKey();
  });

  beforeEach(async () => {
    server.requests.length = 0;
    server.misbehave = undefined;
    await api.parts.learnt.set(undefined);
  });

  const removeKey = () =>
    withAnswers({ picks: [/Anthropic/] }, () =>
      vscode.commands.executeCommand('contextBudget.removeCountKey'),
    );
  const setKey = (input: string) =>
    withAnswers({ picks: [/Anthropic/], input }, () =>
      vscode.commands.executeCommand('contextBudget.setCountKey'),
    );

  it('of the editor counts, after it was agreed to, and is remembered', async () => {
    const picks = [/claude-sonnet-4.5 .*faketests/];
    const refused = await count({ picks }, workspaceUri('exact/a.ts'));
    assert.match(refused.consents[0], /1 file.*claude-sonnet-4.5/);
    assert.deepEqual(refused.infos, []);
    const said = await count({ picks, agree: true }, workspaceUri('exact/a.ts'));
    assert.deepEqual(said.errors, []);
    const exact = plausibleCount(code.repeat(100));
    assert.ok(said.infos[0].includes(exact.toLocaleString('en-US')), said.infos[0]);
    assert.match(said.infos[0], /Estimated before.*Remembered.*Claude Sonnet 4.5/);
    const { modelsOf } = await api.rooms.weighing();
    const model = modelsOf(api.session.settings).find(({ id }) => id === sonnet);
    assert.ok(model);
    const counting = await api.rooms.counting();
    const base = await counting.countText(code.repeat(100), 'o200k_base');
    const same = countFor({ encoding: 'o200k_base', countsByKind: { code: base } }, model);
    assert.ok(same.lowTokens <= exact && exact <= same.highTokens);
    assert.match(same.basis, /^measured with the model on \d{4}-\d\d-\d\d/);
    const other = countFor({ encoding: 'o200k_base', countsByKind: { code: 7 * base } }, model);
    assert.match(other.basis, /for code \(measured with the model on/);
    assert.ok(other.highTokens / other.lowTokens < 1.3);
  });

  it('shows what was measured in the views', async () => {
    await vscode.commands.executeCommand('contextBudget.analyze');
    await api.session.clearSet();
    await api.session.setChecked([['exact', true]]);
    const before = await api.budgetView.snapshot();
    await count({ picks: [/claude-sonnet-4.5 .*faketests/], agree: true }, workspaceUri('exact'));
    const after = await api.budgetView.snapshot();
    const width = (snapshot: typeof before) =>
      (snapshot.count?.highTokens ?? NaN) - (snapshot.count?.lowTokens ?? NaN);
    assert.ok(width(after) < width(before) / 5, `${width(after)} of ${width(before)}`);
    assert.match(after.count?.basis ?? '', /measured with the model on/);
    await withAnswers({ picks: [/anthropic/] }, () =>
      vscode.commands.executeCommand('contextBudget.forgetExactCounts'),
    );
    const forgotten = await api.budgetView.snapshot();
    assert.deepEqual(forgotten.count, before.count);
    await api.session.clearSet();
  });

  it('is refused with the reason when it can be no count', async () => {
    for (const [name, reason] of [
      ['fake-constant', /Refused as no count of this text: .* has 1 tokens/],
      ['fake-characters', /no known tokenizer is below/],
      ['fake-nonsense', /no number of tokens/],
      ['fake-failing', /quota is used up/],
    ] as const) {
      const picks = [new RegExp(name)];
      const said = await count({ picks, agree: true }, workspaceUri('exact/a.ts'));
      assert.match(said.errors[0] ?? '', reason, name);
      assert.deepEqual(said.infos, []);
    }
    assert.equal(api.parts.learnt.value, undefined);
  });

  it('that the catalogue does not know is shown and not remembered', async () => {
    const said = await count(
      { picks: [/fake-plausible/], agree: true },
      workspaceUri('exact/a.ts'),
    );
    assert.match(said.infos[0], /Not remembered: no model of the catalogue/);
    assert.equal(api.parts.learnt.value, undefined);
  });

  it('of Anthropic’s endpoint is asked with the person’s key, and names what goes where', async () => {
    await setKey(goodKey);
    await writeFile(
      'exact/secret.ts',
      `${code}const token = "ghp_${'x1Y2z3A4b5'.repeat(4).slice(0, 36)}";\n`,
    );
    const picks = [/Claude Sonnet 4.5 · .*count endpoint of Anthropic/];
    const refused = await count({ picks }, workspaceUri('exact/secret.ts'));
    assert.equal(server.requests.length, 0);
    const consent = refused.consents[0];
    assert.ok(consent.includes(`Address: ${server.address}/`), consent);
    assert.match(consent, /claude-sonnet-4-5, with your key for Anthropic/);
    assert.match(consent, /LOOKS LIKE SECRETS.*exact\/secret.ts:3/);
    assert.ok(!consent.includes(goodKey) && !consent.includes('ghp_'));
    const said = await count({ picks, agree: true }, workspaceUri('exact/a.ts'));
    assert.deepEqual(said.errors, []);
    assert.ok(server.requests.every(({ headers }) => headers['x-api-key'] === goodKey));
    const exact = plausibleCount(code.repeat(100));
    const numbers = said.infos[0].match(/[\d,]+/g)?.map((each) => Number(each.replaceAll(',', '')));
    assert.ok(
      numbers?.some((each) => Math.abs(each - exact) <= 1),
      said.infos[0],
    );
    const sent = server.requests.map(({ body }) => body).join('\n');
    assert.ok(!sent.includes('exact/a.ts'));
  });

  it('says what the endpoint answered, and never key or text', async () => {
    await setKey('another-key-0123456789');
    const picks = [/Claude Sonnet 4.5 · .*count endpoint of Anthropic/];
    const said = await count({ picks, agree: true }, workspaceUri('exact/a.ts'));
    assert.match(said.errors[0], /does not accept the key \(401, authentication_error\)/);
    assert.ok(!said.errors[0].includes('another-key'));
  });

  it('is not offered in a workspace that is not trusted', () => {
    const { menus } = (
      vscode.extensions.getExtension(extensionId)?.packageJSON as {
        contributes: { menus: Record<string, readonly { command: string; when?: string }[]> };
      }
    ).contributes;
    for (const [menu, entries] of Object.entries(menus)) {
      for (const { command, when } of entries) {
        if (!/countExactly|setCountKey/.test(command)) continue;
        assert.match(when ?? '', /isWorkspaceTrusted/, `${command} in ${menu}`);
      }
    }
    const inPalette = menus['commandPalette'].map(({ command }) => command);
    assert.ok(inPalette.includes('contextBudget.countExactly'));
    assert.ok(inPalette.includes('contextBudget.setCountKey'));
  });

  it('asks for a key where there is none, and sends nothing without', async () => {
    await removeKey();
    const picks = [/Claude Sonnet 4.5 · .*count endpoint of Anthropic/];
    const said = await count({ picks, agree: true }, workspaceUri('exact/a.ts'));
    assert.deepEqual([said.consents, said.infos, server.requests], [[], [], []]);
    const none = await removeKey();
    assert.match(none.infos[0], /No key/);
  });
});
