import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { contextBudget, until } from './support.ts';

const tokens = Array.from({ length: 1024 }, (_, idx) => ` name${idx % 50}`);

describe('the thread of the lab’s engine', () => {
  const request = { demoId: 'ringAttention', tokens, values: {}, frameIdx: 0 };

  it('when it is ended in the middle of a run, fails that run and takes the next', async () => {
    const { thread } = await (await contextBudget()).rooms.lab();
    await thread.call('demos');
    const first = thread.threadId;
    assert.notEqual(first, undefined);
    const running = thread.call('frame', request);
    const failed = assert.rejects(running, /engine was stopped/);
    await thread.stop();
    await failed;
    const { frame, keyNumberId, usedTokens } = await thread.call('frame', request);
    assert.notEqual(thread.threadId, first);
    assert.equal(usedTokens, 1024);
    const key = frame.numbers.find(({ id }) => id === keyNumberId);
    assert.ok(key !== undefined && key.value < 1e-5);
  });
});

describe('the lab’s page', () => {
  it('shows the demo that was asked for last, also while it is still on its way', async () => {
    const lab = await (await contextBudget()).rooms.lab();
    const call = lab.thread.call.bind(lab.thread);
    const shown: string[] = [];
    lab.thread.call = (method, ...args) => {
      if (method === 'frame') shown.push((args[0] as { readonly demoId: string }).demoId);
      return call(method, ...args);
    };
    try {
      await vscode.commands.executeCommand('contextBudget.demo.slidingWindow');
      await vscode.commands.executeCommand('contextBudget.demo.bigBird');
      await until('the second demo', () => shown.includes('bigBird'));
      await vscode.commands.executeCommand('contextBudget.demo.causalMasking');
      await until('a demo in the page that is there', () => shown.includes('causalMasking'));
    } finally {
      lab.thread.call = call;
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });
});
