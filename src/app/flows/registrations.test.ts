import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#testing/base/free-port.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { TextPhone } from '#testing/peers/text-phone.ts';
import type { TextPhoneOptions } from '#testing/peers/text-phone.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';

// Who is registered where, and who gets whose calls, at the real process: phones that come back, go away, lie or guess.
const address = '127.0.0.1';
const transports = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;
type Way = 'UDP' | 'TCP' | 'TLS' | 'WS';
let stack: AsyncDisposableStack;
let house: House;
let ports: Readonly<Record<Lowercase<Way>, number>>;
let caller: SimulatedPhone;
let extensions = 20;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const certificate = makeCertificate();
  stack.defer(certificate.remove);
  const sipPort = await freePort(address);
  ports = { udp: sipPort, tcp: sipPort, tls: await freePort(address), ws: await freePort(address) };
  const listen = Object.entries(ports).map(([protocol, port]) => `${protocol}:${address}:${port}`);
  const tls = { GOSIP_SIP_TLS_KEY: certificate.keyFile, GOSIP_SIP_TLS_CERT: certificate.certFile };
  house = stack.use(await House.start({ sipPort, environment: { GOSIP_SIP_LISTEN: listen.join(','), ...tls } }));
  const { username, password } = await house.addDevice('11');
  caller = stack.use(await SimulatedPhone.start({ address, username, password, registrar: house.registrar }));
  expect(await caller.register()).toBe(200);
});
afterAll(() => stack.disposeAsync());

/** A phone's own socket: of UDP at an address of its own where one is given. */
async function line(way: Way, { from, port }: { from?: string; port?: number } = {}): Promise<SipPeer> {
  const target = { address, port: ports[way.toLowerCase() as Lowercase<Way>] };
  const local = from === undefined ? {} : { localAddress: from };
  if (way === 'UDP')
    return stack.use(await SipPeer.udp({ address: from ?? address, target, ...(port === undefined ? {} : { port }) }));
  if (way === 'TCP') return stack.use(await SipPeer.tcp(target, local));
  return stack.use(way === 'TLS' ? await SipPeer.tls(target) : await SipPeer.ws(target));
}

const newDevice = () => house.addDevice(String((extensions += 1)), { transports });

async function phone(way: Way, login: DeviceLogin, more: Partial<TextPhoneOptions> & { from?: string; port?: number } = {}) {
  const made = new TextPhone(await line(way, more), { via: way, login, ...more });
  expect((await made.register()).startLine).toBe('SIP/2.0 200 OK');
  return made;
}

type Shown = { contact: string; port: number; address: string };
const registrations = async ({ id }: DeviceLogin) =>
  (await house.api<{ items: Shown[] }>('GET', `/devices/${id}/registrations`)).items;
const isRegistered = async ({ id }: DeviceLogin) =>
  (await house.api<{ isRegistered: boolean }>('GET', `/devices/${id}`)).isRegistered;
const lastRecord = async () => (await house.api<{ items: { disposition: string; reason: string }[] }>('GET', '/cdrs')).items[0];
const invitesOf = ({ peer }: TextPhone) => peer.unread.filter(({ method }) => method === 'INVITE');

/** A host of the house's network that no phone has a right to: whatever reaches it was sent by the house. */
async function somebodyElse() {
  const udp = stack.use(await SipPeer.udp({ address: '127.0.0.77' }));
  const tcp = stack.use(await SipPeer.tcpServer({ address: '127.0.0.77', port: udp.port }));
  return { at: udp.host, heard: () => [...udp.unread, ...tcp.unread].map(({ text }) => text) };
}

describe('a phone cannot have the calls of another, nor have the house send to another host', () => {
  const lies = [
    { what: 'the Contact of the other', contact: (of: string) => `<sip:${of}>` },
    { what: 'it with an alias', contact: (of: string) => `<sip:${of};transport=tcp;alias=127.0.0.1~5060~2>` },
    {
      what: 'it as outbound and GRUU would write it',
      contact: (of: string) => `<sip:${of};ob;gr=urn:uuid:1>;reg-id=1;+sip.instance="<urn:uuid:1>"`,
    },
    { what: 'maddr of the other', contact: (of: string) => `<sip:x@127.0.0.1;maddr=${of.split('@')[1]?.split(':')[0]}>` },
  ];
  test.each((['UDP', 'TCP', 'TLS', 'WS'] as const).flatMap((way) => lies.map((lie) => ({ way, ...lie }))))(
    'by $way with $what',
    async ({ way, contact }) => {
      const [owner, thief] = [await newDevice(), await newDevice()];
      const victim = await phone('UDP', owner, { from: '127.0.0.21' });
      const liar = await phone(way, thief, { contact: contact(`${owner.username}@${victim.peer.host}`) });
      const call = caller.call(owner.extension);
      await victim.answerCall();
      await call.reached('answered');
      expect(invitesOf(liar)).toEqual([]);
      await caller.hangup(call);
      const lied = caller.call(thief.extension);
      await Promise.race([liar.peer.skipTo('INVITE').catch(() => {}), lied.reached('ended').catch(() => {})]);
      expect(invitesOf(victim)).toEqual([]);
      if (lied.state !== 'ended') await caller.hangup(lied);
    },
  );

  test.each([
    { what: 'a Path', lines: (at: string) => [`Path: <sip:${at};lr>`] },
    { what: 'a Path over TCP', lines: (at: string) => [`Path: <sip:${at};transport=tcp;lr>`, 'Supported: path'] },
  ])('$what that names a host of the house leads nowhere; the phone rings, and the log says why', async ({ lines }) => {
    const other = await somebodyElse();
    const login = await newDevice();
    const liar = await phone('UDP', login, { lines: lines(other.at) });
    const call = caller.call(login.extension);
    await liar.answerCall();
    await call.reached('answered');
    await caller.hangup(call);
    await liar.peer.skipTo('BYE');
    expect(other.heard()).toEqual([]);
    await house.program.printed(/Path ignored: its sender is not one of sip_edge_proxies/);
  });

  test('a Path that is required is refused', async () => {
    const login = await newDevice();
    const liar = new TextPhone(await line('UDP'), {
      via: 'UDP',
      login,
      lines: ['Path: <sip:127.0.0.77:6379;lr>', 'Require: path'],
    });
    expect(await liar.register()).toMatchObject({ status: 420 });
  });

  test.each(['UDP', 'TCP'] as const)('a Record-Route of the caller by %s does not take our BYE elsewhere', async (way) => {
    const other = await somebodyElse();
    const [login, called] = [await newDevice(), await newDevice()];
    const liar = await phone(way, login);
    const callee = await phone('UDP', called);
    const [answer, invite] = await Promise.all([
      liar.call(called.extension, [`Record-Route: <sip:${other.at};transport=tcp;lr>`]),
      callee.answerCall(),
    ]);
    expect(answer.status).toBe(200);
    await callee.hangUp(invite);
    await liar.peer.skipTo('BYE');
    expect(other.heard()).toEqual([]);
  });

  test.each(['UDP', 'TCP'] as const)(
    'nor a Record-Route, or the Contact, of the called phone by %s our ACK and BYE',
    async (way) => {
      const other = await somebodyElse();
      const maddr = { contact: '<sip:x@127.0.0.1;maddr=127.0.0.77>' };
      // Over TCP a Contact with maddr is unreachable: no connection belongs to it.
      const lies = [
        { lines: [`Record-Route: <sip:${other.at};lr>`] },
        { contact: `<sip:x@${other.at}>` },
        ...(way === 'UDP' ? [maddr] : []),
      ];
      for (const lie of lies) {
        const login = await newDevice();
        const liar = await phone(way, login, { contact: 'contact' in lie ? lie.contact : undefined });
        const call = caller.call(login.extension);
        await liar.answerCall('lines' in lie ? lie.lines : []);
        await call.reached('answered');
        await caller.hangup(call);
        await liar.peer.skipTo('BYE');
      }
      expect(other.heard()).toEqual([]);
    },
  );
});

test.each(['UDP', 'TCP', 'TLS', 'WS'] as const)(
  'two phones of one extension behind one address both ring, by %s',
  async (way) => {
    const login = await newDevice();
    const both = [await phone(way, login), await phone(way, login)];
    const call = caller.call(login.extension);
    await Promise.all(both.map(({ peer }) => peer.skipTo('INVITE')));
    await caller.hangup(call);
  },
);

test.each(['UDP', 'TCP', 'TLS', 'WS'] as const)(
  'two phones of one extension that have the same address at home, in two houses, both ring, by %s',
  async (way) => {
    const login = await newDevice();
    const at = `<sip:${login.username}@192.168.1.10:5060;transport=${way.toLowerCase()}>`;
    const contact = (instance: number) => `${at};+sip.instance="<urn:uuid:${instance}>"`;
    const both = [await phone(way, login, { contact: contact(1) }), await phone(way, login, { contact: contact(2) })];
    const call = caller.call(login.extension);
    await Promise.all(both.map(({ peer }) => peer.skipTo('INVITE')));
    await caller.hangup(call);
    expect(await registrations(login)).toHaveLength(2);
  },
);

test('a proxy of the house that is named is followed: calls to the phones behind it go to where its Path says', async () => {
  await using behind = await House.start({ environment: { GOSIP_SIP_EDGE_PROXIES: '127.0.0.50,192.0.2.0/24' } });
  const target = { address, port: behind.sipPort };
  await using sends = await SipPeer.udp({ address: '127.0.0.50', target });
  await using listens = await SipPeer.udp({ address: '127.0.0.50', target });
  const [login, other] = [await behind.addDevice('21'), await behind.addDevice('22')];
  const lines = [`Path: <sip:${listens.host};lr>`, 'Supported: path'];
  const contact = `<sip:${login.username}@10.9.8.7:5060>`;
  const registered = new TextPhone(sends, { via: 'UDP', login, contact, lines });
  expect(await registered.register()).toMatchObject({ status: 200 });
  const { username, password } = other;
  await using calling = await SimulatedPhone.start({ address, username, password, registrar: behind.registrar });
  const call = calling.call('21');
  const invite = await listens.expect('INVITE');
  expect(invite.startLine).toBe(`INVITE sip:${login.username}@10.9.8.7:5060 SIP/2.0`);
  await calling.hangup(call);
});

describe('a phone that comes back rings once', () => {
  const params = ';+sip.instance="<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"';
  test.each([
    ['from another port, with its old Call-ID, as linphone over TCP does', 'TCP', { params, callId: 'kept' }, 57],
    ['from another port over UDP', 'UDP', { params, callId: 'kept' }, 57],
    ['after it was killed', 'TCP', { params }, 0],
    ['as a page that was loaded again', 'WS', { params: `${params};reg-id=1` }, 0],
  ] as const)('%s (%s)', async (_how, way, more, sequence) => {
    const login = await newDevice();
    const before = await phone(way, login, more);
    const after = await phone(way, login, { ...more, sequence });
    expect(await registrations(login)).toHaveLength(1);
    const call = caller.call(login.extension);
    await after.answerCall();
    await call.reached('answered');
    expect([invitesOf(before), invitesOf(after)]).toEqual([[], []]);
    await caller.hangup(call);
  });

  test('without an instance, from its own port, with another user in its Contact at every start (baresip)', async () => {
    const login = await newDevice();
    const peer = await line('UDP');
    for (const start of ['1', '2', '3']) {
      const started = new TextPhone(peer, { via: 'UDP', login, contact: `<sip:${login.username}-${start}@${peer.host}>` });
      expect((await started.register()).status).toBe(200);
    }
    expect(await registrations(login)).toMatchObject([{ contact: `sip:${login.username}-3@${peer.host}` }]);
  });

  test('after a power cut, counting from 1 again with its old Call-ID', async () => {
    const login = await newDevice();
    const peer = await line('UDP');
    for (const sequence of [100, 0, 50]) {
      const started = new TextPhone(peer, { via: 'UDP', login, callId: 'burnt-in', sequence });
      expect((await started.register()).startLine).toBe('SIP/2.0 200 OK');
    }
    expect(await registrations(login)).toHaveLength(1);
  });
});

test.each(['WS', 'TCP', 'TLS'] as const)(
  'a browser or phone that died, by %s: no longer registered, and a call to it is missed, not unknown',
  async (way) => {
    const login = await newDevice();
    const gone = await phone(way, login);
    expect(await isRegistered(login)).toBe(true);
    await gone.peer[Symbol.asyncDispose]();
    await expect.poll(() => isRegistered(login), { timeout: 10_000 }).toBe(false);
    const call = caller.call(login.extension);
    await call.reached('ended');
    expect(call.status).toBe(480);
    await expect.poll(lastRecord).toMatchObject({ disposition: 'missed', reason: 'offline' });
  },
);

test('a desk phone that closed its idle TCP connection is dialled at the port where it listens', async () => {
  const login = await newDevice();
  const desk = stack.use(await SipPeer.tcpServer({ address: '127.0.0.31' }));
  const contact = `<sip:${login.username}@${desk.host};transport=tcp>`;
  const registered = await phone('TCP', login, { contact, from: '127.0.0.31' });
  await registered.peer[Symbol.asyncDispose]();
  await expect.poll(async () => (await registrations(login))[0]?.port, { timeout: 10_000 }).toBe(desk.port);
  const listening = new TextPhone(desk, { via: 'TCP', login, contact });
  const call = caller.call(login.extension);
  await listening.answerCall();
  await call.reached('answered');
  await caller.hangup(call);
});

test('one wrong password that a phone answers six times by itself does not shut it out; the right one gets in at once', async () => {
  const login = await newDevice();
  const wrong = new TextPhone(await line('UDP', { from: '127.0.0.41' }), { via: 'UDP', login, callId: 'baresip' });
  for (let time = 0; time < 6; time += 1) expect((await wrong.register('mistyped')).status).toBe(401);
  await phone('UDP', login, { from: '127.0.0.41' });
});

test('a phone set to SHA-256 gets in by nothing less, and the log says why', async () => {
  const login = await newDevice();
  await house.api('PATCH', `/devices/${login.id}`, { sha256: true });
  const modern = await phone('UDP', login);
  const old = new TextPhone(modern.peer, { via: 'UDP', login });
  expect((await old.registerByMd5()).status).toBe(401);
  await house.program.printed(/A phone that is set to SHA-256 answered with MD5/);
});

test('a password that is guessed from everywhere is seen in health and in the log, and its phone goes on', async () => {
  const login = await newDevice();
  for (let host = 101; host < 125; host += 1) {
    const guess = new TextPhone(await line('UDP', { from: `127.0.1.${host}` }), { via: 'UDP', login });
    expect((await guess.register(`guess-${host}`)).status).toBe(401);
  }
  await house.program.printed(/Alert: The password of a phone is guessed from many addresses/);
  const { parts } = await house.api<{ parts: { name: string; status: string; message: string }[] }>('GET', '/system/health');
  const passwords = parts.find(({ name }) => name === 'passwords');
  expect(passwords).toMatchObject({ status: 'degraded' });
  expect(passwords?.message).toContain(`Phone ${login.extension} (24 tries from 24 addresses)`);
  await phone('UDP', login);
});

test('a name that shows as another one is refused at the API, and it is said why', async () => {
  const made = house.api('POST', '/devices', { name: 'Ann\u202e', type: 'softphone' });
  await expect(made).rejects.toThrow(/U\+202E/);
});
