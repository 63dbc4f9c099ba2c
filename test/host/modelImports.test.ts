import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { cardScheme, cardUri } from '../../src/host/modelCardDocuments.ts';
import { pricesUrl } from '../../src/node/refreshPrices.ts';
import { ggufBytes } from '../core/architectures/ggufBytes.ts';
import { answering, contextBudget, setSetting, until, workspaceUri, writeFile } from './support.ts';

/** Puts values in the place of properties while `action` runs; the running extension shares the objects. */
async function replacing(
  target: object,
  values: Readonly<Record<string, unknown>>,
  action: () => Promise<unknown>,
): Promise<void> {
  const before = Object.keys(values).map(
    (name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const,
  );
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
  try {
    await action();
  } finally {
    for (const [name, own] of before) {
      if (own === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, own);
    }
  }
}

/** Answers the input box with a text, and a quick pick with the items of these labels. */
function typing(
  text: string | undefined,
  labels: readonly string[],
  action: () => Promise<unknown>,
) {
  return replacing(
    vscode.window,
    {
      showInputBox: (options?: vscode.InputBoxOptions) =>
        Promise.resolve(text === '' ? options?.value : text),
      showQuickPick: (items: readonly vscode.QuickPickItem[]) =>
        Promise.resolve(items.filter(({ label }) => labels.includes(label))),
    },
    action,
  );
}

const run = (command: string, ...args: unknown[]) =>
  Promise.resolve(vscode.commands.executeCommand(`contextBudget.${command}`, ...args));

async function errorsOf(action: () => Promise<unknown>): Promise<string[]> {
  const errors: string[] = [];
  const showErrorMessage = (message: string) => {
    errors.push(message);
    return Promise.resolve(undefined);
  };
  await replacing(vscode.window, { showErrorMessage }, action);
  return errors;
}

describe('importing models and prices', () => {
  let api: ContextBudgetApi;
  let server: Server;
  let address: string;
  const asked: string[] = [];

  const models = async () => (await api.rooms.weighing()).modelsOf(api.session.settings);
  const modelOf = async (id: string) => (await models()).find((one) => one.id === id);
  const cardOf = async (id: string) => (await api.rooms.models()).cardText(id);

  before(async () => {
    api = await contextBudget();
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url === '/v1/models') {
        return response.end('{"data":[{"id":"tiny:1b"},{"id":"Qwen3-8B"}]}');
      }
      if (request.url !== '/api/show') return response.writeHead(404).end();
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        if (!body.includes('tiny:1b')) return response.writeHead(404).end();
        const info = {
          'general.architecture': 'llama',
          'llama.block_count': 16,
          'llama.context_length': 8192,
          'llama.embedding_length': 2048,
          'llama.feed_forward_length': 8192,
          'llama.vocab_size': 32_000,
          'llama.attention.head_count': 32,
          'llama.attention.head_count_kv': 8,
        };
        return response.end(JSON.stringify({ model_info: info }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    const { own } = api;
    await own.save({ files: [], models: [] });
  });

  it('reads the shape of a config.json, and weighs the model beside the catalogue', async () => {
    const config = { hidden_size: 4096, num_attention_heads: 32, num_hidden_layers: 32 };
    const rest = { num_key_value_heads: 8, intermediate_size: 14_336, vocab_size: 128_256 };
    await writeFile(
      'imports/my-llama/config.json',
      JSON.stringify({ ...config, ...rest, max_position_embeddings: 131_072 }),
    );
    const said = await answering('showInformationMessage', undefined, () =>
      typing('', [], () => run('importModel', workspaceUri('imports/my-llama/config.json'))),
    );
    assert.deepEqual(said, ['Imported my-llama as local/my-llama.']);
    const model = await modelOf('local/my-llama');
    assert.equal(model?.contextWindowTokens?.value, 131_072);
    assert.equal(model.contextWindowTokens.source, 'config.json');
    const card = await cardOf('local/my-llama');
    assert.match(card, /KV cache: 125 MiB for the first 1,000 tokens/);
    assert.match(card, /imported from config.json, 20\d\d-/);
  });

  it('reads the header of a GGUF file, and tells what is wrong with one that is none', async () => {
    const header = ggufBytes({
      'general.architecture': 'llama',
      'general.name': 'Small One',
      'llama.block_count': 8,
      'llama.embedding_length': 1024,
      'llama.context_length': 4096,
      'llama.attention.head_count': 8,
      'llama.attention.head_count_kv': 2,
    });
    await vscode.workspace.fs.writeFile(workspaceUri('imports/small.gguf'), header);
    await answering('showInformationMessage', undefined, () =>
      typing('', [], () => run('importModel', workspaceUri('imports/small.gguf'))),
    );
    assert.equal((await modelOf('local/small-one'))?.contextWindowTokens?.value, 4096);
    await writeFile('imports/none.gguf', 'this is no model at all');
    const errors = await errorsOf(() => run('importModel', workspaceUri('imports/none.gguf')));
    assert.match(errors.join(), /GGUF file is "0x.*must be a file that begins with "GGUF"/);
  });

  it('asks a running server only at the address that was typed', async () => {
    const before = asked.length;
    await typing(undefined, [], () => run('importServerModels'));
    assert.equal(asked.length, before, 'nothing is asked before there is an address');
    await answering('showInformationMessage', undefined, () =>
      typing(address, ['tiny:1b', 'Qwen3-8B'], () => run('importServerModels')),
    );
    assert.match(await cardOf('local/tiny:1b'), /16 layers of full attention/);
    assert.match(await cardOf('local/qwen3-8b'), /36 layers of full attention/);
    const errors = await errorsOf(() =>
      typing('http://127.0.0.1:1', [], () => run('importServerModels')),
    );
    assert.match(errors.join(), /server is "http:\/\/127.0.0.1:1"/);
  });

  it('takes prices and models from a file, the bundled ones kept beside them', async () => {
    const rule = { match: { equals: 'gpt-4o' }, prices: { input_mtok: 1.5, output_mtok: 6 } };
    await writeFile(
      'imports/prices.json',
      JSON.stringify([{ id: 'openai', models: [{ id: 'x', ...rule }] }]),
    );
    await answering('showInformationMessage', undefined, () =>
      run('importPrices', workspaceUri('imports/prices.json')),
    );
    const gpt = await modelOf('openai/gpt-4o');
    assert.equal(gpt?.prices?.value[0].base.inputUsdPerMillionTokens, 1.5);
    assert.ok((gpt.prices.disagreements ?? []).length > 0);
    assert.match(await cardOf('openai/gpt-4o'), /\| others say \|/);
    await writeFile(
      'imports/models.json',
      JSON.stringify([{ id: 'me/filed', contextWindowTokens: 777 }]),
    );
    await answering('showInformationMessage', undefined, () =>
      run('importPrices', workspaceUri('imports/models.json')),
    );
    assert.equal((await modelOf('me/filed'))?.contextWindowTokens?.value, 777);
    await writeFile('imports/bad.json', '{"no": "models"}');
    const errors = await errorsOf(() => run('importPrices', workspaceUri('imports/bad.json')));
    assert.match(errors.join(), /bad.json is "bad.json: expected an array of models/);
  });

  it('fetches prices only once the address was agreed to, and not in a restricted workspace', async () => {
    const fetched: string[] = [];
    const rule = { match: { equals: 'gpt-4o' }, prices: { input_mtok: 9, output_mtok: 10 } };
    const fetchThat = (url: string) => {
      fetched.push(url);
      const body = JSON.stringify([{ id: 'openai', models: [{ id: 'x', ...rule }] }]);
      return Promise.resolve(new Response(body, { headers: { etag: '"one"' } }));
    };
    await replacing(globalThis, { fetch: fetchThat }, async () => {
      const declined = await answering('showInformationMessage', undefined, () =>
        run('refreshPrices'),
      );
      assert.deepEqual(declined, [`Fetch prices from ${pricesUrl}?`]);
      assert.deepEqual(fetched, []);
      const said = await answering('showInformationMessage', 'Fetch', () => run('refreshPrices'));
      assert.deepEqual(fetched, [pricesUrl]);
      assert.match(said.join(), /Prices of 1 models are those of 20/);
      const errors = await errorsOf(() =>
        replacing(vscode.workspace, { isTrusted: false }, async () => {
          await (await api.rooms.models()).refreshPrices().catch((error: unknown) => {
            void vscode.window.showErrorMessage((error as Error).message);
          });
        }),
      );
      assert.match(errors.join(), /restricted workspace nothing is fetched/);
      assert.deepEqual(fetched, [pricesUrl]);
    });
    const gpt = await modelOf('openai/gpt-4o');
    assert.equal(gpt?.prices?.value[0].base.inputUsdPerMillionTokens, 9);
    assert.equal(gpt.prices.source, pricesUrl);
  });

  it('forgets what is picked', async () => {
    await typing(undefined, ['prices.json', pricesUrl, 'my-llama'], () => run('forgetImported'));
    assert.equal(await modelOf('local/my-llama'), undefined);
    assert.equal(
      (await modelOf('openai/gpt-4o'))?.prices?.value[0].base.inputUsdPerMillionTokens,
      2.5,
    );
    assert.ok(await modelOf('local/small-one'));
  });

  it('shows the card of the chosen model, with what the workspace costs, as a page', async function () {
    // The first Markdown starts VS Code's own extension for it.
    this.timeout(120_000);
    await setSetting('contextBudget.model', 'anthropic/claude-sonnet-4-5');
    await until('the model', () => api.session.settings.modelId === 'anthropic/claude-sonnet-4-5');
    await run('analyze');
    await run('showModelCard');
    const model = await modelOf('anthropic/claude-sonnet-4-5');
    assert.ok(model);
    const document = await vscode.workspace.openTextDocument(cardUri(model));
    assert.equal(document.uri.scheme, cardScheme);
    const text = document.getText();
    assert.match(text, /## The workspace\n\n- [\d.]+K? – [\d.]+K? tokens, estimated/);
    assert.match(text, /whole request above 200,000/);
    assert.match(text, /## How it attends\n\nUnknown: the shape/);
    const tabs = vscode.window.tabGroups.all.flatMap((group) =>
      group.tabs.map(({ label }) => label),
    );
    assert.ok(
      tabs.some((label) => label.includes('Claude Sonnet 4.5')),
      tabs.join(),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await setSetting('contextBudget.model', undefined);
  });

  it('shows a shape’s card on a page that may run the demos it names, and nothing else', async function () {
    this.timeout(120_000);
    await run('showModelCard', 'gpt-oss-20b');
    const { cardPanel } = await api.rooms.models();
    const { html = '', commands = [] } = cardPanel.page ?? {};
    assert.ok(commands.includes('contextBudget.demo.attentionSinks'), commands.join());
    const linked = [...html.matchAll(/href="command:([^"]*)"/g)].map(([, command]) => command);
    assert.deepEqual(new Set(linked), new Set(commands));
    const known = await vscode.commands.getCommands(true);
    for (const command of commands) assert.ok(known.includes(command), command);
    assert.doesNotMatch(html, /<script/);
    assert.match(html, /12 of 24 layers, window of 128 tokens/);
    // One page: the next card takes its place; closing it leaves nothing.
    await run('showModelCard', 'openai/gpt-4o');
    assert.deepEqual(cardPanel.page?.commands, []);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until('the page to be gone', () => cardPanel.page === undefined);
    const errors = await errorsOf(() => run('showModelCard', 'no-such-model'));
    assert.match(errors.join(), /No model "no-such-model"/);
  });

  it('says on the page of a model that it was forgotten', async () => {
    const before = api.own.data;
    const source = { source: 'a test', asOf: '2026-01-01' };
    const gone = { id: 'local/gone', name: 'Gone', contextWindowTokens: 1000, ...source };
    await api.own.save({ ...before, models: [...before.models, gone] });
    await run('showModelCard', 'local/gone');
    const { cardPanel } = await api.rooms.models();
    assert.match(cardPanel.page?.html ?? '', /1,000/);
    await api.own.save(before);
    await until('the page to say so', () =>
      /No model &quot;local\/gone&quot;/.test(cardPanel.page?.html ?? ''),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
