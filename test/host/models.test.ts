import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { ModelsTree } from '../../src/host/views/modelsTree.ts';
import { contextBudget, setSetting, until, writeFile } from './support.ts';

describe('the Models view', () => {
  let api: ContextBudgetApi;
  let tree: ModelsTree;

  before(async () => {
    api = await contextBudget();
    await setSetting('contextBudget.model', 'openai/gpt-4o');
    await until('the model', () => api.session.settings.modelId === 'openai/gpt-4o');
    await writeFile('models/long.ts', 'export const answer = 42;\n'.repeat(1000));
    await vscode.commands.executeCommand('contextBudget.analyze');
    tree = new ModelsTree(api.session, api.rooms);
  });

  after(() => {
    tree.dispose();
  });

  const rowsOf = async (verdict: string) => {
    const groups = await tree.getChildren();
    const group = groups.find((row) => row.type === 'verdict' && row.verdict === verdict);
    const rows = await tree.getChildren(group);
    return rows.flatMap((row) => (row.type === 'model' ? [row] : []));
  };

  it('shows the chosen model on top, then the cheapest', async () => {
    const [chosen, ...others] = await rowsOf('fits');
    assert.equal(chosen.model.id, 'openai/gpt-4o');
    const costs = others.map((row) => row.model.inputCost?.highUsd ?? Infinity);
    assert.ok(costs.length > 20);
    assert.ok(costs.every((usd, i) => i === 0 || usd >= costs[i - 1]));
  });

  it('shows of those that are too small the one that lacks least first', async () => {
    const over = (await rowsOf('doesNotFit'))
      .map((row) => row.model)
      .map((model) => -(model.freeTokens?.high ?? 0));
    assert.ok(over.every((tokens, i) => i === 0 || tokens >= over[i - 1]));
  });

  it('names every model and its window before anything was counted, and no verdict', async () => {
    const uncounted = new Proxy(api.session, {
      get: (of, name) => {
        if (name === 'report') return undefined;
        const value: unknown = Reflect.get(of, name, of);
        return typeof value === 'function' ? (value.bind(of) as unknown) : value;
      },
    });
    const early = new ModelsTree(uncounted, api.rooms);
    const [first, ...others] = await early.getChildren();
    early.dispose();
    assert.ok(first.type === 'model' && others.every(({ type }) => type === 'model'));
    assert.equal(first.model.id, 'openai/gpt-4o');
    assert.equal(early.getTreeItem(first).description, '128K window');
    assert.doesNotMatch(early.getTreeItem(first).tooltip as string, /Fits|\$/);
  });

  it('writes figures short, and which end of an interval they are', async () => {
    const rows = await rowsOf('fits');
    const [exact] = rows.map((row) => tree.getTreeItem(row).description);
    assert.match(String(exact), /^[\d.]+[KM] free · \$[\d.]+$/);
    const estimated = rows.find((row) => !row.model.count.exact && row.model.inputCost);
    assert.ok(estimated);
    assert.match(String(tree.getTreeItem(estimated).description), /^≥ [\d.]+[KM] free · (≤ )?[<$]/);
  });
});
