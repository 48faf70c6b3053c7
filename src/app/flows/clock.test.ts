import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestCredentials } from '#sip/message/digest-credentials.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { responseText, sdp, sipText } from '#testing/base/sip-text.ts';
import { FaketimeClock } from '#testing/harness/faketime-clock.ts';

// The real process, whose wall clock is set by libfaketime while its monotonic clock is left alone: what NTP does after a power cut.
const address = '127.0.0.1';
let folder: string;
let wallClock: FaketimeClock;
let stack: AsyncDisposableStack;

beforeAll(() => {
  stack = new AsyncDisposableStack();
  folder = mkdtempSync(join(tmpdir(), 'gosip-app-clock-'));
  wallClock = new FaketimeClock(join(folder, 'offset'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
});
afterAll(() => stack.disposeAsync());

/** A phone that registers over TCP and is never heard again. */
async function registerOverTcp(house: House, login: DeviceLogin): Promise<SipPeer> {
  const peer = await SipPeer.tcp({ address, port: house.sipPort });
  const [uri, account] = [`sip:${address}`, `<sip:${login.username}@${address}>`];
  const ask = (cseq: number, ...more: string[]) => {
    const via = `Via: SIP/2.0/TCP ${peer.host};rport;branch=z9hG4bK${cseq}`;
    const contact = `Contact: <sip:${login.username}@${peer.host};transport=tcp>`;
    const head = [`REGISTER ${uri} SIP/2.0`, via, 'Max-Forwards: 70', `From: ${account};tag=1`, `To: ${account}`];
    peer.send(sipText([...head, 'Call-ID: tcp', `CSeq: ${cseq} REGISTER`, contact, ...more]));
    return peer.skipTo(({ status }) => status >= 200);
  };
  const challenge = await ask(1);
  const headers = { 'www-authenticate': challenge.headers('WWW-Authenticate').join(', ') };
  const credentials = digestCredentials(login)(headers, { method: 'REGISTER', uri });
  expect((await ask(2, `${credentials?.name}: ${credentials?.value}`)).status).toBe(200);
  return peer;
}

/** How many of the phones are registered. */
async function registered(house: House, logins: readonly DeviceLogin[]): Promise<number> {
  const lists = await Promise.all(logins.map(({ id }) => house.api<{ items: unknown[] }>('GET', `/devices/${id}/registrations`)));
  return lists.filter(({ items }) => items.length > 0).length;
}

/** The time the house gives itself, once it has followed. */
async function followed(house: House, byMs: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const { parts } = await house.api<{ parts: { name: string; message: string }[] }>('GET', '/system/health');
        const shown = Date.parse(parts.find(({ name }) => name === 'clock')?.message.replace('It is ', '') ?? '');
        return Math.abs(shown - Date.now() - byMs) < 30_000;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
}

async function phoneOf({ registrar }: House, { username, password }: DeviceLogin): Promise<SimulatedPhone> {
  const phone = stack.use(await SimulatedPhone.start({ address, username, password, registrar }));
  expect(await phone.register()).toBe(200);
  return phone;
}

describe('a clock that is set under the running house', () => {
  it.each([
    ['+8h', 8 * 3_600_000],
    ['-3d', -3 * 86_400_000],
  ])('by %s throws no phone out, ends no call and closes no connection', async (offset, byMs) => {
    wallClock.set('+0');
    await using house = await House.start({ environment: wallClock.environment });
    const logins = [await house.addDevice('11'), await house.addDevice('12'), await house.addDevice('13')] as const;
    const [hall, kitchen] = [await phoneOf(house, logins[0]), await phoneOf(house, logins[1])];
    await using cellar = await registerOverTcp(house, logins[2]);
    const call = hall.call('12');
    const taken = await kitchen.incomingCall();
    kitchen.answer(taken);
    await call.reached('answered');

    wallClock.set(offset);
    await followed(house, byMs);
    expect(await registered(house, logins)).toBe(3);
    expect(taken.state).toBe('answered');
    const toCellar = hall.call('13');
    const invite = await cellar.skipTo('INVITE');
    cellar.send(
      responseText(invite, '200 OK', {
        headers: [`Contact: <sip:13@${cellar.host};transport=tcp>`, 'Content-Type: application/sdp'],
        body: sdp(address),
      }),
    );
    await toCellar.reached('answered');
    await hall.hangup(call);
    const { items } = await house.api<{ items: { callee: { number: string }; durationSeconds: number }[] }>('GET', '/cdrs');
    const { durationSeconds } = items.find(({ callee }) => callee.number === '12') ?? { durationSeconds: -1 };
    expect(durationSeconds).toBeGreaterThanOrEqual(0);
    expect(durationSeconds).toBeLessThan(60);
  });
});

it('a clock that is behind at the start is said, and the phones of before ring', async () => {
  const dataDirectory = join(folder, 'behind');
  wallClock.set('+0');
  const before = await House.start({ dataDirectory, environment: wallClock.environment });
  const { token, sipPort } = before;
  const logins = [await before.addDevice('11'), await before.addDevice('12')] as const;
  const [hall, kitchen] = [await phoneOf(before, logins[0]), await phoneOf(before, logins[1])];
  await before.program.stop();
  wallClock.set('-400d');
  await using house = await House.start({ dataDirectory, sipPort, token, environment: wallClock.environment });
  expect(house.program.output()).toMatch(/ATTENTION +The clock of this machine is behind/);
  const call = hall.call('12');
  const taken = await kitchen.incomingCall();
  kitchen.answer(taken);
  await call.reached('answered');
  wallClock.set('+0');
  await followed(house, 0);
  expect(await registered(house, logins)).toBe(2);
});
