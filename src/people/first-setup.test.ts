import { expect, test } from 'vitest';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FirstSetupStore } from './first-setup-store.ts';
import { FirstSetup } from './first-setup.ts';
import { LoginAttemptStore } from './login-attempt-store.ts';
import { LoginLockouts } from './login-lockouts.ts';
import { PasswordHasher } from './password-hasher.ts';
import { People } from './people.ts';
import { PersonStore } from './person-store.ts';
import { SessionStore } from './session-store.ts';
import { TokenStore } from './token-store.ts';

function open() {
  const clock = new FakeClock();
  const log = createLog({ level: 'silent' });
  const { db } = openDatabase({ path: ':memory:', log, clock });
  const shared = {
    clock,
    log,
    newId,
    events: new Events<Facts>(log),
    writes: new WriteBatch({ db, log }),
    hasher: new PasswordHasher(),
  };
  const stores = { persons: new PersonStore(db), tokens: new TokenStore(db), sessions: new SessionStore(db) };
  const firstSetup = new FirstSetupStore(db);
  const people = new People({ ...shared, ...stores, firstSetup });
  const lockouts = new LoginLockouts({ ...shared, attempts: new LoginAttemptStore(db) });
  const created: string[] = [];
  shared.events.on('person.created', ({ personId }) => created.push(personId));
  return { created, people, setup: new FirstSetup({ ...shared, people, lockouts, firstSetup }) };
}

const anna = { username: 'anna', name: 'Anna', password: 'schaukelpferd-44' };

test('another token than the one that was shown makes no administrator while setup is open', async () => {
  const { setup, people, created } = open();
  const token = (await setup.tokenToShow(false)) ?? '';
  for (const wrong of ['', 'x', `${token}x`, token.slice(1)])
    await expect(setup.run({ ...anna, token: wrong }, '192.0.2.1')).rejects.toMatchObject({ code: 'unauthorized' });
  expect([setup.isOpen, people.all().length]).toEqual([true, 0]);
  expect(await setup.run({ ...anna, token }, '192.0.2.1')).toMatchObject({ username: 'anna', role: 'admin' });
  await expect(setup.run({ ...anna, username: 'eve', token }, '192.0.2.1')).rejects.toMatchObject({ code: 'conflict' });
  expect(created).toEqual(people.all().map(({ id }) => id));
});

test('a lost setup token is replaced only when that is asked for, and the old one makes nobody any more', async () => {
  const { setup } = open();
  const lost = (await setup.tokenToShow(false)) ?? '';
  expect(await setup.tokenToShow(false)).toBeUndefined();
  const found = (await setup.tokenToShow(true)) ?? '';
  await expect(setup.run({ ...anna, token: lost }, '192.0.2.1')).rejects.toMatchObject({ code: 'unauthorized' });
  expect(await setup.run({ ...anna, token: found }, '192.0.2.1')).toMatchObject({ role: 'admin' });
  expect(await setup.tokenToShow(true)).toBeUndefined();
});
