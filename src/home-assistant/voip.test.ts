import { expect, it } from 'vitest';
import { FakeCoreConnection } from '#testing/home-assistant/fake-core-connection.ts';
import { isVoipSetUp } from './voip.ts';

it.each([
  ['is set up', [{ domain: 'voip', entry_id: 'x', state: 'loaded', disabled_by: null }], true],
  ['is switched off', [{ domain: 'voip', entry_id: 'x', state: 'not_loaded', disabled_by: 'user' }], false],
  ['is not there', [], false],
])('asks Home Assistant whether Voice over IP %s', async (_how, entries, expected) => {
  const core = new FakeCoreConnection();
  core.replies.set('config_entries/get', () => entries);
  expect(await isVoipSetUp(core)).toBe(expected);
  expect(core.sent).toEqual([{ type: 'config_entries/get', domain: 'voip' }]);
});

it('does not guess where Home Assistant cannot be asked', async () => {
  const core = new FakeCoreConnection();
  core.disconnect();
  await expect(isVoipSetUp(core)).rejects.toMatchObject({ code: 'unavailable' });
});
