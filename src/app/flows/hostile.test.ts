import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestCredentials } from '#sip/message/digest-credentials.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { sdp, sipText } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';

// What untrusted sources and broken phones may do to the real process, and that the phones of the house do not notice.
let stack: AsyncDisposableStack;
let house: House;
let first: DeviceLogin;
let second: DeviceLogin;
let caller: SimulatedPhone;
let callee: SimulatedPhone;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  house = stack.use(await House.start());
  [first, second] = [await house.addDevice('11'), await house.addDevice('12')];
  [caller, callee] = [await phone(first, '127.0.0.11'), await phone(second, '127.0.0.12')];
  expect([await caller.register(), await callee.register()]).toEqual([200, 200]);
});
afterAll(() => stack.disposeAsync());

async function phone(
  { username, password }: Pick<DeviceLogin, 'username' | 'password'>,
  address: string,
): Promise<SimulatedPhone> {
  const { registrar } = house;
  return stack.use(await SimulatedPhone.start({ address, username, password, registrar, incomingCallAction: 'ring' }));
}

const peerAt = async (address: string) =>
  stack.use(await SipPeer.udp({ address, target: { address: house.address, port: house.sipPort } }));

function requestLines(method: string, uri: string, { host }: SipPeer): string[] {
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${host};rport;branch=z9hG4bK${randomBytes(8).toString('hex')}`,
    'Max-Forwards: 70',
    'From: <sip:12@house.example>;tag=1',
    'To: <sip:12@house.example>',
    `Call-ID: ${randomBytes(8).toString('hex')}`,
    `CSeq: 1 ${method}`,
  ];
}

/** Asks, and answers the challenge; returns the final response and what proved who asks. */
async function register(
  peer: SipPeer,
  login: Pick<DeviceLogin, 'username' | 'password'>,
  lines: readonly string[],
): Promise<{ response: PeerMessage; proof: string }> {
  const uri = 'sip:house.example';
  const ask = (more: readonly string[]) => {
    peer.send(sipText([...requestLines('REGISTER', uri, peer), ...lines, ...more]));
    return peer.skipTo((message) => message.status >= 200);
  };
  const challenge = await ask([]);
  if (challenge.status !== 401) return { response: challenge, proof: '' };
  const headers = { 'www-authenticate': challenge.headers('WWW-Authenticate').join(', ') };
  const proof = digestCredentials(login)(headers, { method: 'REGISTER', uri })?.value ?? '';
  return { response: await ask([`Authorization: ${proof}`]), proof };
}

const residentMegabytes = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${house.program.pid}/status`, 'utf8'))?.[1]) / 1024;

test('a flood of calls from an untrusted source: no phone rings, no record is made, memory stays, and the house goes on calling', async () => {
  const stranger = await peerAt('127.0.0.50');
  stranger.ignores = () => true;
  const before = residentMegabytes();
  const recordsBefore = (await house.api<{ total: number }>('GET', '/cdrs')).total;
  const rung = callee.calls.length;
  for (let n = 0; n < 20_000; n += 1) {
    const lines = requestLines('INVITE', `sip:12@${house.address}`, stranger);
    stranger.send(sipText([...lines, `Contact: <sip:s@${stranger.host}>`, 'Content-Type: application/sdp'], sdp('127.0.0.50')));
    if (n % 200 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const rang = callee.incomingCall();
  const call = caller.call('12');
  callee.answer(await rang);
  await call.reached('answered');
  await caller.hangup(call);
  expect(callee.calls.length).toBe(rung + 1);
  expect((await house.api<{ total: number }>('GET', '/cdrs')).total).toBe(recordsBefore + 1);
  expect(residentMegabytes() - before).toBeLessThan(80);
});

test('wrong passwords slow down who guesses, and neither the good phone behind the same address nor other phones', async () => {
  const statuses = async (address: string, times: number) => {
    const peer = await peerAt(address);
    const seen: number[] = [];
    for (let n = 0; n < times; n += 1) {
      const { response } = await register(peer, { username: '11', password: `wrong-${n}` }, [`Contact: <sip:x@${peer.host}>`]);
      seen.push(response.status);
    }
    return seen;
  };
  expect(await statuses('127.0.0.40', 7)).toEqual([401, 401, 401, 401, 401, 503, 503]);
  expect(new Set(await statuses('127.0.0.12', 12))).toEqual(new Set([401]));
  expect(await callee.register()).toBe(200);
  const other = await peerAt('127.0.0.40');
  expect((await register(other, second, [`Contact: <sip:x@${other.host}>;expires=0`])).response.status).toBe(200);
  const output = house.program.output();
  expect(output.match(/Too many wrong passwords/g)).toHaveLength(1);
  expect(output).toContain('A phone was refused: unknown name, wrong password or switched off');
  expect(output).not.toContain(first.password);
});

test('a copied Authorization is worth nothing to the one who copied it', async () => {
  const [owner, thief] = [await peerAt('127.0.0.12'), await peerAt('127.0.0.60')];
  const contact = `Contact: <sip:12@${owner.host}>`;
  const { response, proof } = await register(owner, second, [contact]);
  expect(response.status).toBe(200);
  thief.send(
    sipText([
      ...requestLines('REGISTER', 'sip:house.example', thief),
      `Contact: <sip:12@${thief.host}>`,
      `Authorization: ${proof}`,
    ]),
  );
  const refused = await thief.skipTo((message) => message.status >= 200);
  expect([refused.status, refused.header('WWW-Authenticate')]).toEqual([401, expect.stringContaining('stale=true')]);
  await register(owner, second, [`${contact};expires=0`]);
});

test.each([
  { what: 'too short a time', lines: ['Contact: <sip:a@127.0.0.12>;expires=30'], wanted: '423 Interval Too Brief' },
  { what: 'everything removed without Expires: 0', lines: ['Contact: *', 'Expires: 60'], wanted: '400 Bad Contact Header' },
  { what: 'a Contact that is no SIP address', lines: ['Contact: <tel:123>'], wanted: '400 Bad Contact Header' },
  { what: 'an unknown extension', lines: ['Require: time-travel'], wanted: '420 Bad Extension' },
])('a REGISTER with $what gets $wanted', async ({ lines, wanted }) => {
  const { response } = await register(await peerAt('127.0.0.12'), second, lines);
  expect(response.startLine).toBe(`SIP/2.0 ${wanted}`);
});

test.each([
  { header: 'CSeq', by: [], wanted: 'Missing CSeq Header' },
  { header: 'CSeq', by: ['CSeq: many OPTIONS'], wanted: 'Bad CSeq Header' },
  { header: 'From', by: ['From: "open <sip:a@b>;tag=1'], wanted: 'Bad From Header' },
  { header: 'To', by: [], wanted: 'Missing To Header' },
  { header: 'Call-ID', by: [], wanted: 'Missing Call-ID Header' },
  { header: 'Call-ID', by: ['Call-ID: a|b'], wanted: 'Bad Call-ID Header' },
  { header: 'Call-ID', by: ['Call-ID: a\u001fb'], wanted: 'Bad Call-ID Header' },
  { header: 'From', by: ['From: <sip:a@b>;tag="1|2"'], wanted: 'Bad From Header' },
])('a request with $by for $header is answered 400 $wanted', async ({ header, by, wanted }) => {
  const peer = await peerAt('127.0.0.12');
  const lines = requestLines('OPTIONS', 'sip:house.example', peer);
  peer.send(sipText(lines.flatMap((line) => (line.startsWith(`${header}:`) ? by : [line]))));
  expect((await peer.skipTo((message) => message.status >= 200)).startLine).toBe(`SIP/2.0 400 ${wanted}`);
});
