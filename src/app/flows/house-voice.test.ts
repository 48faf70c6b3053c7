import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '#media/g711.ts';
import { promptFile } from '#media/prompt-files.ts';
import { Baresip } from '#testing/peers/baresip.ts';
import { House } from '#testing/harness/house.ts';
import { RtpEar } from '#testing/peers/rtp-ear.ts';
import { SipCaller } from '#testing/peers/sip-caller.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { energyAt } from '#testing/base/wav.ts';

// What the house says itself, heard from outside: by a phone of the house, and by callers of a trunk through the media relay.
const ourNumber = '+14165550123';
const trunkAddress = '127.0.0.9';
const houseTone = 440;
const prompt = (name: Parameters<typeof promptFile>[1]) => readFileSync(promptFile('de', name));

let stack: AsyncDisposableStack;
let house: House;
let trunk: SipPeer;
let phone: Baresip;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  trunk = stack.use(await SipPeer.udp({ address: trunkAddress }));
  house = stack.use(
    await House.start({
      environment: {
        GOSIP_COUNTRY: 'CA',
        GOSIP_LANGUAGE: 'de',
        GOSIP_MEDIA_PORT_MIN: '9420',
        GOSIP_MEDIA_PORT_MAX: '9499',
        GOSIP_VOICE_PORT_MIN: '9500',
        GOSIP_VOICE_PORT_MAX: '9519',
      },
      trunks: [{ name: 'provider', host: trunkAddress, port: trunk.port, allow: [`${trunkAddress}/32`] }],
    }),
  );
  trunk.target = { address: house.address, port: house.sipPort };
  const { id: personId } = await house.api<{ id: string }>('POST', '/users', { username: 'ada', name: 'Ada' });
  await house.api('POST', '/dids', { number: ourNumber, name: 'House', ownerPersonId: personId });
  await house.api('PATCH', '/routing/settings', { challengeDigit: '4' });
  const { username, password } = await house.addDevice('21', { personId });
  const registrar = `${house.address}:${house.sipPort}`;
  const login = { address: '127.0.0.1', username, password, registrar };
  phone = stack.use(await Baresip.start({ ...login, toneHz: houseTone, answer: 'auto', isTraced: true }));
  await phone.registered();
});
afterAll(() => stack.disposeAsync());

type Record = { readonly disposition: string; readonly reason: string };

async function lastRecord(): Promise<Record | undefined> {
  return (await house.api<{ items: Record[] }>('GET', '/cdrs')).items[0];
}

/** A caller beyond the trunk who has been answered by the house, and hears its question. */
async function asked(ear: RtpEar): Promise<{ caller: SipCaller; answer: string }> {
  const caller = new SipCaller(trunk, { user: '+14165550199', target: `sip:${ourNumber}@${house.address}:${house.sipPort}` });
  caller.invite({ body: ear.sdp() });
  const answered = await trunk.skipTo((message) => message.status === 200 && message.header('Call-ID') === caller.callId);
  caller.ack(answered);
  ear.learnKey(answered.body);
  const [question, digit] = [prompt('press-key'), prompt('4')];
  await expect.poll(() => ear.heard.indexOf(question), { timeout: 20_000 }).toBeGreaterThan(0);
  await expect.poll(() => ear.heard.indexOf(digit, ear.heard.indexOf(question)), { timeout: 20_000 }).toBeGreaterThan(0);
  return { caller, answer: answered.body };
}

test('a phone hears why its call abroad is refused, before anybody would pay for it', async () => {
  phone.dial(`sip:01137167000000@${house.address}:${house.sipPort}`);
  expect((await phone.waitForEvent('CALL_CLOSED')).param).toContain('403');
  expect(phone.events.map(({ type }) => type)).not.toContain('CALL_ESTABLISHED');
  const words = decode('PCMU', prompt('not-permitted')).subarray(2000, 6000);
  await expect
    .poll(async () => Math.max(...(await phone.recordings()).map(({ samples }) => likeness(samples, words))))
    .toBeGreaterThan(0.95);
  expect(await lastRecord()).toMatchObject({ disposition: 'failed', reason: 'destination-not-allowed' });
});

test.each([
  ['in the clear', false, 'RTP/AVP'],
  ['by SRTP', true, 'RTP/SAVP'],
])(
  'an unknown caller of a trunk %s hears the question, presses the key and talks to the house',
  async (_how, isSecure, profile) => {
    const ear = await RtpEar.open({ address: trunkAddress, isSecure });
    const { caller, answer } = await asked(ear);
    expect(answer).toContain(profile);
    ear.press('4', answer, 8000);
    const reInvite = await trunk.skipTo('INVITE');
    expect(reInvite.body).toContain(profile);
    ear.learnKey(reInvite.body);
    caller.respond(reInvite, '200 OK', {
      headers: [`Contact: ${caller.contact}`, 'Content-Type: application/sdp'],
      body: ear.sdp({ version: 2 }),
    });
    await trunk.skipTo('ACK');
    const recent = () => ({ sampleRate: 8000, samples: decode('PCMU', ear.heard.subarray(-8000)) });
    await expect.poll(() => energyAt(recent(), houseTone), { timeout: 20_000 }).toBeGreaterThan(0.9);
    caller.send('BYE');
    await trunk.skipTo(200);
    await expect.poll(lastRecord).toMatchObject({ disposition: 'answered', reason: 'caller-hung-up' });
    ear.close();
  },
);

test('a machine that presses the wrong key reaches nobody, and is told so', async () => {
  const incoming = () => phone.events.filter(({ type }) => type === 'CALL_INCOMING').length;
  const before = incoming();
  const ear = await RtpEar.open({ address: trunkAddress });
  const { caller, answer } = await asked(ear);
  ear.press('1', answer, 8000);
  await expect.poll(() => ear.heard.indexOf(prompt('wrong-key')), { timeout: 20_000 }).toBeGreaterThan(0);
  ear.press('1', answer, 40_000);
  caller.respond(await trunk.skipTo('BYE'), '200 OK');
  await expect.poll(lastRecord).toMatchObject({ disposition: 'blocked', reason: 'challenge' });
  expect(incoming()).toBe(before);
  ear.close();
});

/** How much the best place of a recording is like these samples: 1 for the same at any loudness. */
function likeness(recording: Int16Array, samples: Int16Array): number {
  let best = 0;
  for (let offset = 0; offset + samples.length <= recording.length; offset += 1)
    best = Math.max(best, correlation(recording.subarray(offset, offset + samples.length), samples));
  return best;
}

function correlation(one: Int16Array, other: Int16Array): number {
  let [both, first, second] = [0, 0, 0];
  for (let index = 0; index < one.length; index += 4) {
    const [a, b] = [one[index] ?? 0, other[index] ?? 0];
    both += a * b;
    first += a * a;
    second += b * b;
  }
  return first === 0 || second === 0 ? 0 : both / Math.sqrt(first * second);
}
