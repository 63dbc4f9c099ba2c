import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LabThread } from '../../src/node/labThread.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'context-budget-lab-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A thread that hangs, dies or answers, as the text that it is given says. */
const workerFile = path.join(folder, 'worker.mjs');
writeFileSync(
  workerFile,
  `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ id, args: [what] }) => {
  if (what === 'hang') for (;;) {}
  if (what === 'die') process.exit(3);
  if (what === 'throw') parentPort.postMessage({ id, error: 'a named error' });
  else parentPort.postMessage({ id, ok: { tokens: [what], cut: false } });
});`,
);

describe('the thread of the lab', () => {
  it('is started anew, with a message, when it hangs and when it dies', async () => {
    const thread = new LabThread({ workerFile, limitMilliseconds: 1500 });
    const say = (what: string) => thread.call('tokens', what, 'o200k_base');
    try {
      expect((await say('a')).tokens).toEqual(['a']);
      await expect(say('throw')).rejects.toThrow('a named error');
      await expect(say('hang')).rejects.toThrow(/no answer within 1.5 s/);
      expect((await say('b')).tokens).toEqual(['b']);
      await expect(say('die')).rejects.toThrow(/ended with code 3/);
      expect((await say('c')).tokens).toEqual(['c']);
    } finally {
      await thread.stop();
    }
    expect(thread.threadId).toBeUndefined();
  });
});
