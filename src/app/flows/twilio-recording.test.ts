import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Baresip } from '#testing/peers/baresip.ts';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { energyAt, readWav } from '#testing/base/wav.ts';

// Calls of a phone that is always recorded, through the emulated Twilio and rtpengine.
const ownTone = 440;
const farTone = 700;
let at: TwilioHarness;
let phone: Baresip;

beforeAll(async () => {
  at = await TwilioHarness.start();
  const device = await at.house.addDevice('21', { personId: at.personId, recordingEnabled: true });
  phone = await at.baresip(device, ownTone);
});
afterAll(() => at[Symbol.asyncDispose]());

const next = (one: Baresip, type: string) =>
  one.waitForEvent(type, { nth: one.events.filter((event) => event.type === type).length + 1 });

type Stored = { readonly state: string; readonly seconds: number };

async function recordingOf(callId: string): Promise<Stored> {
  return waitFor('the stored recording', 30, async () => {
    const { items } = await at.house.api<{ items: Stored[] }>('GET', `/cdrs/${callId}/recordings`);
    return items.find(({ state }) => state === 'stored');
  });
}

async function runningCall(): Promise<string> {
  return waitFor('a recorded call', 20, async () => {
    const [call] = (await at.house.api<{ items: { id: string }[] }>('GET', '/calls')).items;
    if (call === undefined) return undefined;
    const { state } = await at.house.api<{ state: string }>('GET', `/calls/${call.id}/recording`);
    return state === 'recording' ? call.id : undefined;
  });
}

test('a call out, which only Twilio has a name for, is recorded from its answer to its end', async () => {
  at.twilio.setFarPhone('+14155550177', { calls: { outcome: 'answers', say: { kind: 'tone', frequency: farTone } } });
  phone.dial(at.dial('4155550177'));
  const callId = await runningCall();
  const call = at.twilio.calls.findLast(({ to }) => to === '+14155550177');
  const heard = () => at.twilio.remotePartyOf(call?.sid ?? '')?.heard().length ?? 0;
  const before = heard();
  await waitFor('three seconds of audio', 20, () => heard() > before + 3 * 8000 || undefined);
  phone.hangup();
  const { seconds } = await recordingOf(callId);
  expect(seconds).toBeGreaterThan(2);
  const sound = readWav(await at.audio(`/cdrs/${callId}/recording`));
  expect(Math.max(energyAt(sound, farTone), energyAt(sound, ownTone))).toBeGreaterThan(0.4);
});

test('a phone that rings and does not answer records nothing of what another phone answers', async () => {
  const kitchen = await at.phone('22', 900);
  const before = at.twilio.recordings.length;
  const rings = [phone, kitchen].map((one) => next(one, 'CALL_INCOMING'));
  const caller = at.twilio.callFrom(at.theirs, at.ours, { speak: { kind: 'tone', frequency: farTone } });
  await Promise.all(rings);
  kitchen.accept();
  await waitFor('four seconds of audio', 30, () => caller.remoteParty.heard().length > 4 * 8000 || undefined);
  const [call] = (await at.house.api<{ items: { id: string }[] }>('GET', '/calls')).items;
  const id = call?.id ?? '';
  expect(await at.house.api('GET', `/calls/${id}/recording`)).toEqual({ state: 'off' });
  kitchen.hangup();
  await caller.over;
  expect((await at.closedCall()).disposition).toBe('answered');
  expect(at.twilio.recordings.length).toBe(before);
  expect((await at.house.api<{ items: unknown[] }>('GET', `/cdrs/${id}/recordings`)).items).toEqual([]);
});

test('a phone that answers an inbound call records it, whoever else rang', async () => {
  const rung = next(phone, 'CALL_INCOMING');
  const caller = at.twilio.callFrom(at.theirs, at.ours, { speak: { kind: 'tone', frequency: farTone } });
  await rung;
  phone.accept();
  const callId = await runningCall();
  await waitFor('three seconds of audio', 30, () => caller.remoteParty.heard().length > 3 * 8000 || undefined);
  phone.hangup();
  await caller.over;
  expect((await recordingOf(callId)).seconds).toBeGreaterThan(1);
});

test('a call recording that the account encrypts is listed and says why it cannot be heard', async () => {
  at.twilio.setSwitches({ recordingStorage: 'encrypted' });
  phone.dial(at.dial('4155550177'));
  const callId = await runningCall();
  const call = at.twilio.calls.findLast(({ to }) => to === '+14155550177');
  await waitFor(
    'a second of audio',
    20,
    () => (at.twilio.remotePartyOf(call?.sid ?? '')?.heard().length ?? 0) > 8000 || undefined,
  );
  phone.hangup();
  const lost = await waitFor('the recording that cannot be had', 40, async () => {
    const { items } = await at.house.api<{ items: (Stored & { problem: string | null })[] }>('GET', `/cdrs/${callId}/recordings`);
    return items.find(({ state }) => state === 'lost');
  });
  expect(lost.problem).toContain('encrypts its recordings');
  at.twilio.setSwitches({ recordingStorage: 'twilio' });
});
