import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { PhoneCall } from '#testing/peers/simulated-phone.ts';

// What a thief can do with one phone's password, and what the house has against it.
let stack: AsyncDisposableStack;
let house: House;
let trunk: SimulatedPhone;
let login: DeviceLogin;
let thieves: SimulatedPhone[];

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const sipPort = await freePort('127.0.0.1');
  const registrar = { host: '127.0.0.1', port: sipPort };
  trunk = stack.use(await SimulatedPhone.start({ address: '127.0.0.41', username: 'trunk', password: '', registrar }));
  const [, port] = /:(\d+)$/.exec(trunk.contact) ?? [];
  const provider = { name: 'provider', host: '127.0.0.41', port: Number(port), register: false };
  const environment = { GOSIP_COUNTRY: 'CA', GOSIP_MEDIA: 'direct' };
  house = stack.use(await House.start({ sipPort, environment, trunks: [provider] }));
  login = await house.addDevice('21');
  thieves = await Promise.all(
    Array.from({ length: 10 }, async (_, n) =>
      stack.use(
        await SimulatedPhone.start({
          address: `127.0.0.${50 + n}`,
          registrar,
          username: login.username,
          password: login.password,
        }),
      ),
    ),
  );
});
afterAll(() => stack.disposeAsync());

const records = () =>
  house.api<{ total: number; items: { reason: string | null; dialled: string }[] }>('GET', '/cdrs?per_page=100');
const outside = () => trunk.calls.filter(({ state }) => state === 'answered');

async function settled(calls: readonly PhoneCall[]): Promise<void> {
  await Promise.all(calls.map((call) => Promise.race([call.reached('answered', 60), call.reached('ended', 60)])));
}

test('500 calls to dear numbers and abroad: none goes out, two at home, and the first is reported', async () => {
  const numbers = (n: number) => [`+1900555${1000 + n}`, `+8835100${100_000 + n}`, `+3712${1_000_000 + n}`];
  const calls: PhoneCall[] = [];
  for (let n = 0; n < 500; n += 1) {
    const call = thieves[n % 10]!.call(numbers(n)[n % 3] ?? '');
    calls.push(call);
    if (n % 20 === 19) await settled(calls.slice(-20));
  }
  expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([403]));
  expect(trunk.calls).toEqual([]);
  const atHome = Array.from({ length: 10 }, (_, n) => thieves[n]!.call(`416555${1000 + n}`));
  await settled(atHome);
  expect(atHome.map(({ status }) => status).toSorted((a, b) => b - a)).toEqual([...Array<number>(8).fill(486), 200, 200]);
  await expect.poll(() => outside().length).toBe(2);
  const refused = await house.api<{ refused: { destination: string | null; times: number }[] }>('GET', '/outgoing');
  expect(refused.refused.map(({ destination, times }) => [destination, times])).toEqual(
    expect.arrayContaining([
      ['premium-rate', 167],
      ['international-networks', 167],
      ['LV', 166],
      [null, 8],
    ]),
  );
  expect(house.program.output().match(/Outbound call refused/g)).toHaveLength(4);
  const { parts } = await house.api<{ parts: { name: string; status: string; message: string }[] }>('GET', '/system/health');
  expect(parts.find(({ name }) => name === 'outbound calls')).toMatchObject({
    status: 'degraded',
    message: expect.stringContaining('its password is stolen'),
  });
});

test('help can still be called with that phone', async () => {
  const help = thieves[0]!.call('911');
  await help.reached('answered');
  await expect.poll(() => outside().length).toBe(3);
  await thieves[0]!.hangup(help);
});

test('the records say why, and 500 refusals are not 500 records', async () => {
  const { items, total } = await records();
  expect(items.some(({ reason }) => reason === 'destination-not-allowed')).toBe(true);
  expect(total).toBeLessThan(60);
});

test('the calls of the thief end in the moment in which the phone gets a new password', async () => {
  expect(outside()).toHaveLength(2);
  await house.api('POST', `/devices/${login.id}/secret`);
  await expect.poll(() => outside().length, { timeout: 10_000 }).toBe(0);
  const { items } = await records();
  expect(items.filter(({ reason }) => reason === 'revoked')).toHaveLength(2);
  const late = thieves[0]!.call('4165551234');
  await late.reached('ended');
  expect(late.status).toBe(401);
});

test('an admin allows a country in one request, and ends every call in another', async () => {
  await house.api('PUT', '/outgoing/destinations/LV');
  const owner = await house.addDevice('22');
  const registrar = { host: '127.0.0.1', port: house.sipPort };
  const phone = stack.use(
    await SimulatedPhone.start({ address: '127.0.0.42', username: owner.username, password: owner.password, registrar }),
  );
  const call = phone.call('+37120000000');
  await call.reached('answered');
  expect(await house.api('POST', '/calls/hangup', {})).toEqual({ ended: 1 });
  await call.reached('ended');
});
