import { describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCoreConnection } from '#testing/home-assistant/fake-core-connection.ts';
import { composeAdministrators } from './administrators.ts';

const log = createLog({ level: 'silent' });
const people = [
  { id: 'person_local', role: 'admin', homeAssistantUserId: undefined },
  { id: 'person_owner', role: 'user', homeAssistantUserId: 'ha-owner' },
  { id: 'person_admin', role: 'user', homeAssistantUserId: 'ha-admin' },
  { id: 'person_child', role: 'user', homeAssistantUserId: 'ha-child' },
  { id: 'person_guest', role: 'user', homeAssistantUserId: undefined },
];
const user = (id: string, more: object) => ({
  id,
  name: id,
  is_owner: false,
  is_active: true,
  group_ids: ['system-users'],
  ...more,
});

describe('administrators of the house', () => {
  it('are those of Home Assistant too, also before it is there again', async () => {
    await using stack = new AsyncDisposableStack();
    const clock = new FakeClock();
    const { db } = openDatabase({ path: ':memory:', log, clock });
    stack.defer(() => void db.close());
    const core = new FakeCoreConnection();
    let users = [
      user('ha-owner', { is_owner: true }),
      user('ha-admin', { group_ids: ['system-admin'] }),
      user('ha-child', {}),
      user('ha-off', { is_owner: true, is_active: false }),
    ];
    core.replies.set('config/auth/list', () => users);
    const storage = { db, writes: new WriteBatch({ db, log }) };
    const compose = (line: FakeCoreConnection | undefined) =>
      composeAdministrators({ storage, people: { all: () => people as never }, core: line, clock, log, stack });
    const administrators = compose(core);
    expect(administrators()).toEqual(['person_local']);
    await expect.poll(() => administrators()).toEqual(['person_local', 'person_owner', 'person_admin']);
    await storage.writes.write(() => {});
    const away = new FakeCoreConnection();
    away.disconnect();
    expect(compose(away)()).toEqual(['person_local', 'person_owner', 'person_admin']);
    expect(compose(undefined)()).toEqual(['person_local']);
    users = [user('ha-owner', { is_owner: true })];
    clock.advance(10 * 60_000);
    await expect.poll(() => administrators()).toEqual(['person_local', 'person_owner']);
  });
});
