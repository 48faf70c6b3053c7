import { afterAll, beforeAll, expect, test } from 'vitest';
import { Baresip } from '#testing/peers/baresip.ts';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { Kamailio } from '#testing/peers/kamailio.ts';
import { startSipp } from '#testing/peers/sipp.ts';

// The telephone network is a Kamailio that challenges with 407, and behind it a phone in the world.
const worldTone = 700;
const houseTone = 440;
const worldAddress = '127.0.0.6';
const trunkAddress = '127.0.0.5';
const ourNumber = '+14165550123';
// Nothing else in these tests uses ports down there.
const soundPorts = { min: 9000, max: 9199 };
let house: House;
let world: Baresip;
let trunk: Kamailio;
let owner: DeviceLogin;
let stack: AsyncDisposableStack;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const nobody = await freePort(worldAddress);
  world = stack.use(
    await Baresip.start({
      address: worldAddress,
      username: 'world',
      password: 'unused',
      registrar: `${worldAddress}:${nobody}`,
      toneHz: worldTone,
      answer: 'auto',
      isTraced: true,
    }),
  );
  trunk = stack.use(
    await Kamailio.start({
      address: trunkAddress,
      realm: 'provider.example',
      username: 'house-42',
      password: 'trunk-secret',
      forwardTo: `world@${world.sipAddress}`,
    }),
  );
  house = stack.use(
    await House.start({
      environment: {
        GOSIP_COUNTRY: 'CA',
        GOSIP_LOG_LEVEL: 'info',
        GOSIP_MEDIA_PORT_MIN: String(soundPorts.min),
        GOSIP_MEDIA_PORT_MAX: String(soundPorts.max),
      },
      trunks: [
        {
          name: 'provider',
          host: trunkAddress,
          port: trunk.port,
          username: 'house-42',
          password: 'trunk-secret',
          register: true,
          allow: ['127.0.0.9/32'],
          secretHeaderName: 'X-House-Secret',
          secretHeaderValue: 'only-the-provider-knows',
        },
      ],
    }),
  );
  const person = await house.api<{ id: string }>('POST', '/users', { username: 'ada', name: 'Ada' });
  await house.api('POST', '/dids', { number: ourNumber, name: 'House', ownerPersonId: person.id });
  owner = await house.addDevice('21', { personId: person.id });
});
afterAll(() => stack.disposeAsync());

async function ownersPhone(): Promise<Baresip> {
  const { username, password } = owner;
  const registrar = `${house.address}:${house.sipPort}`;
  const phone = await Baresip.start({ address: '127.0.0.1', username, password, registrar, toneHz: houseTone, isTraced: true });
  await phone.registered();
  return phone;
}

test('the house registers its account at the trunk', async () => {
  await trunk.printed(/REGISTER accepted from house-42/);
});

test('a phone calls the telephone network through a trunk that challenges, with its owner’s number', async () => {
  await using phone = await ownersPhone();
  phone.dial(`sip:6135550188@${house.address}:${house.sipPort}`);
  await phone.waitForEvent('CALL_ESTABLISHED');
  expect(trunk.output()).toMatch(/INVITE accepted to \+16135550188 from \+14165550123/);
  await expect.poll(() => phone.heard(worldTone), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
  await expect.poll(() => world.heard(houseTone), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
  for (const peer of [phone, world]) {
    const relayed = peer.mediaAddresses('received');
    expect(relayed.length).toBeGreaterThan(0);
    for (const place of relayed) {
      const [address, port] = place.split(':');
      expect(address).toBe(house.address);
      expect(Number(port)).toBeGreaterThanOrEqual(soundPorts.min);
      expect(Number(port)).toBeLessThanOrEqual(soundPorts.max);
    }
  }
  expect(world.mediaAddresses('received')).not.toEqual(phone.mediaAddresses('received'));
  expect(await mediaRelayHealth()).toMatch(/^Relaying 1 call/);
  phone.hangup();
  await world.waitForEvent('CALL_CLOSED');
  await expect.poll(mediaRelayHealth, { timeout: 10_000 }).toMatch(/^Relaying 0 calls/);
  await house.program.printed(/"trunk":"provider","address":"127.0.0.1","msg":"Trunk sees us at this address"/);
});

async function mediaRelayHealth(): Promise<string> {
  const { parts } = await house.api<{ parts: { name: string; message: string }[] }>('GET', '/system/health');
  return parts.find(({ name }) => name === 'media relay')?.message ?? '';
}

test('hold and its end go through the relay', async () => {
  await using phone = await ownersPhone();
  const before = world.events.filter(({ type }) => type === 'CALL_ESTABLISHED').length;
  phone.dial(`sip:6135550188@${house.address}:${house.sipPort}`);
  await world.waitForEvent('CALL_ESTABLISHED', { nth: before + 1 });
  await phone.waitForEvent('CALL_ESTABLISHED');
  const offers = world.mediaAddresses('received').length;
  phone.command('hold');
  await expect.poll(() => world.mediaAddresses('received').length, { timeout: 10_000 }).toBe(offers + 1);
  await expect.poll(heldCalls, { timeout: 10_000 }).toBe(1);
  phone.command('resume');
  await expect.poll(() => world.mediaAddresses('received').length, { timeout: 10_000 }).toBe(offers + 2);
  await expect.poll(heldCalls, { timeout: 10_000 }).toBe(0);
  expect(new Set(world.mediaAddresses('received').slice(-3)).size).toBe(1);
  phone.hangup();
  await world.waitForEvent('CALL_CLOSED', { nth: before + 1 });
});

async function heldCalls(): Promise<number> {
  const { items } = await house.api<{ items: { state: string }[] }>('GET', '/calls');
  return items.filter(({ state }) => state === 'held').length;
}

test('a call whose relay is killed goes on: its media comes through the next one', async () => {
  await using phone = await ownersPhone();
  phone.dial(`sip:6135550188@${house.address}:${house.sipPort}`);
  await phone.waitForEvent('CALL_ESTABLISHED');
  const before = phone.mediaAddresses('received').length;
  const pid = (await house.program.printed(/"pid":(\d+)[^\n]*"msg":"rtpengine is ready"/))[1];
  process.kill(Number(pid), 'SIGKILL');
  await expect.poll(() => phone.mediaAddresses('received').length, { timeout: 20_000 }).toBeGreaterThan(before);
  await house.program.printed(/Call moved to a new media relay/);
  await expect.poll(() => phone.heardRecently(worldTone), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
  await expect.poll(mediaRelayHealth, { timeout: 10_000 }).toMatch(/^Relaying 1 call/);
  phone.hangup();
  await phone.waitForEvent('CALL_CLOSED');
  // The phone says so when it has sent its BYE.
  const newest = async () =>
    (await house.api<{ items: { disposition: string; reason: string }[] }>('GET', '/cdrs?per_page=1')).items[0];
  await expect.poll(newest).toMatchObject({ disposition: 'answered', reason: 'caller-hung-up' });
});

const outsideCall = (secret: string, expected: string) => `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="from outside">
<send retrans="500"><![CDATA[

INVITE sip:${ourNumber}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: "Grandma" <sip:+16135550177@provider.example>;tag=[call_number]
To: <sip:${ourNumber}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:provider@[local_ip]:[local_port]>
Max-Forwards: 70
${secret}Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 40000 RTP/AVP 0

]]></send>
${expected}
</scenario>
`;

const answeredThenBye = `<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="183" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[

ACK [next_url] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
[routes]
From: "Grandma" <sip:+16135550177@provider.example>;tag=[call_number]
To: <sip:${ourNumber}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

]]></send>
<pause milliseconds="200"/>
<send retrans="500"><![CDATA[

BYE [next_url] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
[routes]
From: "Grandma" <sip:+16135550177@provider.example>;tag=[call_number]
To: <sip:${ourNumber}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Content-Length: 0

]]></send>
<recv response="200"/>`;

test('a call from the trunk with its secret header rings the phone of the number’s owner', async () => {
  await using phone = await ownersPhone();
  const scenario = outsideCall('X-House-Secret: only-the-provider-knows\n', answeredThenBye);
  await using caller = await startSipp({ scenario, address: '127.0.0.9', target: `${house.address}:${house.sipPort}` });
  const call = await phone.waitForEvent('CALL_INCOMING');
  expect(call.peeruri).toContain('+16135550177');
  phone.accept();
  await caller.passed;
  await phone.waitForEvent('CALL_CLOSED');
});

test.each([
  { why: 'from a foreign address', address: '127.0.0.10', secret: 'X-House-Secret: only-the-provider-knows\n' },
  { why: 'without the secret header', address: '127.0.0.9', secret: '' },
  { why: 'with a wrong secret', address: '127.0.0.9', secret: 'X-House-Secret: guess\n' },
])('a call $why is challenged like anybody’s and reaches no phone', async ({ address, secret }) => {
  await using phone = await ownersPhone();
  const before = phone.events.length;
  const scenario = outsideCall(secret, '<recv response="100" optional="true"/><recv response="401"/>');
  await using caller = await startSipp({ scenario, address, target: `${house.address}:${house.sipPort}`, args: ['-aa'] });
  await caller.passed;
  expect(phone.events.slice(before).map(({ type }) => type)).not.toContain('CALL_INCOMING');
});
