import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '#testing/harness/twilio-harness.ts';
import type { TwilioHarness } from '#testing/harness/twilio-harness.ts';
import { TwilioVoicemails } from '#testing/harness/twilio-voicemails.ts';
import type { VoicemailMessage } from '#testing/harness/twilio-voicemails.ts';

// From the caller's voice to the stored message.
let voicemails: TwilioVoicemails;
let at: TwilioHarness;

beforeAll(async () => {
  voicemails = await TwilioVoicemails.start();
  at = voicemails.at;
});
afterEach(() => at.twilio.faults.clear());
afterAll(() => voicemails[Symbol.asyncDispose]());

test('a call that no phone answers: the message with its tone and its transcript', async () => {
  await using kitchen = await at.phone('21', 300);
  at.twilio.setTranscript('Please call me back');
  const rung = kitchen.waitForEvent('CALL_INCOMING');
  const closed = kitchen.waitForEvent('CALL_CLOSED');
  // Twilio transcribes nothing of less than two seconds.
  const message = await voicemails.leave({ seconds: 2.5 });
  await Promise.all([rung, closed]);
  expect(message).toMatchObject({ caller: { number: at.theirs }, number: at.ours });
  const { id } = message;
  await waitFor('the transcript', 10, async () => {
    const { transcript } = await at.house.api<VoicemailMessage>('GET', `/voicemails/${id}`);
    return transcript === 'Please call me back' ? true : undefined;
  });
  expect(await at.closedCall()).toMatchObject({ disposition: 'voicemail', reason: 'no-answer' });
});

test('all phones offline: the message without a wait', async () => {
  await voicemails.leave();
  expect(await at.closedCall()).toMatchObject({ disposition: 'voicemail', reason: 'offline' });
});

describe('a caller who says nothing', () => {
  afterEach(() => at.twilio.setSwitches({ silentRecordings: 'saved', recordingStorage: 'twilio' }));

  test.each([
    ['saves', 'saved', 2000],
    ['drops', 'dropped', 0],
  ] as const)(
    'has missed us and leaves no message, where Twilio %s silent recordings',
    async (_what, silentRecordings, keptMs) => {
      at.twilio.setSwitches({ silentRecordings });
      await at.house.api('PATCH', '/system/config/voicemail', { deleteAtTwilio: true });
      const before = await voicemails.page();
      const caller = at.twilio.callFrom('+14155550188', at.ours);
      // Silence ends the recording, and what comes after it ends the call.
      await caller.over;
      const recording = await waitFor('the recording deleted at Twilio', 15, () =>
        at.twilio.recordings.find((one) => one.callSid === caller.callSid && one.status === 'deleted'),
      );
      expect(Math.round((recording.durationMs ?? -1) / 1000)).toBe(keptMs / 1000);
      await waitFor('a call that was missed', 20, async () => {
        const record = (await at.cdrs()).find((one) => one.caller.number === '+14155550188');
        return record?.disposition === 'missed' ? true : undefined;
      });
      expect((await voicemails.page()).total).toBe(before.total);
      await at.house.api('PATCH', '/system/config/voicemail', { deleteAtTwilio: false });
    },
  );
});

describe('a message whose audio the house cannot have is kept, and says why: Twilio', () => {
  afterEach(() => at.twilio.setSwitches({ recordingStorage: 'twilio' }));

  test.each([
    ['encrypts it', 'encrypted', /encrypts its recordings/],
    ['has put it elsewhere', 'external', /external storage \(house-recordings\.s3\.amazonaws\.com\)/],
  ] as const)('%s', async (_what, recordingStorage, why) => {
    at.twilio.setSwitches({ recordingStorage });
    const before = await voicemails.page();
    await at.leaveVoicemail(voicemails.tone);
    const message = await voicemails.newMessage(before, 30, 'lost');
    expect(message.problem).toMatch(why);
    expect(message.caller.number).toBe(at.theirs);
  });
});
