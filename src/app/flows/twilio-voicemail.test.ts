import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import type { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { energyAt, readWav } from '#testing/peers/wav.ts';

// From the caller's voice to the stored message, with what Twilio and the way to it may do wrong.
type Message = {
  readonly id: string;
  readonly seconds: number;
  readonly audio: string;
  readonly problem: string | null;
  readonly transcript: string | null;
  readonly caller: { readonly number: string };
  readonly number: string | null;
};
type Page = { readonly items: readonly Message[]; readonly total: number };

let at: TwilioHarness;
/** Each message has a tone of its own. */
let tone = 400;

beforeAll(async () => {
  at = await TwilioHarness.start({ environment: { GOSIP_RING_SECONDS: '5' } });
  await at.house.api('PATCH', '/system/config/voicemail', { discardBelowSeconds: 1, transcribe: true });
});
afterEach(() => at.twilio.faults.clear());
afterAll(() => at[Symbol.asyncDispose]());

const page = () => at.house.api<Page>('GET', '/voicemails');
/** The message that was not there before, once its sound is stored. */
const stored = (before: Page, limitSeconds = 30) =>
  waitFor('a new message with its sound', limitSeconds, async () => {
    const { items } = await page();
    return items.find(({ id, audio }) => audio === 'stored' && before.items.every((old) => old.id !== id));
  });

/** Leaves a message and expects it once, with the sound that was left. */
async function leaves(limitSeconds?: number): Promise<Message> {
  const before = await page();
  tone += 100;
  await at.leaveVoicemail(tone);
  const message = await stored(before, limitSeconds);
  expect(energyAt(readWav(await at.audio(`/voicemails/${message.id}/audio`)), tone)).toBeGreaterThan(0.9);
  expect(message.seconds).toBeGreaterThan(2);
  await at.twilio.settled();
  expect((await page()).total).toBe(before.total + 1);
  return message;
}

test('a call that nobody answers: the message with its tone and its transcript', async () => {
  await using kitchen = await at.phone('21', 300);
  at.twilio.setTranscript('Please call me back');
  const rung = kitchen.waitForEvent('CALL_INCOMING');
  const closed = kitchen.waitForEvent('CALL_CLOSED');
  const message = await leaves();
  await Promise.all([rung, closed]);
  expect(message).toMatchObject({ caller: { number: at.theirs }, number: at.ours });
  const { id } = message;
  await waitFor('the transcript', 10, async () => {
    const { transcript } = await at.house.api<Message>('GET', `/voicemails/${id}`);
    return transcript === 'Please call me back' ? true : undefined;
  });
  expect(await at.closedCall()).toMatchObject({ disposition: 'voicemail', reason: 'no-answer' });
});

test('all phones offline: the message without a wait', async () => {
  await leaves();
  expect(await at.closedCall()).toMatchObject({ disposition: 'voicemail', reason: 'offline' });
});

describe('a caller who says nothing', () => {
  afterEach(() => at.twilio.setSwitches({ silentRecordings: 'saved', recordingStorage: 'twilio' }));

  test.each([
    ['saves', 'saved', 10_000],
    ['drops', 'dropped', 0],
  ] as const)(
    'has missed us and leaves no message, where Twilio %s silent recordings',
    async (_what, silentRecordings, keptMs) => {
      at.twilio.setSwitches({ silentRecordings });
      await at.house.api('PATCH', '/system/config/voicemail', { deleteAtTwilio: true });
      const before = await page();
      const caller = at.twilio.callFrom('+14155550188', at.ours);
      // Silence ends the recording after ten seconds, and what comes after it ends the call.
      await caller.over;
      const recording = await waitFor('the recording deleted at Twilio', 15, () =>
        at.twilio.recordings.find((one) => one.callSid === caller.callSid && one.status === 'deleted'),
      );
      expect(Math.round((recording.durationMs ?? -1) / 1000)).toBe(keptMs / 1000);
      await waitFor('a call that was missed', 20, async () => {
        const record = (await at.cdrs()).find((one) => one.caller.number === '+14155550188');
        return record?.disposition === 'missed' ? true : undefined;
      });
      expect((await page()).total).toBe(before.total);
      await at.house.api('PATCH', '/system/config/voicemail', { deleteAtTwilio: false });
    },
  );
});

describe('a message whose sound the house cannot have is kept, and says why: Twilio', () => {
  afterEach(() => at.twilio.setSwitches({ recordingStorage: 'twilio' }));

  test.each([
    ['encrypts it', 'encrypted', /encrypts its recordings/],
    ['has put it elsewhere', 'external', /storage of its own \(house-recordings\.s3\.amazonaws\.com\)/],
  ] as const)('%s', async (_what, recordingStorage, why) => {
    at.twilio.setSwitches({ recordingStorage });
    const before = await page();
    await at.leaveVoicemail(tone);
    const message = await waitFor('the message', 30, async () => {
      const { items } = await page();
      return items.find(({ id, audio }) => audio === 'lost' && before.items.every((old) => old.id !== id));
    });
    expect(message.problem).toMatch(why);
    expect(message.caller.number).toBe(at.theirs);
  });
});

type Trouble = readonly [what: string, arm: (twilio: TwilioEmulator) => void];

describe('a message comes in whole and once, although', () => {
  test.each<Trouble>([
    ['its sound is not there yet', ({ faults }) => void faults.add({ name: 'recording.404-for', delayMs: 1500, count: 1 })],
    ['every callback comes twice', ({ faults }) => void faults.add({ name: 'callback.duplicate' })],
    ['callbacks overtake each other', ({ faults }) => void faults.add({ name: 'callback.reorder', count: 3 })],
    [
      'the word of the recording is late',
      ({ faults }) => void faults.add({ name: 'callback.delay', endpoint: 'recording', delayMs: 2000 }),
    ],
    [
      'Twilio is asked too much and says for how long',
      ({ faults }) => void faults.add({ name: 'rest.429', endpoint: 'recordings.media', count: 1, retryAfterSeconds: 1 }),
    ],
    [
      'Twilio is asked too much and does not say for how long',
      ({ faults }) => void faults.add({ name: 'rest.429', endpoint: 'recordings.media', count: 1 }),
    ],
    [
      'Twilio is out of order for a moment',
      ({ faults }) =>
        void faults.add({
          name: 'rest.5xx',
          endpoint: 'recordings.media',
          count: 1,
          status: 503,
          html: true,
          retryAfterSeconds: 1,
        }),
    ],
    ['its sound is at another host', (twilio) => twilio.setSwitches({ recordingsRedirect: true })],
    ['the clock of Twilio is wrong', ({ faults }) => void faults.add({ name: 'clock.skew', delayMs: -7_200_000 })],
  ])('%s', { timeout: 90_000 }, async (_what, arm) => {
    arm(at.twilio);
    await leaves(60);
  });

  test('nobody told us of it: the next start finds it', { timeout: 60_000 }, async () => {
    at.twilio.faults.add({ name: 'callback.drop', endpoint: 'recording' });
    const before = await page();
    tone += 100;
    await at.leaveVoicemail(tone);
    await at.twilio.settled();
    await at.restart();
    const message = await stored(before);
    expect(energyAt(readWav(await at.audio(`/voicemails/${message.id}/audio`)), tone)).toBeGreaterThan(0.9);
    expect(await at.closedCall()).toMatchObject({ disposition: 'voicemail' });
  });

  test('the token of the account is changed', async () => {
    const { account } = at.twilio;
    const authToken = account.createSecondaryToken();
    await at.house.api('POST', '/system/setup/twilio/provision', { authToken });
    await leaves();
    account.promoteSecondaryToken();
    await leaves();
    at.twilio.faults.add({ name: 'callback.oldtoken' });
    await leaves();
  });
});

test('a token that was changed behind our back is told in plain words, and calls are lost until it is entered', async () => {
  const { account } = at.twilio;
  account.createSecondaryToken();
  const authToken = account.promoteSecondaryToken();
  const before = (await page()).total;
  const caller = at.twilio.callFrom(at.theirs, at.ours);
  await caller.over;
  expect((await page()).total).toBe(before);
  const { parts } = await at.house.api<{ parts: { name: string; status: string; message: string }[] }>('GET', '/system/health');
  expect(parts.find(({ name }) => name === 'webhooks')?.status).not.toBe('ok');
  await at.house.api('POST', '/system/setup/twilio/provision', { authToken });
  await leaves();
});

test('webhooks that a rule of the account has signed with a shared key are told by its name, and believed once it is entered', async () => {
  const { sharedKey } = at.twilio.account;
  at.twilio.setSwitches({ signing: 'shared-key' });
  await at.twilio.callFrom(at.theirs, at.ours).over;
  const { parts } = await at.house.api<{ parts: { name: string; status: string; message: string }[] }>('GET', '/system/health');
  const said = parts.find(({ name }) => name === 'webhooks');
  expect(said).toMatchObject({ status: 'degraded' });
  expect(said?.message).toContain(`signed with the shared key ${sharedKey.id} (HMAC_SHA256), which the house does not have`);
  expect(said?.message).toContain('webhookSharedKeys');

  const entered = await at.house.api('POST', '/system/setup/twilio/provision', { webhookSharedKeys: [sharedKey] });
  expect(entered).toMatchObject({ isDone: true, setUp: { webhookSharedKeys: [sharedKey.id] } });
  expect(JSON.stringify(entered)).not.toContain(sharedKey.secret);
  await leaves();
  await at.restart();
  await leaves();
  // The rule is gone: the token signs again.
  at.twilio.setSwitches({ signing: 'token' });
  await leaves();
});
