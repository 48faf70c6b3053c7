import { describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCoreConnection } from '#testing/home-assistant/fake-core-connection.ts';
import { HomeAssistantUsers, listUsers } from './users.ts';

const user = (id: string, group: string, more: object = {}) => ({
  id,
  username: id,
  name: id,
  is_owner: false,
  is_active: true,
  local_only: false,
  system_generated: false,
  group_ids: [group],
  credentials: [{ type: 'homeassistant' }],
  ...more,
});

function made() {
  const core = new FakeCoreConnection();
  const clock = new FakeClock();
  let listed: object[] = [
    user('owner', 'system-users', { is_owner: true }),
    user('admin', 'system-admin'),
    user('anna', 'system-users'),
    user('guest', 'system-read-only'),
    user('former', 'system-admin', { is_active: false }),
  ];
  core.replies.set('config/auth/list', () => listed);
  const users = new HomeAssistantUsers({ list: () => listUsers(core), clock, log: createLog({ level: 'silent' }) });
  return { core, clock, users, list: (now: object[]) => (listed = now), asked: () => core.sent.length };
}

describe('what somebody may do who comes through Home Assistant', () => {
  it('is what they may do there', async () => {
    const { users, asked } = made();
    const seen = await Promise.all(['owner', 'admin', 'anna', 'guest', 'former', 'nobody'].map((id) => users.standingOf(id)));
    expect(seen).toEqual(['admin', 'admin', 'user', 'read-only', 'inactive', 'unknown']);
    expect(asked()).toBe(1);
  });

  it('follows a change there within a minute', async () => {
    const { users, clock, list } = made();
    expect(await users.standingOf('admin')).toBe('admin');
    list([user('admin', 'system-users')]);
    clock.advance(60_000);
    expect(await users.standingOf('admin')).toBe('admin');
    clock.advance(1);
    expect(await users.standingOf('admin')).toBe('user');
  });

  it('is that of a user who was made a moment ago', async () => {
    const { users, clock, list } = made();
    expect(await users.standingOf('newcomer')).toBe('unknown');
    list([user('newcomer', 'system-users')]);
    clock.advance(2_000);
    expect(await users.standingOf('newcomer')).toBe('user');
  });

  it('asks Core at most every two seconds for a user who was removed', async () => {
    const { users, clock, asked } = made();
    for (let n = 0; n < 100; n += 1) {
      await users.standingOf('removed');
      clock.advance(100);
    }
    expect(asked()).toBeLessThanOrEqual(6);
  });

  it('is not an administrator’s for longer than a minute while Core is away, and is again once it is back', async () => {
    const { core, users, clock } = made();
    await users.standingOf('admin');
    core.disconnect();
    clock.advance(60_000);
    expect(await users.standingOf('admin')).toBe('admin');
    clock.advance(1);
    expect([await users.standingOf('admin'), users.standingNow('owner')]).toEqual(['user', 'user']);
    expect(await Promise.all(['anna', 'guest', 'former'].map((id) => users.standingOf(id)))).toEqual([
      'user',
      'read-only',
      'inactive',
    ]);
    core.connect();
    clock.advance(2_000);
    expect(await users.standingOf('admin')).toBe('admin');
  });

  it('is to read, as long as Core has never said who its users are', async () => {
    const { core, users } = made();
    core.disconnect();
    expect([await users.standingOf('owner'), users.standingNow('anna')]).toEqual(['read-only', 'read-only']);
  });

  it('is to read where Core answers in another shape or does not let us ask', async () => {
    const { core, users, clock, list } = made();
    list([{ id: 'owner', is_owner: 'yes' }]);
    expect(await users.standingOf('owner')).toBe('read-only');
    clock.advance(2_000);
    core.replies.delete('config/auth/list');
    expect(await users.standingOf('owner')).toBe('read-only');
  });

  it('stays for an open stream, which waits for nothing, as long as Core answers', async () => {
    const { core, users, clock, list } = made();
    await users.standingOf('admin');
    for (let n = 0; n < 20; n += 1) {
      await clock.advanceAsync(25_000);
      expect(users.standingNow('admin')).toBe('admin');
      await clock.advanceAsync(1);
    }
    list([user('admin', 'system-users')]);
    await clock.advanceAsync(50_000);
    users.standingNow('admin');
    await clock.advanceAsync(1);
    expect(users.standingNow('admin')).toBe('user');
    core.disconnect();
    await clock.advanceAsync(61_000);
    expect(users.standingNow('owner')).toBe('read-only');
  });
});
