import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '#base/log.ts';
import type { TestCall } from '#calls/test-call.ts';
import { TestCalls } from '#calls/test-calls.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeVoice } from '#testing/harness/fake-voice.ts';
import { SipHarness } from '#testing/harness/sip-harness.ts';
import type { ScriptedPhone } from '#testing/harness/sip-harness.ts';

// Test calls on the wire: which part of the way fails is told by what the phone really does.
const by = { id: 'person_admin', personId: undefined } as const;
let clock: FakeClock;
let voice: FakeVoice;
let harness: SipHarness;
let a: ScriptedPhone;
let tests: TestCalls;
let told: (string | null)[];

beforeEach(async () => {
  [clock, voice, told] = [new FakeClock(), new FakeVoice(), []];
  harness = await SipHarness.start({ voice, clock });
  a = await harness.phone('20');
  const emit = (_name: string, { result }: { readonly result?: string | null }) => void told.push(result ?? null);
  tests = new TestCalls({
    clock,
    log: createLog({ level: 'silent' }),
    events: { emit: emit as never },
    house: harness.sip.houseCaller,
    calls: harness.calls,
    registrations: { of: (id) => harness.registrations.get(id) ?? [] },
  });
});
afterEach(() => harness[Symbol.asyncDispose]());

const now = (): TestCall => tests.of(a.device.id) as TestCall;
const reaches = (test: Partial<TestCall>) =>
  vi.waitFor(() => expect(now()).toMatchObject(test), { timeout: 10_000, interval: 5 });

async function answered() {
  await tests.start(a.device, by);
  const rung = await a.incomingCall();
  a.reply(rung, '180 Ringing');
  await reaches({ ringingAt: clock.now(), result: undefined });
  await a.answer(rung);
  await harness.until(() => voice.endpoints[0]?.played.length === 1, 'the words');
  return { rung, end: voice.endpoints[0]! };
}

describe('a test call', () => {
  it('rings the phone, speaks, and finds that it works once the key is pressed', async () => {
    const { rung, end } = await answered();
    expect(rung.invite?.header('From')).toContain('"GoSIP"');
    expect(end.played[0]?.[0]).toEqual({ kind: 'prompt', name: 'test-call' });
    end.hear('sound');
    await reaches({ isHeard: true, hearsUs: 'not-known' });
    end.key('5');
    await reaches({ hearsUs: 'confirmed', result: undefined });
    end.finish();
    await a.peer.expect('BYE');
    await reaches({ result: 'works', sipStatus: 200 });
    expect(now().address).toMatch(/^udp 127\.0\.0\.1:/);
    expect(told.at(-1)).toBe('works');
    expect(harness.records()[0]).toMatchObject({ caller: { name: 'GoSIP' }, requestedBy: 'person_admin' });
  });

  it.each([
    ['nothing comes from', [], 'no-sound-from-phone'],
    ['sound comes from, and whether it hears nobody knows,', ['sound'], 'unconfirmed'],
    ['reports that it hears', ['sound', 'report'], 'works'],
  ] as const)('whose words were said and %s the phone ends by itself', async (_what, heard, result) => {
    const { end } = await answered();
    for (const what of heard) end.hear(what);
    for (let said = 1; said <= 3; said += 1) {
      expect(end.played).toHaveLength(said);
      end.finish();
      clock.advance(2_500);
    }
    await a.peer.expect('BYE');
    await reaches({ result });
  });

  it('that is hung up before any sound could come says so', async () => {
    const { rung } = await answered();
    await rung.bye();
    await reaches({ result: 'hung-up-at-once' });
  });

  it.each([
    ['486 Busy Here', { result: 'busy', sipStatus: 486 }],
    ['603 Decline', { result: 'declined', sipStatus: 603 }],
    ['403 Forbidden', { result: 'refused', sipStatus: 403 }],
    ['488 Not Acceptable Here', { result: 'no-codec', sipStatus: 488 }],
    ['404 Not Found', { result: 'unreachable', sipStatus: 404 }],
  ] as const)('whose phone says %s says which it was', async (status, test) => {
    await tests.start(a.device, by);
    a.reply(await a.incomingCall(), status);
    await reaches(test);
  });

  it.each([[true, 'no-answer'] as const, [false, 'not-ringing'] as const])(
    'that nobody answers tells whether the phone rang (%s)',
    async (rings, result) => {
      await tests.start(a.device, by);
      const rung = await a.incomingCall();
      a.reply(rung, rings ? '180 Ringing' : '100 Trying');
      if (rings) await reaches({ ringingAt: clock.now() });
      clock.advance(45_000);
      await a.peer.expect('CANCEL');
      a.reply(rung, '487 Request Terminated');
      await reaches({ result });
    },
  );

  it('of a phone that is off, away or in a call has its result at once, and rings nobody', async () => {
    expect(await tests.start({ ...a.device, enabled: false }, by)).toMatchObject({ result: 'switched-off', callId: undefined });
    expect(await tests.start(harness.device('21'), by)).toMatchObject({ result: 'not-registered' });
    voice.hasPorts = false;
    expect(await tests.start(a.device, by)).toMatchObject({ result: 'no-voice' });
    voice.hasPorts = true;
    await tests.start(a.device, by);
    const rung = await a.incomingCall();
    const again = await tests.start(a.device, by);
    expect(again).toMatchObject({ result: undefined, callId: now().callId });
    expect(voice.endpoints).toHaveLength(1);
    a.reply(rung, '486 Busy Here');
    await reaches({ result: 'busy' });
  });

  it('is stopped by whoever began it, and the phone stops ringing', async () => {
    await tests.start(a.device, by);
    const rung = await a.incomingCall();
    a.reply(rung, '180 Ringing');
    await reaches({ ringingAt: clock.now() });
    tests.stop(a.device.id);
    await a.peer.expect('CANCEL');
    await reaches({ result: 'stopped' });
    tests.forget(a.device.id);
    expect(tests.of(a.device.id)).toBeUndefined();
  });
});

describe('a phone that is asked whether it is there', () => {
  it('answers, and how long that took is known; a silent one is not there', async () => {
    const [registration] = harness.registrations.get(a.device.id) ?? [];
    const asked = harness.sip.ping(registration!);
    const options = await a.peer.expect('OPTIONS');
    expect(options.header('From')).toContain('<sip:house@');
    clock.advance(40);
    a.peer.send(
      [
        'SIP/2.0 405 Method Not Allowed',
        ...['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${options.header(name)}`),
        `To: ${options.header('To')};tag=x`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    expect(await asked).toBe(40);
    // Asked again at once, it gets no second request.
    expect(await harness.sip.ping(registration!)).toBe(40);
    clock.advance(5_000);
    const silent = harness.sip.ping(registration!);
    await a.peer.expect('OPTIONS');
    clock.advance(3_000);
    expect(await silent).toBeUndefined();
  });
});
