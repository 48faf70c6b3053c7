import { afterEach, beforeEach, expect, test } from 'vitest';
import { addPhone, answerChallenge, openDeviceHarness, testRealm } from '#testing/harness/device-harness.ts';
import type { DeviceHarness, RegistrarPhone } from '#testing/harness/device-harness.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { DeviceFaults } from './device-faults.ts';
import type { RegisterRequest } from './register-request.ts';
import { noParams } from './registration.ts';

let clock: FakeClock;
let room: DeviceHarness;
let phone: RegistrarPhone;
let told: string[];

beforeEach(async () => {
  clock = new FakeClock();
  room = await openDeviceHarness({ clock });
  told = [];
  room.events.on('device.refused', ({ why }) => told.push(why));
  room.events.on('device.unknown', ({ source }) => told.push(`unknown from ${source}`));
  phone = await addPhone(room, { name: 'Kitchen', type: 'grandstream', extension: '21', username: 'kitchen' });
});
afterEach(() => room.close());

type Login = { readonly username?: string; readonly password?: string; readonly realm?: string };

/** Asks, and answers with what somebody typed. */
async function attempt({ username = 'kitchen', password = 'wrong', realm }: Login, fields: Partial<RegisterRequest> = {}) {
  const asked = await room.registrar.register(phone.request(fields));
  if (asked.kind !== 'challenge') return asked;
  const challenge = (asked.challenges[0] ?? '').replace(testRealm, realm ?? testRealm);
  const answer = { challenge, username, password, method: 'REGISTER', uri: `sip:${testRealm}` };
  return room.registrar.register({ ...phone.request(fields), authorization: answerChallenge(answer) });
}

const seen = () => room.faults.of(phone.device.id);

test('a wrong password is known of the phone, how often and from where, and is over once the right one came from there', async () => {
  await attempt({});
  clock.advance(5_000);
  await attempt({}, { callId: 'again' });
  expect(seen()).toMatchObject({ kind: 'wrong-password', times: 2, at: clock.now(), source: { address: '192.0.2.10' } });
  expect(told).toEqual(['wrong-password']);
  await phone.register({ source: { protocol: 'udp', address: '192.0.2.77', port: 5060 } });
  expect(seen()).toMatchObject({ kind: 'wrong-password' });
  await phone.register();
  expect(seen()).toBeUndefined();
});

test.each([
  ['signs in with its extension', { username: '21' }, {}, { kind: 'wrong-name', given: '21' }],
  ['signs in by a name that nobody has', { username: 'kichen' }, {}, { kind: 'wrong-name', given: 'kichen' }],
  ['has a password for another server', { realm: 'sip.example.org' }, {}, { kind: 'wrong-realm', sipStatus: 401 }],
])('a phone that %s is told from a wrong password', async (_what, login, fields, fault) => {
  await attempt(login, fields);
  expect(seen()).toMatchObject(fault);
});

test.each<[string, Partial<RegisterRequest>, object]>([
  ['wants to be another phone', { toUri: 'sip:hall@house.test' }, { kind: 'wrong-account', sipStatus: 403 }],
  [
    'comes by a transport that it may not use',
    { source: { protocol: 'wss', address: '192.0.2.10', port: 5060 } },
    { kind: 'wrong-transport', sipStatus: 403 },
  ],
  [
    'registers for too short a time',
    { contacts: [{ uri: 'sip:kitchen@192.0.2.10', params: noParams }], expires: 5 },
    { kind: 'interval-too-brief', sipStatus: 423 },
  ],
  ['asks for what the house does not have', { required: ['gruu'] }, { kind: 'refused', sipStatus: 420 }],
])('a phone with the right password that %s', async (_what, fields, fault) => {
  expect(await phone.register(fields)).toMatchObject({ kind: 'rejected' });
  expect(seen()).toMatchObject(fault);
});

test('a phone that is switched off, and one that has to wait, are known as such', async () => {
  for (let time = 0; time < 12; time += 1) await attempt({}, { callId: `call ${time}` });
  expect(seen()).toMatchObject({ kind: 'slowed-down', sipStatus: 503 });
  clock.advance(3_600_000);
  await room.devices.change(phone.device.id, { enabled: false });
  await phone.register();
  expect(seen()).toMatchObject({ kind: 'switched-off' });
});

test('what was wrong a day ago, and the first step of every registration, are no faults', async () => {
  await room.registrar.register(phone.request());
  expect(seen()).toBeUndefined();
  await attempt({});
  clock.advance(86_400_000);
  expect(seen()).toBeUndefined();
});

test('a name that no phone has is known from the house alone, each once and not without end', async () => {
  const from = (address: string, name: string) => {
    const fields = { toUri: `sip:${name}@house.test`, source: { protocol: 'udp', address, port: 5060 } } as const;
    return attempt({ username: name }, { ...fields, callId: name });
  };
  await from('192.168.1.20', 'kichen');
  await from('192.168.1.20', 'kichen');
  await from('198.51.100.7', 'admin');
  expect(room.faults.unknown()).toMatchObject([{ name: 'kichen', times: 2, source: { address: '192.168.1.20' } }]);
  expect(told).toEqual(['unknown from 192.168.1.20']);
  for (let n = 0; n < 40; n += 1) await from(`192.168.2.${n}`, `n${n}`);
  expect(room.faults.unknown()).toHaveLength(20);
  expect(room.faults.unknown()[0]?.name).toBe('n39');
});

test('a house with public addresses of its own hears of a mistyped name in it, and of none from the internet', async () => {
  const isLocalAddress = (address: string) => address.startsWith('192.0.2.');
  const faults = new DeviceFaults({ clock, events: room.events, isLocalAddress });
  const from = (address: string) => ({ source: { protocol: 'udp', address, port: 5060 }, userAgent: undefined }) as const;
  faults.failedUnknown('tom', from('192.0.2.2'));
  faults.failedUnknown('admin', from('198.51.100.7'));
  expect(faults.unknown().map(({ name }) => name)).toEqual(['tom']);
});
