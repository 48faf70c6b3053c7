import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { TwilioFailure } from '#twilio/api/result.ts';
import { recorder } from './recording-source.ts';

const refused = (code: number): TwilioFailure => ({
  kind: 'refused',
  status: 400,
  code,
  message: `Twilio ${code}`,
  retryAfterSeconds: undefined,
});
const started = { kind: 'ok', value: { sid: 'RE1' } } as const;

/** A recorder whose Twilio gives these answers to the start of a recording; the last one again and again. */
function recorderWith(answers: readonly unknown[]) {
  const clock = new FakeClock();
  const asked: unknown[] = [];
  const client = {
    startRecording: (recording: unknown) => Promise.resolve(answers[Math.min(answers.length, asked.push(recording)) - 1]),
  };
  const connection = { request: (run: (given: never) => unknown) => run(client as never) } as never;
  return { clock, asked, start: recorder({ connection, publicUrl: () => 'https://house.example', clock }).start('CA1') };
}

describe('the recording of a call that was just answered', () => {
  it('begins although Twilio takes the call for one in progress only a moment later', async () => {
    const { clock, asked, start } = recorderWith([refused(21220), refused(21220), started]);
    await clock.advanceAsync(1_000);
    expect(await start).toMatchObject({
      kind: 'ok',
      notice: { source: 'twilio', externalId: 'RE1', externalCallId: 'CA1', kind: 'call', state: 'running' },
    });
    expect(asked).toEqual(Array(3).fill({ callSid: 'CA1', statusCallback: 'https://house.example/api/webhooks/recording' }));
  });

  it('is given up where the call is over, and at once where Twilio refuses it for another reason', async () => {
    const over = recorderWith([refused(21220)]);
    await over.clock.advanceAsync(20_000);
    expect([await over.start, over.asked.length]).toEqual([{ kind: 'failed', message: 'Twilio 21220' }, 6]);
    const denied = recorderWith([refused(20003)]);
    expect([await denied.start, denied.asked.length]).toEqual([{ kind: 'failed', message: 'Twilio 20003' }, 1]);
  });
});
