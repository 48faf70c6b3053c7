import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { Baresip } from '#testing/peers/baresip.ts';
import { Kamailio } from '#testing/peers/kamailio.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// Calls that the API makes and changes, with real phones (baresip) at the real process; what each hears is measured by frequency.
const tones = { '11': 440, '12': 1000, '13': 1500 } as const;
type Extension = keyof typeof tones;
type Call = {
  readonly id: string;
  readonly state: string;
  readonly transferredFrom: string | null;
  readonly callee: { readonly number: string };
};
type CallRecord = Call & { readonly dialled: string; readonly reason: string | null; readonly requestedBy: string | null };

const worldTone = 700;
const worldAddress = '127.0.0.26';
const trunkAddress = '127.0.0.25';
let house: House;
let world: Baresip;
let stack: AsyncDisposableStack;
const logins: Partial<Record<Extension, DeviceLogin>> = {};
let [kitchen, study, cellar]: Baresip[] = [];

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const nobody = await freePort(worldAddress);
  const account = { username: 'world', password: 'unused', registrar: `${worldAddress}:${nobody}` };
  world = stack.use(await Baresip.start({ address: worldAddress, ...account, toneHz: worldTone, answer: 'auto' }));
  const login = { username: 'house-42', password: 'trunk-secret' };
  const trunk = stack.use(
    await Kamailio.start({ address: trunkAddress, realm: 'provider.example', ...login, forwardTo: `world@${world.sipAddress}` }),
  );
  const provider = { name: 'provider', host: trunkAddress, port: trunk.port, ...login, register: true };
  house = stack.use(
    await House.start({
      environment: {
        GOSIP_COUNTRY: 'CA',
        GOSIP_MEDIA_PORT_MIN: '9200',
        GOSIP_MEDIA_PORT_MAX: '9399',
      },
      trunks: [provider],
    }),
  );
  await trunk.printed(/REGISTER accepted from house-42/);
  [kitchen, study, cellar] = [await phone('11'), await phone('12'), await phone('13')];
}, 120_000);
afterAll(() => stack.disposeAsync());

async function phone(extension: Extension): Promise<Baresip> {
  const login = await house.addDevice(extension);
  logins[extension] = login;
  const { username, password } = login;
  const registrar = `${house.address}:${house.sipPort}`;
  const toneHz = tones[extension];
  const baresip = await Baresip.start({ address: house.address, username, password, registrar, toneHz, answer: 'auto' });
  stack.use(baresip);
  await baresip.registered();
  return baresip;
}

const hearsNow = (listener: Baresip | undefined, frequency: number) =>
  expect.poll(() => listener?.heardRecently(frequency), { timeout: 20_000, interval: 250 });
const calls = async () => (await house.api<{ items: Call[] }>('GET', '/calls')).items;
const records = async () => (await house.api<{ items: CallRecord[] }>('GET', '/cdrs?order=asc')).items;
const clickToCall = (from: Extension, to: string) => house.api<Call>('POST', '/calls', { deviceId: logins[from]?.id, to });
const idle = () => expect.poll(calls, { timeout: 20_000 }).toEqual([]);

test('a phone is rung and connected with another, handed on to a third, held and resumed', async () => {
  const first = await clickToCall('11', '12');
  expect(first).toMatchObject({ state: 'ringing', transferredFrom: null });
  await hearsNow(kitchen, tones['12']).toBeGreaterThan(0.9);
  await hearsNow(study, tones['11']).toBeGreaterThan(0.9);
  const [second] = await calls();
  expect(second).toMatchObject({ state: 'in_call', transferredFrom: first.id, callee: { number: '12' } });

  await house.api('POST', `/calls/${second?.id}/transfer`, { to: '13', deviceId: logins['11']?.id });
  await kitchen?.waitForEvent('CALL_CLOSED');
  await hearsNow(study, tones['13']).toBeGreaterThan(0.9);
  await hearsNow(cellar, tones['12']).toBeGreaterThan(0.9);

  const [third] = await calls();
  expect(third).toMatchObject({ transferredFrom: second?.id });
  expect(await house.api('POST', `/calls/${third?.id}/hold`, { isHeld: true })).toMatchObject({ state: 'held' });
  expect(await house.api('POST', `/calls/${third?.id}/hold`, { isHeld: true })).toMatchObject({ state: 'held' });
  expect(await house.api('POST', `/calls/${third?.id}/hold`, { isHeld: false })).toMatchObject({ state: 'in_call' });
  study?.hangup();
  await idle();
  const ended = await records();
  expect(ended.map(({ dialled, reason }) => `${dialled} ${reason}`)).toEqual([
    '11 transferred',
    '12 transferred',
    '13 caller-hung-up',
  ]);
  expect(ended.every(({ requestedBy }) => requestedBy !== null)).toBe(true);
}, 120_000);

test('a phone is rung and connected with the telephone network, and handed on to another phone', async () => {
  await clickToCall('11', '6135550188');
  await hearsNow(kitchen, worldTone).toBeGreaterThan(0.9);
  await hearsNow(world, tones['11']).toBeGreaterThan(0.9);
  const [call] = await calls();
  await house.api('POST', `/calls/${call?.id}/hold`, { isHeld: true });
  await house.api('POST', `/calls/${call?.id}/hold`, { isHeld: false });
  const closed = cellar?.events.filter(({ type }) => type === 'CALL_ESTABLISHED').length ?? 0;
  await house.api('POST', `/calls/${call?.id}/transfer`, { to: '13' });
  await cellar?.waitForEvent('CALL_ESTABLISHED', { nth: closed + 1 });
  await hearsNow(cellar, worldTone).toBeGreaterThan(0.9);
  await house.api('POST', '/calls/hangup', {});
  await idle();
}, 120_000);

test('a mobile to which a call is forwarded gets it when the key 1 is pressed there', async () => {
  const members = [{ kind: 'number', number: '+16135550177' }];
  await house.api('POST', '/ring-groups', { name: 'Family', extension: '60', members });
  const before = world.events.filter(({ type }) => type === 'CALL_ESTABLISHED').length;
  study?.dial(`sip:60@${house.address}:${house.sipPort}`);
  await world.waitForEvent('CALL_ESTABLISHED', { nth: before + 1 });
  expect((await calls())[0]?.state).toBe('ringing');
  const pressAndLook = async () => {
    world.command('sndcode', '1');
    return (await calls())[0]?.state;
  };
  await expect.poll(pressAndLook, { timeout: 20_000, interval: 500 }).toBe('in_call');
  await hearsNow(study, worldTone).toBeGreaterThan(0.9);
  study?.hangup();
  await idle();
}, 120_000);

test('a process that is killed between the two calls leaves closed records, and phones that can be called again', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-killed-call-'));
  stack.defer(() => rmSync(dataDirectory, { recursive: true, force: true }));
  const sipPort = await freePort('127.0.0.1');
  const start = (token?: string) => House.start({ dataDirectory, sipPort, ...(token === undefined ? {} : { token }) });
  const killed = await start();
  const simulated = async (extension: string) => {
    const { id, ...login } = await killed.addDevice(extension);
    const options = { address: '127.0.0.1', ...login, registrar: killed.registrar, incomingCallAction: 'ring' } as const;
    const made = stack.use(await SimulatedPhone.start(options));
    await made.register();
    return { id, made };
  };
  const [one, two] = [await simulated('21'), await simulated('22')];
  const rang = one.made.incomingCall();
  await killed.api('POST', '/calls', { deviceId: one.id, to: '22' });
  one.made.answer(await rang);
  await two.made.incomingCall();
  process.kill(killed.program.pid, 'SIGKILL');
  await killed.program.stop('SIGKILL');
  await using again = await start(killed.token);
  const left = (await again.api<{ items: CallRecord[] }>('GET', '/cdrs?order=asc')).items;
  expect(left.map(({ dialled, reason }) => `${dialled} ${reason}`)).toEqual(['21 interrupted', '22 interrupted']);
  expect(left[1]?.transferredFrom).toBe(left[0]?.id);
  const rings = two.made.incomingCall();
  await again.api('POST', '/calls', { deviceId: two.id, to: '21' });
  await rings;
}, 120_000);
