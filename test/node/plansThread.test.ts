import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { strategyIds } from '../../src/core/plans/plan.ts';
import { PlansThread } from '../../src/node/plansThread.ts';
import type { PlanSettings } from '../../src/node/plansCalls.ts';
import { builtWorker } from './builtWorker.ts';
import { tempTree } from './tempTree.ts';

const cacheFolder = mkdtempSync(path.join(tmpdir(), 'context-budget-indexes-'));
let thread: PlansThread;
let folder: string;

beforeAll(async () => {
  thread = new PlansThread(await builtWorker('', 'plansWorker'));
  folder = tempTree({
    'a.ts': "import { b } from './b';\nexport const a = b + 1;\n",
    'b.ts': '/** The first of all numbers that count. */\nexport const b = 1;\n',
    'c.py': 'def other():\n    return 2\n',
  });
});
afterAll(async () => {
  await thread.stop();
  rmSync(cacheFolder, { recursive: true, force: true });
});

const filesOf = (names: readonly string[]) =>
  names.map((name) => ({ path: name, systemPath: path.join(folder, name) }));
const open = (names: readonly string[] = ['c.py', 'a.ts', 'b.ts']) =>
  thread.open({ files: filesOf(names), encoding: 'o200k_base', root: folder, cacheFolder });
const settings: PlanSettings = {
  task: { kind: 'review' },
  budgetTokens: 5_000,
  outputTokens: 500,
  prompt: { format: 'markdown', lineNumbers: false },
  overlap: 0.1,
  retrievalTokens: 1_000,
};

describe('the thread of the plans', () => {
  it('reads files, links them, plans every strategy and writes a request out', async () => {
    const index = await open();
    expect(index.paths).toEqual(['a.ts', 'b.ts', 'c.py']);
    expect(index).toMatchObject({ importDependencies: 1, filesKept: 0, filesBySyntax: 3 });
    const planned = await thread.call('plan', index.indexId, strategyIds, settings);
    expect(planned.map(({ strategy }) => strategy)).toEqual(strategyIds);
    const [{ plan }] = planned;
    expect(plan?.coverage).toBe(1);
    const request = plan?.requests[0];
    expect(request).toBeDefined();
    if (request === undefined) return;
    const { prompt } = settings;
    const text = await thread.call('render', index.indexId, { request, prompt });
    expect(text).toContain('## b.ts');
  });

  it('keeps what it read, takes it again where the text is the same, and reads the rest', async () => {
    const first = await open();
    expect(await thread.call('keep', first.indexId)).toBeUndefined();
    expect((await open()).filesKept).toBe(3);
    writeFileSync(path.join(folder, 'c.py'), 'def other():\n    return 3\n');
    const changed = await open();
    expect(changed.filesKept).toBe(2);
    const plain = await thread.open({
      files: filesOf(['c.py', 'a.ts', 'b.ts']),
      encoding: 'o200k_base',
      root: folder,
    });
    const all = (indexId: number) => thread.call('plan', indexId, strategyIds, settings);
    const fresh = await all(plain.indexId);
    const again = await open();
    expect(await all(again.indexId)).toEqual(fresh);
    await thread.call('keep', again.indexId);
    const unchanged = await open();
    expect(unchanged).toEqual({ ...again, indexId: unchanged.indexId, filesKept: 3 });
    expect(await all(unchanged.indexId)).toEqual(fresh);
  });

  it('counts a corrupt index as nothing', async () => {
    await thread.call('keep', (await open()).indexId);
    for (const name of readdirSync(cacheFolder))
      writeFileSync(path.join(cacheFolder, name), 'no index');
    expect((await open()).filesKept).toBe(0);
  });

  it('names what it could not read, and plans for the rest', async () => {
    const index = await open(['a.ts', 'gone.ts']);
    expect(index.paths).toEqual(['a.ts']);
    expect(index.problems.map((problem) => problem.path)).toEqual(['gone.ts']);
  });

  it('says so when its index was replaced, when it is cancelled, and starts anew after it was stopped', async () => {
    const old = await open();
    await open(['a.ts']);
    await expect(thread.call('plan', old.indexId, ['full'], settings)).rejects.toThrow(
      /plan again/,
    );
    const abort = new AbortController();
    const cancelled = thread.open(
      { files: filesOf(['a.ts']), encoding: 'o200k_base', root: folder },
      { signal: abort.signal },
    );
    abort.abort(new Error('enough'));
    await expect(cancelled).rejects.toThrow('enough');
    await thread.stop();
    expect(thread.threadId).toBeUndefined();
    await expect(thread.call('plan', old.indexId, ['full'], settings)).rejects.toThrow(
      /plan again/,
    );
    expect((await open()).paths.length).toBe(3);
  });

  it('finds what looks like a secret only in the stretches that are sent', async () => {
    const secret = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`;
    const utf8 = new TextEncoder().encode(`const a = 1;\nconst k = '${secret}';\n`);
    const index = await thread.open({
      files: [{ path: 'key.ts', utf8 }],
      encoding: 'o200k_base',
      root: folder,
    });
    const part = { fileIdx: 0, startByte: 0, endByte: utf8.length, startLine: 0, endLine: 1 };
    const found = await thread.call('secrets', index.indexId, [{ parts: [part] }]);
    expect(found).toMatchObject([{ path: 'key.ts', line: 2, kind: 'github token' }]);
    expect(JSON.stringify(found)).not.toContain(secret);
    const first = { ...part, endByte: 13, endLine: 0 };
    expect(await thread.call('secrets', index.indexId, [{ parts: [first] }])).toEqual([]);
  });

  it('keeps a file in which something looks like a secret, but nothing of that', async () => {
    const secret = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`;
    const secretFolder = tempTree({
      'key.ts': `export const shownName = 1;\nexport const k = '${secret}';\n`,
      'other.ts': "import { shownName } from './key';\nexport const o = shownName;\n",
    });
    const own = mkdtempSync(path.join(cacheFolder, 'secret-'));
    const files = ['key.ts', 'other.ts'].map((name) => ({
      path: name,
      systemPath: path.join(secretFolder, name),
    }));
    const opened = () =>
      thread.open({ files, encoding: 'o200k_base', root: secretFolder, cacheFolder: own });
    const first = await opened();
    expect(await thread.call('keep', first.indexId)).toBeUndefined();
    const [kept] = readdirSync(own).map((name) => readFileSync(path.join(own, name), 'latin1'));
    expect(kept).toContain('shownName');
    expect(kept.toLowerCase()).not.toContain(secret.slice(4, 20).toLowerCase());
    const again = await opened();
    expect(again).toEqual({ ...first, indexId: again.indexId, filesKept: 2 });
    const part = { fileIdx: 0, startByte: 0, endByte: 90, startLine: 0, endLine: 1 };
    const found = await thread.call('secrets', again.indexId, [{ parts: [part] }]);
    expect(found).toMatchObject([{ path: 'key.ts', line: 2, kind: 'github token' }]);
  });
});
