import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import { callNotice, messageNotice, VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { expired } from './retention.ts';
import type { RetainedRecording } from './recording-store.ts';

let harness: VoicemailHarness;

beforeEach(async () => {
  harness = new VoicemailHarness();
  await harness.room.start();
  await harness.idle();
  harness.calls.set('call_1', {
    callId: 'call_1',
    externalCallId: 'CA1',
    trunk: 'twilio',
    dialled: '+15555550123',
    startedAt: harness.clock.now(),
    isAnswered: true,
    personIds: ['person_anna'],
    answeredDeviceIds: ['dev_1'],
  });
});
afterEach(() => harness[Symbol.asyncDispose]());

async function refusal(run: Promise<unknown>): Promise<string | undefined> {
  return run.then(
    () => undefined,
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

describe('recording a call', () => {
  it('begins, is interrupted, goes on, ends, and its audio is fetched', async () => {
    const { callRecordings } = harness.room;
    expect(await callRecordings.start('call_1')).toBe('recording');
    expect(await callRecordings.start('call_1')).toBe('recording');
    expect(await callRecordings.change('call_1', 'paused')).toBe('paused');
    expect(await callRecordings.start('call_1')).toBe('recording');
    expect(harness.stateOf('RE-CA1')).toBe('running');
    expect(await callRecordings.change('call_1', 'stopped')).toBe('off');
    expect(harness.recorderLog).toEqual(['start CA1', 'paused RE-CA1', 'in-progress RE-CA1', 'stopped RE-CA1']);
    expect(harness.factNames('recording.')).toEqual(Array(4).fill('recording.changed'));
    await harness.room.recorded(callNotice('RE-CA1', { externalCallId: 'CA1' }));
    await harness.reaches('RE-CA1', 'stored');
    expect([harness.files('recordings').length, harness.files('voicemail').length, harness.voicemails()]).toEqual([1, 0, []]);
    const row = harness.db.prepare('SELECT call_id FROM recordings').get();
    expect(row).toEqual({ call_id: 'call_1' });
  });

  it('is listed with its call although its callback comes before the answer that names it', async () => {
    await harness.announce(callNotice('RE-CA1', { externalCallId: 'CA1', state: 'running' }));
    await harness.room.callRecordings.start('call_1');
    await harness.announce(callNotice('RE-CA1', { externalCallId: 'CA1' }));
    await harness.reaches('RE-CA1', 'stored');
    expect(harness.db.prepare('SELECT call_id FROM recordings').all()).toEqual([{ call_id: 'call_1' }]);
  });

  it('finds a call by its number where Twilio alone has a name for it', async () => {
    harness.calls.set('call_1', { ...harness.calls.get('call_1')!, externalCallId: undefined });
    expect(await harness.room.callRecordings.start('call_1')).toBe('recording');
    expect(harness.recorderLog).toEqual(['find +15555550123', 'start CA-found']);
  });

  it('starts once however many request it at the same moment', async () => {
    const { callRecordings } = harness.room;
    await Promise.all([callRecordings.start('call_1'), callRecordings.start('call_1')]);
    expect(harness.recorderLog).toEqual(['start CA1']);
  });

  it.each([
    ['a call inside the house', { externalCallId: undefined, trunk: undefined }, 'conflict'],
    ['a call that still rings', { isAnswered: false }, 'conflict'],
  ])('is refused for %s', async (_what, change, code) => {
    harness.calls.set('call_1', { ...harness.calls.get('call_1')!, ...change });
    expect(await refusal(harness.room.callRecordings.start('call_1'))).toBe(code);
    expect(harness.recorderLog).toEqual([]);
  });

  it('says in Twilio’s words what Twilio does not do', async () => {
    harness.recorderFailure = 'The call is not in progress';
    await expect(harness.room.callRecordings.start('call_1')).rejects.toThrow('The call is not in progress');
    expect(await refusal(harness.room.callRecordings.change('call_1', 'paused'))).toBe('conflict');
    expect(harness.room.callRecordings.stateOf('call_1')).toBe('off');
  });

  it('begins by itself for a device that asks for it, and never otherwise', async () => {
    const { callRecordings } = harness.room;
    await callRecordings.answered('call_1');
    expect(callRecordings.stateOf('call_1')).toBe('off');
    harness.recordedDevices.add('dev_1');
    await callRecordings.answered('call_1');
    expect(callRecordings.stateOf('call_1')).toBe('recording');
    callRecordings.ended('call_1');
    expect(callRecordings.stateOf('call_1')).toBe('off');
    harness.recorderFailure = 'Twilio is away';
    await callRecordings.answered('call_1');
    await callRecordings.answered('call_9');
  });

  it('is skipped while the disk is almost full: the call goes on, and that is published once', async () => {
    const { callRecordings, space } = harness.room;
    harness.recordedDevices.add('dev_1');
    harness.freeBytes = 499_000_000;
    await callRecordings.answered('call_1');
    await callRecordings.answered('call_1');
    expect(await refusal(callRecordings.start('call_1'))).toBe('unavailable');
    expect([harness.recorderLog, harness.factNames('recording.')]).toEqual([[], ['recording.suspended']]);
    expect(space.problem).toContain('not recorded until there is room');
    harness.freeBytes = 501_000_000;
    expect(await callRecordings.start('call_1')).toBe('recording');
    expect(harness.factNames('recording.')).toEqual(['recording.suspended', 'recording.resumed', 'recording.changed']);
    await harness.room.settings.change({ freeSpaceFloorMegabytes: 1000 });
    callRecordings.ended('call_1');
    expect(await refusal(callRecordings.start('call_1'))).toBe('unavailable');
  });

  it('does not stay on for a call that ended while it was begun', async () => {
    const starting = harness.room.callRecordings.start('call_1');
    harness.calls.delete('call_1');
    await starting.catch(() => {});
    expect(harness.room.callRecordings.stateOf('call_1')).toBe('off');
  });
});

describe('what is kept', () => {
  const day = 86_400_000;
  const recording = (id: number, ageDays: number, megabytes: number) =>
    ({ id: `rec_${id}`, retainedFrom: 100 * day - ageDays * day, bytes: megabytes * 1_000_000 }) as RetainedRecording;
  const stored = [recording(1, 50, 10), recording(2, 20, 30), recording(3, 10, 20), recording(4, 1, 40)];

  it.each([
    ['everything without limits', null, null, []],
    ['what is young enough', 15, null, [1, 2]],
    ['what fits, the newest', null, 65, [1, 2]],
    ['nothing that is too old although it would fit', 30, 1000, [1]],
    ['both', 30, 45, [1, 2, 3]],
    ['nothing at all', 1000, 1, [1, 2, 3, 4]],
  ] as const)('keeps %s', (_what, keepRecordingDays, keepRecordingMegabytes, gone) => {
    const found = expired(stored, 100_000_000, { now: 100 * day, keepRecordingDays, keepRecordingMegabytes });
    expect(found.map(({ id }) => Number(id.slice(4)))).toEqual(gone);
  });

  it('deletes what the changed settings do not keep, also voicemail, and hourly what has become too old', async () => {
    const { settings } = harness.room;
    const old = harness.clock.now() - 40 * day;
    await harness.announce(callNotice('RE1', { startedAt: old }));
    await harness.announce(callNotice('RE2', { startedAt: harness.clock.now() }));
    await harness.announce(messageNotice('RE3', { startedAt: old }), 'person_anna');
    for (const sid of ['RE1', 'RE2', 'RE3']) await harness.reaches(sid, 'stored');
    await settings.change({ keepRecordingDays: 30, keepVoicemailDays: 30 });
    harness.clock.advance(3_600_000);
    await harness.until(() => harness.factNames('voicemail.').at(-1) === 'voicemail.deleted');
    expect([harness.stateOf('RE1'), harness.stateOf('RE2')]).toEqual(['removed', 'stored']);
    expect([harness.files('recordings').length, harness.files('voicemail').length, harness.voicemails()]).toEqual([1, 0, []]);
  });

  it('keeps a message though the clock is set to years ahead, and one that was left while it showed 1970', async () => {
    const { settings } = harness.room;
    const now = harness.clock.now();
    await settings.change({ keepRecordingDays: 30, keepVoicemailDays: 30 });
    await harness.announce(messageNotice('RE1', { startedAt: now }), 'person_anna');
    await harness.reaches('RE1', 'stored');
    harness.clock.jump(-now);
    await harness.announce(messageNotice('RE2', { startedAt: undefined }), 'person_anna');
    await harness.reaches('RE2', 'stored');
    harness.clock.advance(3_600_000);
    await harness.idle();
    harness.clock.jump(now + 12 * 365 * day);
    for (let hours = 0; hours < 48; hours += 1) {
      harness.clock.advance(3_600_000);
      await harness.idle();
    }
    expect([harness.stateOf('RE1'), harness.stateOf('RE2'), harness.voicemails().length]).toEqual(['stored', 'stored', 2]);
    harness.clock.jump(-12 * 365 * day);
    const isGone = () => harness.stateOf('RE1') === 'removed' && harness.stateOf('RE2') === 'removed';
    // A day passes at once here, and the files take their own time on a busy machine.
    for (let days = 0; days < 32 || (!isGone() && days < 2_000); days += 1) {
      harness.clock.advance(day);
      await harness.idle();
    }
    expect([harness.stateOf('RE1'), harness.stateOf('RE2'), harness.voicemails().length]).toEqual(['removed', 'removed', 0]);
  });

  it('remembers settings over a restart', async () => {
    await harness.room.settings.change({ mostSeconds: 60 });
    await harness.room.stop();
    await using again = new VoicemailHarness({ folder: harness.folder });
    expect(again.room.settings.current).toMatchObject({ mostSeconds: 60, silenceSeconds: 10 });
  });
});
