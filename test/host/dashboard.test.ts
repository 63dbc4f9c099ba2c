import assert from 'node:assert/strict';
import { SnapshotMaker } from '../../src/host/dashboard/snapshotMaker.ts';
import { contextBudget } from './support.ts';

describe('the dashboard’s snapshot', () => {
  it('has the files of the status that it names, though they come while it is made', async () => {
    const { session, rooms } = await contextBudget();
    await session.analysis.analyze();
    assert.ok(session.report);
    // The report is there from the moment on at which the status is looked at.
    let isReady = false;
    const late = new Proxy(session, {
      get: (of, name) => {
        if (name === 'analysis') isReady = true;
        if (name === 'report' && !isReady) return undefined;
        const value: unknown = Reflect.get(of, name, of);
        return typeof value === 'function' ? (value.bind(of) as unknown) : value;
      },
    });
    const maker = new SnapshotMaker({
      session: late,
      weighing: () => rooms.weighing(),
      counting: () => rooms.counting(),
      ownModels: () => [],
    });
    const { files, now } = await maker.whole();
    assert.equal(now.status.type, 'ready');
    assert.equal(files.paths.length, session.report.files.length);
  });
});
