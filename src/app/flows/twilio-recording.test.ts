import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Baresip } from '#testing/peers/baresip.ts';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { energyAt, readWav } from '#testing/peers/wav.ts';

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
  await waitFor('three seconds of sound', 20, () => heard() > before + 3 * 8000 || undefined);
  phone.hangup();
  const { seconds } = await recordingOf(callId);
  expect(seconds).toBeGreaterThan(2);
  const sound = readWav(await at.audio(`/cdrs/${callId}/recording`));
  expect(Math.max(energyAt(sound, farTone), energyAt(sound, ownTone))).toBeGreaterThan(0.4);
});

test('a call recording that the account encrypts is listed and says why it cannot be heard', async () => {
  at.twilio.setSwitches({ recordingStorage: 'encrypted' });
  phone.dial(at.dial('4155550177'));
  const callId = await runningCall();
  const call = at.twilio.calls.findLast(({ to }) => to === '+14155550177');
  await waitFor(
    'a second of sound',
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
