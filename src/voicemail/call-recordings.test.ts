import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import { announcement, callFor, VoicemailStage } from '#testing/harness/voicemail-stage.ts';
import { overdue } from './retention.ts';
import type { KeptRecording } from './recording-store.ts';

let stage: VoicemailStage;

beforeEach(async () => {
  stage = new VoicemailStage();
  await stage.room.start();
  await stage.idle();
  stage.calls.set('call_1', {
    ...{
      callId: 'call_1',
      callSid: 'CA1',
      atTwilio: undefined,
      isAnswered: true,
      personIds: ['person_anna'],
      deviceIds: ['dev_1'],
    },
  });
});
afterEach(() => stage[Symbol.asyncDispose]());

async function refusal(run: Promise<unknown>): Promise<string | undefined> {
  return run.then(
    () => undefined,
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

describe('recording a call', () => {
  it('begins, is interrupted, goes on, ends, and its sound is fetched', async () => {
    const { callRecordings, recordings } = stage.room;
    expect(await callRecordings.start('call_1')).toBe('recording');
    expect(await callRecordings.start('call_1')).toBe('recording');
    expect(await callRecordings.change('call_1', 'paused')).toBe('paused');
    expect(await callRecordings.start('call_1')).toBe('recording');
    expect(stage.stateOf('RE-CA1')).toBe('running');
    expect(await callRecordings.change('call_1', 'stopped')).toBe('off');
    expect(stage.recorderLog).toEqual(['start CA1', 'paused RE-CA1', 'in-progress RE-CA1', 'stopped RE-CA1']);
    expect(stage.told('recording.')).toEqual(Array(4).fill('recording.changed'));
    await recordings.announce(announcement('RE-CA1', { source: 'StartCallRecordingAPI', callSid: 'CA1' }));
    await stage.reaches('RE-CA1', 'stored');
    expect([stage.files('recordings').length, stage.files('voicemail').length, stage.voicemails()]).toEqual([1, 0, []]);
    const row = stage.db.prepare('SELECT call_id FROM recordings').get();
    expect(row).toEqual({ call_id: 'call_1' });
  });

  it('finds a call by its number where Twilio alone has a name for it', async () => {
    const atTwilio = { to: '+15555550123', startedAt: stage.clock.now() };
    stage.calls.set('call_1', { ...stage.calls.get('call_1')!, callSid: undefined, atTwilio });
    expect(await stage.room.callRecordings.start('call_1')).toBe('recording');
    expect(stage.recorderLog).toEqual(['find +15555550123', 'start CA-found']);
  });

  it('asks Twilio once however many want it at the same moment', async () => {
    const { callRecordings } = stage.room;
    await Promise.all([callRecordings.start('call_1'), callRecordings.start('call_1')]);
    expect(stage.recorderLog).toEqual(['start CA1']);
  });

  it.each([
    ['a call inside the house', { callSid: undefined }, 'conflict'],
    ['a call that still rings', { isAnswered: false }, 'conflict'],
  ])('is refused for %s', async (_what, change, code) => {
    stage.calls.set('call_1', { ...stage.calls.get('call_1')!, ...change });
    expect(await refusal(stage.room.callRecordings.start('call_1'))).toBe(code);
    expect(stage.recorderLog).toEqual([]);
  });

  it('says in Twilio’s words what Twilio does not do', async () => {
    stage.recorderFailure = 'The call is not in progress';
    await expect(stage.room.callRecordings.start('call_1')).rejects.toThrow('The call is not in progress');
    expect(await refusal(stage.room.callRecordings.change('call_1', 'paused'))).toBe('conflict');
    expect(stage.room.callRecordings.stateOf('call_1')).toBe('off');
  });

  it('begins by itself for a device that asks for it, and never otherwise', async () => {
    const { callRecordings } = stage.room;
    await callRecordings.answered('call_1');
    expect(callRecordings.stateOf('call_1')).toBe('off');
    stage.recordedDevices.add('dev_1');
    await callRecordings.answered('call_1');
    expect(callRecordings.stateOf('call_1')).toBe('recording');
    callRecordings.ended('call_1');
    expect(callRecordings.stateOf('call_1')).toBe('off');
    stage.recorderFailure = 'Twilio is away';
    await callRecordings.answered('call_1');
    await callRecordings.answered('call_9');
  });

  it('is skipped while the disk is almost full: the call goes on and it is told once', async () => {
    const { callRecordings, space } = stage.room;
    stage.recordedDevices.add('dev_1');
    stage.freeBytes = 499_000_000;
    await callRecordings.answered('call_1');
    await callRecordings.answered('call_1');
    expect(await refusal(callRecordings.start('call_1'))).toBe('unavailable');
    expect([stage.recorderLog, stage.told('recording.')]).toEqual([[], ['recording.suspended']]);
    expect(space.problem).toContain('not recorded until there is room');
    stage.freeBytes = 501_000_000;
    expect(await callRecordings.start('call_1')).toBe('recording');
    expect(stage.told('recording.')).toEqual(['recording.suspended', 'recording.resumed', 'recording.changed']);
    await stage.room.settings.change({ freeSpaceFloorMegabytes: 1000 });
    callRecordings.ended('call_1');
    expect(await refusal(callRecordings.start('call_1'))).toBe('unavailable');
  });

  it('does not stay on for a call that ended while it was begun', async () => {
    const starting = stage.room.callRecordings.start('call_1');
    stage.calls.delete('call_1');
    await starting.catch(() => {});
    expect(stage.room.callRecordings.stateOf('call_1')).toBe('off');
  });
});

describe('what is kept', () => {
  const day = 86_400_000;
  const recording = (id: number, ageDays: number, megabytes: number) =>
    ({ id: `rec_${id}`, keptFrom: 100 * day - ageDays * day, bytes: megabytes * 1_000_000 }) as KeptRecording;
  const stored = [recording(1, 50, 10), recording(2, 20, 30), recording(3, 10, 20), recording(4, 1, 40)];

  it.each([
    ['everything without limits', null, null, []],
    ['what is young enough', 15, null, [1, 2]],
    ['what fits, the newest', null, 65, [1, 2]],
    ['nothing that is too old although it would fit', 30, 1000, [1]],
    ['both', 30, 45, [1, 2, 3]],
    ['nothing at all', 1000, 1, [1, 2, 3, 4]],
  ] as const)('keeps %s', (_what, keepRecordingDays, keepRecordingMegabytes, gone) => {
    const found = overdue(stored, 100_000_000, { now: 100 * day, keepRecordingDays, keepRecordingMegabytes });
    expect(found.map(({ id }) => Number(id.slice(4)))).toEqual(gone);
  });

  it('deletes what the changed settings do not keep, also voicemail, and hourly what has become too old', async () => {
    const { recordings, settings } = stage.room;
    const old = stage.clock.now() - 40 * day;
    await recordings.announce(announcement('RE1', { source: 'DialVerb', startedAt: old, callId: 'call_1' }));
    await recordings.announce(announcement('RE2', { source: 'DialVerb', startedAt: stage.clock.now(), callId: 'call_1' }));
    await recordings.announce(announcement('RE3', { startedAt: old }), callFor('person_anna'));
    for (const sid of ['RE1', 'RE2', 'RE3']) await stage.reaches(sid, 'stored');
    await settings.change({ keepRecordingDays: 30, keepVoicemailDays: 30 });
    stage.clock.advance(3_600_000);
    await stage.until(() => stage.told('voicemail.').at(-1) === 'voicemail.deleted');
    expect([stage.stateOf('RE1'), stage.stateOf('RE2')]).toEqual(['removed', 'stored']);
    expect([stage.files('recordings').length, stage.files('voicemail').length, stage.voicemails()]).toEqual([1, 0, []]);
  });

  it('keeps a message though the clock is set to years ahead, and one that was left while it showed 1970', async () => {
    const { recordings, settings } = stage.room;
    const now = stage.clock.now();
    await settings.change({ keepRecordingDays: 30, keepVoicemailDays: 30 });
    await recordings.announce(announcement('RE1', { startedAt: now }), callFor('person_anna'));
    await stage.reaches('RE1', 'stored');
    stage.clock.jump(-now);
    await recordings.announce(announcement('RE2', { startedAt: undefined }), callFor('person_anna'));
    await stage.reaches('RE2', 'stored');
    stage.clock.advance(3_600_000);
    await stage.idle();
    stage.clock.jump(now + 12 * 365 * day);
    for (let hours = 0; hours < 48; hours += 1) {
      stage.clock.advance(3_600_000);
      await stage.idle();
    }
    expect([stage.stateOf('RE1'), stage.stateOf('RE2'), stage.voicemails().length]).toEqual(['stored', 'stored', 2]);
    stage.clock.jump(-12 * 365 * day);
    const isGone = () => stage.stateOf('RE1') === 'removed' && stage.stateOf('RE2') === 'removed';
    // A day passes at once here, and the files take their own time on a busy machine.
    for (let days = 0; days < 32 || (!isGone() && days < 2_000); days += 1) {
      stage.clock.advance(day);
      await stage.idle();
    }
    expect([stage.stateOf('RE1'), stage.stateOf('RE2'), stage.voicemails().length]).toEqual(['removed', 'removed', 0]);
  });

  it('remembers settings over a restart', async () => {
    await stage.room.settings.change({ mostSeconds: 60 });
    await stage.room.stop();
    await using again = new VoicemailStage({ folder: stage.folder });
    expect(again.room.settings.current).toMatchObject({ mostSeconds: 60, silenceSeconds: 10 });
  });
});
