import assert from 'node:assert/strict';
import type { ContextBudgetApi } from '../../src/host/start.ts';
import { answering, contextBudget, setSetting, until } from './support.ts';

const setting = 'contextBudget.userModels';

describe('models of one’s own', () => {
  let api: ContextBudgetApi;
  const written = () => JSON.stringify(api.session.settings.userModels);

  before(async () => {
    api = await contextBudget();
  });

  after(async () => {
    await setSetting(setting, undefined);
    await until('the setting', () => written() === '[]');
  });

  it('are weighed beside the catalogue', async () => {
    const own = { id: 'me/own', name: 'Own', maker: 'Me', contextWindowTokens: 5000 };
    await setSetting(setting, [own]);
    await until('the setting', () => written().includes('me/own'));
    const { weighModels, userModelProblems } = await api.rooms.weighing();
    const weighed = weighModels([], api.session.settings).find(({ id }) => id === 'me/own');
    assert.equal(weighed?.contextWindowTokens, 5000);
    assert.deepEqual(userModelProblems(api.session.settings), []);
  });

  it('are told about once when something in them can’t be used', async () => {
    const asked = await answering('showWarningMessage', undefined, async () => {
      await setSetting(setting, [{ id: 'me/own', contextWindowTokens: 'many', colour: 'red' }]);
      await until('the setting', () => written().includes('many'));
      await setSetting('contextBudget.badges', true);
      await until('another setting', () => api.session.settings.badges);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await setSetting('contextBudget.badges', undefined);
    });
    assert.deepEqual(asked, [
      'contextBudget.userModels, model 0: the field colour is not known (and 1 more, see the log)',
    ]);
    const { userModelProblems } = await api.rooms.weighing();
    assert.match(userModelProblems(api.session.settings)[1], /contextWindowTokens .*"many"/);
  });
});
