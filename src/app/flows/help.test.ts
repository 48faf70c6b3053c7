import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { PhoneCall } from '#testing/peers/simulated-phone.ts';
import { stopped } from '#testing/peers/stopped.ts';

// Emergency calls through the real process and the real relay, while what they need is dead, refuses, or is used up.
const ourNumber = '+14165550100';
const ports = { min: 23_100, max: 23_119 };
let stack: AsyncDisposableStack;
let house: House;
let trunk: SimulatedPhone;
let refusing: SimulatedPhone;
let phones: SimulatedPhone[];

const portOf = (phone: SimulatedPhone) => Number(phone.contact.split(':').at(-1));

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const sipPort = await freePort('127.0.0.1');
  const registrar = { host: '127.0.0.1', port: sipPort };
  const silent = createSocket('udp4').bind(0, '127.0.0.31');
  await once(silent, 'listening');
  stack.defer(() => void silent.close());
  const refuses = { address: '127.0.0.32', username: 'refuses', password: '', registrar, incomingCallAction: 'decline' } as const;
  refusing = stack.use(await SimulatedPhone.start(refuses));
  trunk = stack.use(
    await SimulatedPhone.start({ ...refuses, address: '127.0.0.33', username: 'well', incomingCallAction: 'answer' }),
  );
  const trunks = [
    { name: 'well', host: '127.0.0.33', port: portOf(trunk) },
    { name: 'silent', host: '127.0.0.31', port: silent.address().port },
    { name: 'refusing', host: '127.0.0.32', port: portOf(refusing) },
  ];
  house = stack.use(
    await House.start({
      sipPort,
      environment: {
        GOSIP_COUNTRY: 'CA',
        GOSIP_LOG_LEVEL: 'info',
        GOSIP_MEDIA_PORT_MIN: String(ports.min),
        GOSIP_MEDIA_PORT_MAX: String(ports.max),
      },
      trunks: [trunks[2], trunks[1], trunks[0]].map((one) => ({ ...one, register: false, allow: ['127.0.0.33'] })),
    }),
  );
  const person = await house.api<{ id: string }>('POST', '/users', { username: 'ada', name: 'Ada' });
  await house.api('POST', '/dids', { number: ourNumber, name: 'House', ownerPersonId: person.id });
  phones = await Promise.all(
    [0, 1, 2, 3, 4, 5].map(async (n) => {
      const { username, password } = await house.addDevice(String(21 + n), n === 5 ? { personId: person.id } : {});
      return stack.use(await SimulatedPhone.start({ address: `127.0.0.${21 + n}`, username, password, registrar }));
    }),
  );
  expect(await Promise.all(phones.map((phone) => phone.register()))).toEqual(phones.map(() => 200));
});
afterAll(() => stack.disposeAsync());

type Record = { dialled: string; reason: string; legs: { trunk: string | null; sipStatus: number | null; outcome: string }[] };

/** The newest record of a number, with what each trunk said. */
async function recordOf(number: string): Promise<Record> {
  const query = new URLSearchParams({ number, disposition: 'answered', per_page: '1', sort: 'endedAt' });
  const { items } = await house.api<{ items: { id: string }[] }>('GET', `/cdrs?${query.toString()}`);
  return house.api('GET', `/cdrs/${items[0]?.id}`);
}

/** Where a call has to send its media. */
function soundPlace(call: PhoneCall): { address: string | undefined; port: number } {
  const text = call.invite.body.toString();
  return { address: /^c=IN IP4 (\S+)/m.exec(text)?.[1], port: Number(/^m=audio (\d+)/m.exec(text)?.[1]) };
}

test('911 goes past a trunk that refuses and one that is silent, within four seconds and a half', async () => {
  const begun = performance.now();
  const arrived = trunk.incomingCall();
  const call = phones[0]!.call('911');
  await arrived;
  expect(performance.now() - begun).toBeLessThan(6_000);
  await call.reached('answered');
  await phones[0]!.hangup(call);
  const { legs } = await recordOf('911');
  expect(legs.slice(1).map(({ trunk: name, outcome }) => [name, outcome])).toEqual([
    ['refusing', 'declined'],
    ['silent', 'answered-elsewhere'],
    ['well', 'answered'],
  ]);
});

test('911 has media ports while all others are used up, and ends another call where even those are gone', async () => {
  const usual = [];
  for (let n = 0; n < 5; n += 1) {
    const call = trunk.call(ourNumber);
    await Promise.race([call.reached('answered'), call.reached('ended')]);
    usual.push(call);
  }
  expect(usual.map(({ state, status }) => (state === 'answered' ? 200 : status))).toEqual([200, 200, 200, 200, 503]);
  const helps = [];
  for (const phone of phones.slice(1, 3)) {
    const arrived = trunk.incomingCall();
    const call = phone.call('911');
    const { address, port } = soundPlace(await arrived);
    expect(address).toBe('127.0.0.1');
    expect(port).toBeGreaterThanOrEqual(ports.min);
    expect(port).toBeLessThanOrEqual(ports.max);
    await call.reached('answered');
    helps.push({ phone, call });
  }
  await usual[3]!.reached('ended');
  expect((await recordOf(ourNumber)).reason).toBe('made-room');
  expect(usual[0]!.state).toBe('answered');
  for (const { phone, call } of helps) await phone.hangup(call);
  for (const call of usual) if (call.state === 'answered') await trunk.hangup(call);
});

test('911 goes out within two seconds and a half while the relay hangs', async () => {
  const [, pid] = await house.program.printed(/"pid":(\d+)[^\n]*"msg":"rtpengine is ready"/);
  await stopped(Number(pid));
  const call = phones[4]!.call('911');
  const begun = performance.now();
  await refusing.incomingCall();
  expect(performance.now() - begun).toBeLessThan(2_500);
  await call.reached('answered');
  await phones[4]!.hangup(call);
  expect(house.program.output()).toContain('Emergency call sent without media relay');
});
