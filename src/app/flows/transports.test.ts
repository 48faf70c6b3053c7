import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { TextPhone } from '#testing/peers/text-phone.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';

// A phone by each way in, at the real process: it registers, is called by a plain UDP phone, and hangs up.
const address = '127.0.0.1';
const transports = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;
let stack: AsyncDisposableStack;
let house: House;
let ports: { tls: number; ws: number; wss: number };
let caller: SimulatedPhone;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const certificate = makeCertificate();
  stack.defer(certificate.remove);
  const sipPort = await freePort(address);
  ports = { tls: await freePort(address), ws: await freePort(address), wss: await freePort(address) };
  const inside = [`udp:${address}:${sipPort}`, `tcp:${address}:${sipPort}`, `udp:[::1]:${sipPort}`, `tcp:[::1]:${sipPort}`];
  const listen = [...inside, ...(['tls', 'ws', 'wss'] as const).map((protocol) => `${protocol}:${address}:${ports[protocol]}`)];
  house = stack.use(
    await House.start({
      sipPort,
      environment: {
        GOSIP_SIP_LISTEN: listen.join(','),
        GOSIP_SIP_TLS_KEY: certificate.keyFile,
        GOSIP_SIP_TLS_CERT: certificate.certFile,
      },
    }),
  );
  const { username, password } = await house.addDevice('11');
  caller = stack.use(await SimulatedPhone.start({ address, username, password, registrar: house.registrar }));
  expect(await caller.register()).toBe(200);
});
afterAll(() => stack.disposeAsync());

type Way = { readonly via: string; readonly connect: () => Promise<SipPeer> };
const at = (port: number, host = address) => ({ address: host, port });
const ways: Readonly<Record<string, Way>> = {
  tls: { via: 'TLS', connect: () => SipPeer.tls(at(ports.tls)) },
  ws: { via: 'WS', connect: () => SipPeer.ws(at(ports.ws)) },
  wss: { via: 'WSS', connect: () => SipPeer.ws(at(ports.wss), { isSecure: true }) },
  'udp over IPv6': { via: 'UDP', connect: () => SipPeer.udp({ address: '::1', target: at(house.sipPort, '::1') }) },
  'tcp over IPv6': { via: 'TCP', connect: () => SipPeer.tcp(at(house.sipPort, '::1')) },
  tcp: { via: 'TCP', connect: () => SipPeer.tcp(at(house.sipPort)) },
};

async function phoneBy({ via, connect }: Way, login: DeviceLogin): Promise<TextPhone> {
  const phone = new TextPhone(stack.use(await connect()), { via, login });
  expect((await phone.register()).startLine).toBe('SIP/2.0 200 OK');
  return phone;
}

test.each(Object.keys(ways).map((name, index) => ({ name, extension: String(20 + index) })))(
  'a phone by $name registers, is called and hangs up',
  async ({ name, extension }) => {
    const login = await house.addDevice(extension, { transports });
    const phone = await phoneBy(ways[name] as Way, login);
    const call = caller.call(extension);
    const invite = await phone.answerCall();
    await call.reached('answered');
    expect((await phone.hangUp(invite)).status).toBe(200);
    await call.reached('ended');
  },
);

test('a TCP phone whose connection dies in a call: the call stays, the next fails at once, and a new connection rings', async () => {
  const login = await house.addDevice('30', { transports });
  const before = await phoneBy(ways['tcp'] as Way, login);
  const call = caller.call('30');
  await before.answerCall();
  await call.reached('answered');
  await before.peer[Symbol.asyncDispose]();
  expect(await house.api('GET', '/calls')).toMatchObject({ items: [{ state: 'in_call' }] });
  void caller.hangup(call);
  const lastReason = async () => (await house.api<{ items: { reason: string | null }[] }>('GET', '/cdrs')).items[0]?.reason;
  await expect.poll(lastReason, { timeout: 10_000 }).toBe('caller-hung-up');

  const vain = caller.call('30');
  await vain.reached('ended');
  expect([vain.status, await lastReason()]).toEqual([480, 'offline']);

  const after = await phoneBy(ways['tcp'] as Way, login);
  const again = caller.call('30');
  await after.answerCall();
  await again.reached('answered');
  await caller.hangup(again);
});

test('two phones of one extension at one address over TCP both ring, each on its own connection', async () => {
  const login = await house.addDevice('37', { transports });
  const phones = [await phoneBy(ways['tcp'] as Way, login), await phoneBy(ways['tcp'] as Way, login)];
  const call = caller.call('37');
  const invites = await Promise.all(phones.map(({ peer }) => peer.skipTo('INVITE')));
  expect(invites.map(({ startLine }) => startLine.split('@')[1])).toEqual(
    phones.map(({ peer }) => `${peer.host};transport=tcp SIP/2.0`),
  );
  await caller.hangup(call);
});

test('a phone that registers the Contact of another over TCP does not get its calls', async () => {
  const [owner, thief] = [await house.addDevice('38', { transports }), await house.addDevice('39', { transports })];
  const victim = stack.use(await SimulatedPhone.start({ address, ...owner, registrar: house.registrar }));
  expect(await victim.register()).toBe(200);
  const other = new TextPhone(stack.use(await SipPeer.tcp(at(house.sipPort))), {
    via: 'TCP',
    login: thief,
    contact: `<${victim.contact};transport=udp>`,
  });
  expect((await other.register()).status).toBe(200);
  const rang = victim.incomingCall();
  const call = caller.call('38');
  await rang;
  await call.reached('answered');
  await caller.hangup(call);
  expect(other.peer.unread.filter(({ method }) => method === 'INVITE')).toEqual([]);
});

test.each(['ws', 'wss'])('a browser by %s whose tab is closed is at once shown as not registered', async (way) => {
  const login = await house.addDevice(way === 'ws' ? '35' : '36', { transports });
  const phone = await phoneBy(ways[way] as Way, login);
  const isRegistered = async () => (await house.api<{ isRegistered: boolean }>('GET', `/devices/${login.id}`)).isRegistered;
  expect(await isRegistered()).toBe(true);
  await phone.peer[Symbol.asyncDispose]();
  await expect.poll(isRegistered, { timeout: 10_000 }).toBe(false);
});

test('a page from elsewhere may not open a WebSocket, one of the house may', async () => {
  const open = async (origin: string): Promise<string> => {
    const socket = connect(ports.ws, address);
    const lines = [
      'GET / HTTP/1.1',
      `Host: ${address}:${ports.ws}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Origin: ${origin}`,
    ];
    const key = randomBytes(16).toString('base64');
    const rest = [`Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Protocol: sip'];
    socket.write(`${[...lines, ...rest].join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString().split('\r\n')[0] ?? '';
  };
  expect(await open('https://evil.example')).toBe('HTTP/1.1 403 Forbidden');
  expect(await open(`http://${address}:8080`)).toBe('HTTP/1.1 101 Switching Protocols');
});

test('a phone by a transport it may not use gets 403', async () => {
  const login = await house.addDevice('31', { transports: ['udp'] });
  const phone = new TextPhone(stack.use(await SipPeer.tcp(at(house.sipPort))), { via: 'TCP', login });
  expect((await phone.register()).startLine).toBe('SIP/2.0 403 Transport Not Allowed');
  await house.program.printed(/A REGISTER was refused/);
  expect(house.program.output()).toContain('"name":"Phone 31"');
});
