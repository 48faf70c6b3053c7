import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Flood, loopbackSources } from '#testing/peers/flood-driver.ts';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { responseText, sdp, sipText } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';

// Untrusted sources at the highest rate that loopback gives, at the real process: phones call each other, the trunk's calls come in and the call
// for help goes out, as if there were no flood.
const [trunkAddress, tcpTrunkAddress] = ['127.0.0.9', '127.0.0.10'];
const ourNumber = '+14165550123';
let stack: AsyncDisposableStack;
let house: House;
let ports: { tls: number; ws: number };
let [first, second]: DeviceLogin[] = [];
let caller: SimulatedPhone;
let callee: SimulatedPhone;
let trunk: SipPeer;
let tcpTrunk: SipPeer;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const certificate = makeCertificate();
  stack.defer(certificate.remove);
  const address = '127.0.0.1';
  const sipPort = await freePort(address);
  ports = { tls: await freePort(address), ws: await freePort(address) };
  trunk = stack.use(await SipPeer.udp({ address: trunkAddress, target: { address, port: sipPort } }));
  tcpTrunk = stack.use(await SipPeer.tcpServer({ address: tcpTrunkAddress }));
  const listen = [
    ...[`udp:${address}:${sipPort}`, `tcp:${address}:${sipPort}`, `udp:[::1]:${sipPort}`, `tcp:[::1]:${sipPort}`],
    ...[`tls:${address}:${ports.tls}`, `ws:${address}:${ports.ws}`],
  ];
  house = stack.use(
    await House.start({
      sipPort,
      environment: {
        GOSIP_SIP_LISTEN: listen.join(','),
        GOSIP_SIP_TLS_KEY: certificate.keyFile,
        GOSIP_SIP_TLS_CERT: certificate.certFile,
        GOSIP_COUNTRY: 'CA',
        GOSIP_MEDIA: 'direct',
      },
      trunks: [{ name: 'provider', host: trunkAddress, port: trunk.port, allow: [trunkAddress] }],
    }),
  );
  const { id: personId } = await house.api<{ id: string }>('POST', '/users', { username: 'ada', name: 'Ada' });
  await house.api('POST', '/dids', { number: ourNumber, name: 'House', ownerPersonId: personId });
  [first, second] = [await house.addDevice('11'), await house.addDevice('12', { personId })];
  [caller, callee] = [await phone(first, '127.0.0.11'), await phone(second, '127.0.0.12')];
  expect([await caller.register(), await callee.register()]).toEqual([200, 200]);
});
afterAll(() => stack.disposeAsync());

let floods: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of floods.splice(0)) await one[Symbol.asyncDispose]();
  floods = [];
});

async function phone({ username, password }: DeviceLogin, address: string): Promise<SimulatedPhone> {
  return stack.use(
    await SimulatedPhone.start({ address, username, password, registrar: house.registrar, incomingCallAction: 'answer' }),
  );
}

function flooding(order: Partial<ConstructorParameters<typeof Flood>[0]>): Promise<Flood> {
  const target = { address: house.address, port: house.sipPort };
  const made = new Flood({
    target,
    sources: loopbackSources(500),
    method: 'INVITE',
    user: '12',
    minRequests: 0,
    seconds: 30,
    ...order,
  });
  floods.push(made);
  return made.started();
}

async function callInside(): Promise<void> {
  const call = caller.call('12');
  await call.reached('answered');
  await caller.hangup(call);
}

/** The trunk answers what the house asks of it, until its call is over. */
async function callEmergency(): Promise<void> {
  // What a slow machine sent again of the call before.
  while (trunk.unread.length > 0) await trunk.skipTo(() => true);
  const call = caller.call('911');
  const invite = await trunk.skipTo('INVITE');
  expect(invite.startLine).toMatch(/^INVITE sip:911@/);
  const headers = [`Contact: <sip:911@${trunk.host}>`, 'Content-Type: application/sdp'];
  const answer = responseText(invite, '200 OK', { headers, body: sdp(trunkAddress) });
  trunk.send(answer);
  const resend = setInterval(() => trunk.send(answer), 500);
  await trunk.skipTo('ACK').finally(() => clearInterval(resend));
  await call.reached('answered');
  void caller.hangup(call);
  trunk.send(responseText(await trunk.skipTo('BYE'), '200 OK'));
  await call.reached('ended');
}

async function callFromTrunk(): Promise<void> {
  const id = randomBytes(8).toString('hex');
  const common = ['Max-Forwards: 70', `From: <sip:+14165550199@${trunk.host}>;tag=t${id}`, `Call-ID: ${id}`];
  const via = (): string => `Via: SIP/2.0/UDP ${trunk.host};rport;branch=z9hG4bK${randomBytes(8).toString('hex')}`;
  const to = `<sip:${ourNumber}@${house.address}>`;
  const contact = `Contact: <sip:t@${trunk.host}>`;
  const text = sipText(
    [
      `INVITE sip:${ourNumber}@${house.address} SIP/2.0`,
      via(),
      ...common,
      `To: ${to}`,
      'CSeq: 1 INVITE',
      contact,
      'Content-Type: application/sdp',
    ],
    sdp(trunkAddress),
  );
  trunk.send(text);
  const resend = setInterval(() => trunk.send(text), 500);
  const answer = await trunk
    .skipTo(({ status, text: whole }) => status >= 200 && whole.includes(id))
    .finally(() => clearInterval(resend));
  expect(answer.status).toBe(200);
  const tagged = `To: ${answer.header('To')}`;
  const uri = /<([^>]+)>/.exec(answer.header('Contact') ?? '')?.[1] ?? '';
  trunk.send(sipText([`ACK ${uri} SIP/2.0`, via(), ...common, tagged, 'CSeq: 1 ACK']));
  const bye = sipText([`BYE ${uri} SIP/2.0`, via(), ...common, tagged, 'CSeq: 2 BYE']);
  trunk.send(bye);
  const again = setInterval(() => trunk.send(bye), 500);
  const isOver = ({ status, text: whole }: PeerMessage): boolean => status >= 200 && whole.includes('2 BYE');
  await trunk.skipTo(isOver).finally(() => clearInterval(again));
}

describe('while untrusted sources flood the house over UDP from 500 addresses', () => {
  test(
    'every call in the house, from the trunk and for help goes through, among at least 40,000 INVITEs',
    { timeout: 60_000 },
    async () => {
      const storm = await flooding({ minRequests: 40_001, seconds: 50 });
      let calls = 0;
      for (; calls < 6; calls += 1) {
        await callInside();
        await callEmergency();
        await callFromTrunk();
      }
      expect(await caller.register()).toBe(200);
      const { sent, bytesIn, bytesOut } = await storm.end();
      expect(calls).toBe(6);
      expect(sent).toBeGreaterThan(40_000);
      expect(bytesIn).toBeLessThan(2 * bytesOut);
    },
  );

  test('emergency calls of untrusted sources do not keep the house from calling for help', async () => {
    const storm = await flooding({ user: '911' });
    for (let calls = 0; calls < 3; calls += 1) await callEmergency();
    expect((await storm.end()).sent).toBeGreaterThanOrEqual(2_000);
  });

  test('over IPv6 too', async () => {
    const storm = await flooding({ target: { address: '::1', port: house.sipPort }, sources: ['::1'] });
    await callInside();
    await callEmergency();
    const { sent, bytesIn, bytesOut } = await storm.end();
    expect(sent).toBeGreaterThanOrEqual(2_000);
    expect(bytesIn).toBeLessThan(2 * bytesOut);
  });
});

test('an untrusted source at the very address of a phone does not take that phone its calls', async () => {
  const storm = await flooding({ sources: ['127.0.0.11', '127.0.0.12'] });
  await callInside();
  await callEmergency();
  expect((await storm.end()).sent).toBeGreaterThanOrEqual(2_000);
});

const methods = [
  'INVITE',
  'REGISTER',
  'OPTIONS',
  'SUBSCRIBE',
  'MESSAGE',
  'REFER',
  'PUBLISH',
  'NOTIFY',
  'INFO',
  'BYE',
  'PRACK',
  'UPDATE',
  'CANCEL',
  'FOO',
];

test.each([
  { what: 'the shortest requests', more: [] },
  { what: 'requests of a usual length', more: [`User-Agent: ${'x'.repeat(300)}`] },
  {
    what: 'requests with false credentials',
    more: ['Authorization: Digest username="11", realm="x", nonce="x", uri="sip:x", response="x"'],
  },
])('a forged source gets at most twice what is sent in its name, by whatever method: $what', async ({ more }) => {
  const asked = await Promise.all(
    methods.map(async (method, index) => {
      const target = { address: house.address, port: house.sipPort };
      const peer = stack.use(await SipPeer.udp({ address: `127.0.0.${70 + index}`, target }));
      peer.ignores = () => false;
      const text = sipText([
        `${method} sip:a@b SIP/2.0`,
        `Via: SIP/2.0/UDP a;branch=z9hG4bK${randomBytes(4).toString('hex')}`,
        ...['From: <sip:a@b>;tag=1', 'To: <sip:a@b>', `Call-ID: ${randomBytes(4).toString('hex')}`, `CSeq: 1 ${method}`],
        ...more,
      ]);
      peer.send(text);
      return { method, peer, length: text.length };
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  for (const { method, peer, length } of asked) {
    const bytes = peer.unread.reduce((sum, { text }) => sum + text.length, 0);
    expect({ method, isBound: bytes <= 2 * length, answers: Math.min(1, peer.unread.length) }).toEqual({
      method,
      isBound: true,
      answers: peer.unread.length,
    });
  }
  if (more.length > 0) expect(asked.every(({ peer }) => peer.unread.length === 1)).toBe(true);
});

describe('while untrusted sources hold every connection there is', () => {
  /** Connections that say nothing, little, or half of something; the house may close them. */
  async function crowd(port: number, text: string, count = 4_400): Promise<() => number> {
    const sockets: Socket[] = [];
    stack.defer(() => sockets.forEach((socket) => socket.destroy()));
    for (let index = 0; index < count; index += 1) {
      const localAddress = `127.77.${index % 40}.1`;
      const socket = connect({ host: house.address, port, localAddress });
      socket.on('error', () => {});
      socket.on('connect', () => text !== '' && socket.write(text));
      sockets.push(socket);
      if (index % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await expect.poll(() => sockets.every(({ connecting }) => !connecting), { timeout: 15_000 }).toBe(true);
    return () => sockets.filter((socket) => !socket.destroyed && socket.readyState === 'open').length;
  }

  async function registersBy(connectPeer: () => Promise<SipPeer>, via: string): Promise<number> {
    const peer = stack.use(await connectPeer());
    const id = randomBytes(6).toString('hex');
    peer.send(
      sipText([
        `REGISTER sip:${house.address} SIP/2.0`,
        `Via: SIP/2.0/${via} ${peer.host};branch=z9hG4bK${id}`,
        'Max-Forwards: 70',
        `From: <sip:${first?.username}@${house.address}>;tag=1`,
        `To: <sip:${first?.username}@${house.address}>`,
        `Call-ID: ${id}`,
        'CSeq: 1 REGISTER',
        `Contact: <sip:x@${peer.host};transport=${via.toLowerCase()}>`,
      ]),
    );
    return (await peer.skipTo((message) => message.status >= 200)).status;
  }

  test.each([
    { what: 'over TCP that ping', at: () => house.sipPort, text: '\r\n\r\n', via: 'TCP' },
    { what: 'with half a TLS handshake', at: () => ports.tls, text: '\u0016\u0003\u0001', via: 'TLS' },
    { what: 'with half a WebSocket handshake', at: () => ports.ws, text: 'GET / HTTP/1.1\r\nHost: x', via: 'WS' },
  ])('$what: a new phone gets in, phones call, and help is called', { timeout: 60_000 }, async ({ at, text, via }) => {
    const held = await crowd(at(), text);
    expect(held()).toBeGreaterThan(1_000);
    const target = { address: house.address, port: at() };
    const ways = { TCP: () => SipPeer.tcp(target), TLS: () => SipPeer.tls(target), WS: () => SipPeer.ws(target) };
    expect(await registersBy(ways[via as keyof typeof ways], via)).toBe(401);
    await callInside();
    await callEmergency();
  });

  test('an emergency call goes out over a trunk that speaks TCP', async () => {
    await crowd(house.sipPort, '\r\n\r\n');
    const port = await freePort(house.address);
    await using other = await House.start({
      sipPort: port,
      environment: {
        GOSIP_COUNTRY: 'CA',
        GOSIP_MEDIA: 'direct',
      },
      trunks: [{ name: 'provider', host: tcpTrunkAddress, port: tcpTrunk.port, transport: 'tcp', allow: [tcpTrunkAddress] }],
    });
    const { username, password } = await other.addDevice('11');
    await using desk = await SimulatedPhone.start({ address: '127.0.0.21', username, password, registrar: other.registrar });
    expect(await desk.register()).toBe(200);
    const sockets: Socket[] = [];
    stack.defer(() => sockets.forEach((socket) => socket.destroy()));
    for (let index = 0; index < 4_400; index += 1) {
      const socket = connect({ host: other.address, port, localAddress: `127.78.${index % 40}.1` });
      socket.on('error', () => {});
      sockets.push(socket);
      if (index % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const call = desk.call('911');
    const invite = await tcpTrunk.skipTo('INVITE');
    expect(invite.startLine).toMatch(/^INVITE sip:911@/);
    tcpTrunk.send(responseText(invite, '486 Busy Here'));
    await call.reached('ended');
  });
});
