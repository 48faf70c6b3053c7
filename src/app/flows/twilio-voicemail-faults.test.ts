import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TwilioHarness } from '#testing/harness/twilio-harness.ts';
import { TwilioVoicemails } from '#testing/harness/twilio-voicemails.ts';
import type { TwilioEmulator } from '#testing/twilio/emulator.ts';

// What Twilio and the way to it may do wrong while a message comes in.
let voicemails: TwilioVoicemails;
let at: TwilioHarness;

beforeAll(async () => {
  voicemails = await TwilioVoicemails.start();
  at = voicemails.at;
});
afterEach(() => at.twilio.faults.clear());
afterAll(() => voicemails[Symbol.asyncDispose]());

type Trouble = readonly [what: string, arm: (twilio: TwilioEmulator) => void];

describe('a message comes in whole and once, although', () => {
  test.each<Trouble>([
    ['its audio is not there yet', ({ faults }) => void faults.add({ name: 'recording.404-for', delayMs: 1500, count: 1 })],
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
    ['its audio is at another host', (twilio) => twilio.setSwitches({ recordingsRedirect: true })],
    ['the clock of Twilio is wrong', ({ faults }) => void faults.add({ name: 'clock.skew', delayMs: -7_200_000 })],
  ])('%s', { timeout: 90_000 }, async (_what, arm) => {
    arm(at.twilio);
    await voicemails.leave({ limitSeconds: 60 });
  });

  test('no callback reported it: the next start finds it', async () => {
    at.twilio.faults.add({ name: 'callback.drop', endpoint: 'recording' });
    const before = await voicemails.page();
    voicemails.tone += 100;
    await at.leaveVoicemail(voicemails.tone);
    await at.twilio.settled();
    await at.restart();
    const message = await voicemails.newMessage(before);
    expect(await voicemails.toneShare(message)).toBeGreaterThan(0.9);
    expect(await at.closedCall()).toMatchObject({ disposition: 'voicemail' });
  });
});
