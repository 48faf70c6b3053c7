import { beforeEach, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import type { Device } from '#devices/device.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { CallPermission } from './call-permission.ts';
import { CallPermissionStore } from './call-permission-store.ts';
import { CallPermissions } from './call-permissions.ts';

const log = createLog({ level: 'silent' });
const kids = { id: 'dev_kids', name: 'Kids', personId: 'person_mia' } as unknown as Device;
const kitchen = { id: 'dev_kitchen', name: 'Kitchen', personId: undefined } as unknown as Device;
const anything: CallPermission = { allow: 'everything', numbers: [], countries: [], hours: [] };

let clock: FakeClock;
let db: OpenedDatabase['db'];
let permissions: CallPermissions;

function open(): CallPermissions {
  const writes = new WriteBatch({ db, log, defer: (commit) => commit() });
  const store = new CallPermissionStore(db);
  permissions = new CallPermissions({ store, writes, clock, log, country: 'DE', timeZone: 'Europe/Berlin' });
  permissions.start();
  return permissions;
}

const reasonFor = (device: Device, number = '+33142685300') =>
  permissions.refusal({ device, number, shortCost: undefined })?.reason;

beforeEach(() => {
  clock = new FakeClock();
  ({ db } = openDatabase({ path: ':memory:', log, clock }));
  db.exec(`INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES ('person_mia', 'mia', 'Mia', 'user', 0, 0);
    INSERT INTO devices (id, name, extension, username, type, transports, person_id, realm, ha1_md5, ha1_sha256, sealed_secret, created_at)
    VALUES ('dev_kids', 'Kids', '20', 'kids', 'softphone', '[]', 'person_mia', '', '', '', x'', 0),
           ('dev_kitchen', 'Kitchen', '21', 'kitchen', 'softphone', '[]', NULL, '', '', '', x'', 0);`);
  open();
});

it('holds for one phone, or for all phones of a person, also after a restart', async () => {
  expect(reasonFor(kids)).toBeUndefined();
  await permissions.set('person_mia', { ...anything, allow: 'national' });
  await permissions.set('dev_kitchen', { ...anything, allow: 'house' });
  for (const _ of ['now', 'after a restart']) {
    expect([reasonFor(kids), reasonFor(kids, '+4930901820')]).toEqual(['call-not-permitted', undefined]);
    expect(reasonFor(kitchen, '+4930901820')).toBe('call-not-permitted');
    open();
  }
  expect(await permissions.clear('person_mia')).toBe(true);
  expect(await permissions.clear('person_mia')).toBe(false);
  expect([reasonFor(kids), open().of('person_mia'), reasonFor(kids)]).toEqual([undefined, undefined, undefined]);
});

it('is replaced, not added to, when it is set again', async () => {
  await permissions.set('dev_kids', { ...anything, allow: 'house' });
  await permissions.set('dev_kids', { ...anything, allow: 'countries', countries: ['FR', 'FR'] });
  expect(reasonFor(kids)).toBeUndefined();
  expect(open().all()).toMatchObject([{ holder: 'dev_kids', allow: 'countries', countries: ['FR'] }]);
});

it('takes numbers as they are dialled, and says which are none', async () => {
  await permissions.set('dev_kids', {
    ...anything,
    allow: 'list',
    numbers: ['030 901820', '+4930901820', '110', 'tel:0039-06-6982'],
  });
  expect(permissions.of('dev_kids')?.numbers).toEqual(['+4930901820', '110', '+39066982']);
  const wrong = { allow: 'list', numbers: ['030 901820', 'grandma'], countries: ['DE', 'XX'], hours: [] } as const;
  await expect(permissions.set('dev_kids', wrong)).rejects.toMatchObject({
    code: 'invalid',
    details: [{ field: 'numbers.1' }, { field: 'countries.1' }],
  });
  await expect(permissions.set('dev_kids', { ...anything, allow: 'list' })).rejects.toMatchObject({
    details: [{ field: 'numbers' }],
  });
  await expect(permissions.set('dev_kids', { ...anything, allow: 'countries' })).rejects.toMatchObject({
    details: [{ field: 'countries' }],
  });
  expect(open().of('dev_kids')?.numbers).toHaveLength(3);
});

it('follows the clock of the house’s time zone, summer and winter', async () => {
  await permissions.set('dev_kids', { ...anything, hours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '07:00', to: '22:00' }] });
  for (const [iso, expected] of [
    ['2026-07-01T04:59:00Z', 'call-not-permitted-now'],
    ['2026-07-01T05:00:00Z', undefined],
    ['2026-12-01T05:59:00Z', 'call-not-permitted-now'],
    ['2026-12-01T20:59:00Z', undefined],
    ['2026-12-01T21:00:00Z', 'call-not-permitted-now'],
  ] as const) {
    clock.advance(Date.parse(iso) - clock.now());
    expect(reasonFor(kids), iso).toBe(expected);
  }
});

it('goes with the phone or the person', async () => {
  await permissions.set('dev_kids', { ...anything, allow: 'house' });
  await permissions.set('person_mia', { ...anything, allow: 'house' });
  db.exec(`DELETE FROM devices WHERE id = 'dev_kids'; DELETE FROM users WHERE id = 'person_mia'`);
  expect(open().all()).toEqual([]);
});

it('restricts no phone where it cannot be read', async () => {
  await permissions.set('dev_kids', { ...anything, allow: 'house' });
  db.exec(`PRAGMA ignore_check_constraints = 1; UPDATE call_permissions SET numbers = 'x'`);
  open();
  expect(reasonFor(kids)).toBeUndefined();
});
