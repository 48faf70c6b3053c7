import { afterAll, beforeAll, expect, test } from 'vitest';
import { Baresip } from '#testing/baresip.ts';
import { freePort } from '#testing/free-port.ts';
import { House } from '#testing/house.ts';
import type { DeviceLogin } from '#testing/house.ts';
import { Kamailio } from '#testing/kamailio.ts';
import { startSipp } from '#testing/sipp.ts';

// The telephone network is a Kamailio that challenges with 407, and behind it a phone in the world.
const worldTone = 700;
const houseTone = 440;
const worldAddress = '127.0.0.6';
const trunkAddress = '127.0.0.5';
const ourNumber = '+14165550123';
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
        GOSIP_TRUNKS: JSON.stringify([
          {
            name: 'provider',
            host: trunkAddress,
            port: trunk.port,
            username: 'house-42',
            password: 'trunk-secret',
            register: true,
            allow: ['127.0.0.9/32'],
            secret_header_name: 'X-House-Secret',
            secret_header_value: 'only-the-provider-knows',
          },
        ]),
      },
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
  const phone = await Baresip.start({ address: '127.0.0.1', username, password, registrar, toneHz: houseTone });
  await phone.registered();
  return phone;
}

test('the house registers its account at the trunk', async () => {
  await trunk.printed(/REGISTER accepted from house-42/);
});

test('a phone calls the telephone network through a trunk that challenges, with its owner’s number', async () => {
  await using phone = await ownersPhone();
  phone.dial(`sip:6135550188@${house.address}:${house.sipPort}`);
  await phone.happened('CALL_ESTABLISHED');
  expect(trunk.output()).toMatch(/INVITE accepted to \+16135550188 from \+14165550123/);
  await expect.poll(() => phone.heard(worldTone), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
  await expect.poll(() => world.heard(houseTone), { timeout: 20_000, interval: 250 }).toBeGreaterThan(0.9);
  phone.hangup();
  await world.happened('CALL_CLOSED');
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
  const call = await phone.happened('CALL_INCOMING');
  expect(call.peeruri).toContain('+16135550177');
  phone.accept();
  await caller.passed;
  await phone.happened('CALL_CLOSED');
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
