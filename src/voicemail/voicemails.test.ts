import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageNotice, VoicemailHarness, wav } from '#testing/harness/voicemail-harness.ts';
import { toneWav } from '#testing/base/wav.ts';

const audio = toneWav({ frequency: 440, seconds: 5 });
const notYet = { kind: 'not-yet', message: 'Twilio does not have the audio' } as const;
let harness: VoicemailHarness;

beforeEach(async () => {
  harness = new VoicemailHarness();
  await harness.room.start();
  await harness.idle();
});
afterEach(() => harness[Symbol.asyncDispose]());

const announce = (...given: Parameters<typeof messageNotice>) => harness.announce(messageNotice(...given), 'person_anna');

const said = (sid: string, text: string, source: 'twilio' | 'house' = 'twilio', status: 'completed' | 'failed' = 'completed') =>
  harness.room.transcribed({ recording: messageNotice(sid), source, status, text });

describe('a message that was left', () => {
  it('is deleted with what was said in it, also where its words come later once more', async () => {
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    await said('RE1', 'Nobody else must read this.');
    await harness.room.voicemails.delete(harness.voicemails()[0]!.id, harness.room.recordings);
    await said('RE1', 'Nobody else must read this.');
    expect(harness.db.prepare('SELECT * FROM recording_transcripts').all()).toEqual([]);
  });

  it('is shown once its audio is on the disk, and published once', async () => {
    await announce('RE1', { state: 'running', seconds: undefined });
    expect(harness.voicemails()).toEqual([]);
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    await announce('RE1');
    await harness.announce(messageNotice('RE1'));
    await harness.idle();
    expect(harness.voicemails()).toMatchObject([
      {
        personId: 'person_anna',
        callId: 'call_1',
        callerNumber: '+15555550123',
        callerName: 'Carl',
        audio: 'stored',
        seconds: 5,
      },
    ]);
    expect([harness.factNames(), harness.fetched, harness.files().length]).toEqual([['voicemail.left'], ['RE1'], 1]);
    expect(harness.deletedAtTwilio).toEqual([]);
  });

  it('is fetched again and again while Twilio does not have it yet', async () => {
    harness.answers.set('RE1', [
      () => notYet,
      () => notYet,
      () => ({ kind: 'later', message: 'Busy', retryAfterSeconds: 3 }),
      () => wav(audio, { breaksAfter: 9000 }),
      () => wav(audio.subarray(0, 9000)),
      () => wav(audio),
    ]);
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    expect([harness.fetched.length, harness.factNames(), harness.files().length]).toEqual([6, ['voicemail.left'], 1]);
  });

  it('is fetched two seconds after Twilio failed without saying for how long', async () => {
    harness.answers.set('RE1', [() => ({ kind: 'later', message: 'Away' }), () => wav(audio)]);
    const announcedAt = harness.clock.now();
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    expect([harness.fetched.length, harness.clock.now() - announcedAt]).toEqual([2, 2000]);
  });

  it('is fetched after the next start where the stop came in the middle', async () => {
    let isAsked = false;
    const end = Promise.withResolvers<void>();
    const stalled = async function* () {
      isAsked = true;
      yield audio.subarray(0, 4000);
      await end.promise;
      throw new Error('Cut off');
    };
    harness.answers.set('RE1', [() => ({ kind: 'ok', bytes: audio.length, chunks: stalled() })]);
    await announce('RE1');
    await harness.until(() => isAsked);
    const stopping = harness.room.stop();
    harness.clock.advance(3000);
    await stopping;
    end.resolve();
    await harness.until(() => harness.files().length === 0);
    await using again = new VoicemailHarness({ folder: harness.folder });
    await again.room.start();
    await again.reaches('RE1', 'stored');
    expect(again.files()).toEqual([`${again.voicemails()[0]?.recordingId}.wav`]);
  });

  it('is shown without its audio where that is lost, and with it when it comes after all', async () => {
    harness.answers.set('RE1', [() => ({ kind: 'gone', message: 'It was deleted at Twilio' })]);
    await announce('RE1');
    await harness.reaches('RE1', 'lost');
    expect(harness.voicemails()).toMatchObject([{ audio: 'lost' }]);
    harness.answers.delete('RE1');
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    expect(harness.voicemails()).toMatchObject([{ audio: 'stored' }]);
    expect(harness.factNames()).toEqual(['voicemail.left', 'voicemail.changed', 'voicemail.changed']);
  });

  it('is not asked for without an end where Twilio’s list goes on to name what it does not have', async () => {
    harness.answers.set('RE1', [() => ({ kind: 'gone', message: 'Twilio has no audio of it' })]);
    for (let look = 0; look < 50; look += 1) {
      await announce('RE1');
      await harness.reaches('RE1', 'lost');
    }
    expect(harness.fetched.length).toBe(30);
  });

  it('gives up on what never comes, and takes what comes cut off every time', async () => {
    harness.answers.set('RE1', [() => notYet]);
    await announce('RE1');
    await harness.reaches('RE1', 'lost');
    expect(harness.fetched.length).toBe(14);
    harness.answers.set('RE2', [() => wav(audio.subarray(0, 60_000))]);
    await announce('RE2');
    await harness.reaches('RE2', 'stored');
    expect(harness.voicemails().map(({ audio }) => audio)).toEqual(['lost', 'stored']);
  });

  it.each([
    ['too short, as Twilio says', { seconds: 2 }, 0],
    ['silence', { state: 'silent', seconds: 0 } as const, 0],
  ])('is none where it is %s', async (_what, more, fetches) => {
    await harness.room.settings.change({ deleteAtTwilio: true });
    await announce('RE1', more);
    await harness.reaches('RE1', 'discarded');
    expect([harness.voicemails(), harness.factNames(), harness.fetched.length, harness.files()]).toEqual([[], [], fetches, []]);
    expect(harness.deletedAtTwilio).toEqual(['RE1']);
  });

  it('is none where its audio turns out too short', async () => {
    harness.answers.set('RE1', [() => wav(toneWav({ frequency: 440, seconds: 1 }))]);
    await announce('RE1', { seconds: undefined });
    await harness.reaches('RE1', 'discarded');
    await harness.until(() => harness.files().length === 0);
    expect([harness.voicemails(), harness.factNames()]).toEqual([[], []]);
  });

  it('is deleted at Twilio once it is stored, where that is wanted', async () => {
    await harness.room.settings.change({ deleteAtTwilio: true });
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    expect(harness.deletedAtTwilio).toEqual(['RE1']);
  });

  it('waits at Twilio while the disk is full, and says so once', async () => {
    harness.freeBytes = 10_000_000;
    await announce('RE1');
    await announce('RE2');
    await harness.until(() => harness.room.space.problem !== undefined);
    await harness.idle();
    expect([harness.fetched, harness.files(), harness.factNames('recording.')]).toEqual([[], [], ['recording.suspended']]);
    expect(harness.room.space.problem).toContain('almost full');
    harness.freeBytes = 10_000_000_000;
    await harness.reaches('RE1', 'stored');
    await harness.reaches('RE2', 'stored');
    expect([harness.factNames('recording.'), harness.room.space.problem]).toEqual([
      ['recording.suspended', 'recording.resumed'],
      undefined,
    ]);
  });
});

describe('the verdict its call gets', () => {
  const ended = (seconds: number | undefined) =>
    harness.room.messageEnded({ source: 'twilio', externalCallId: 'CA-RE1', seconds });

  it('is a message, at once and however often it is announced', async () => {
    ended(5);
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    await announce('RE1');
    expect(new Set(harness.outcomes)).toEqual(new Set(['CA-RE1 message']));
  });

  it.each([
    ['silence', () => wav(toneWav({ frequency: 0, seconds: 5 }))],
    ['too short', () => wav(toneWav({ frequency: 440, seconds: 1 }))],
  ])('is none once its audio turns out to be %s, however often Twilio calls it complete', async (_what, answer) => {
    harness.answers.set('RE1', Array(20).fill(answer));
    await announce('RE1', { seconds: 3 });
    await harness.reaches('RE1', 'discarded');
    expect(harness.outcomes).toEqual(['CA-RE1 message', 'CA-RE1 none']);
    await announce('RE1', { seconds: 3 });
    ended(3);
    expect(harness.outcomes.slice(2)).toEqual(['CA-RE1 none', 'CA-RE1 none']);
  });

  it('is none where nothing was said, whatever the caller’s time after the tone, and in whatever order', async () => {
    await announce('RE1', { state: 'silent' });
    ended(9);
    expect(harness.outcomes).toEqual(['CA-RE1 none', 'CA-RE1 none']);
  });

  it('waits for the audio where nothing says how long it is', async () => {
    ended(undefined);
    harness.answers.set('RE1', [() => notYet, () => wav(audio)]);
    await announce('RE1', { seconds: undefined });
    expect(harness.outcomes).toEqual([]);
    await harness.reaches('RE1', 'stored');
    expect(harness.outcomes).toEqual(['CA-RE1 message']);
  });

  it('is a message where one of two recordings holds one', async () => {
    await announce('RE1');
    await announce('RE2', { externalCallId: 'CA-RE1', state: 'silent' });
    expect(harness.outcomes).toEqual(['CA-RE1 message', 'CA-RE1 message']);
  });

  it('is nothing where the call itself was recorded', async () => {
    await announce('RE1', { kind: 'call' });
    await harness.reaches('RE1', 'stored');
    expect(harness.outcomes).toEqual([]);
  });
});

describe('a message that was recorded by the house itself, which has no name of its own for it', () => {
  it('is stored, shown and deleted like any other, and two of them are two', async () => {
    await harness.room.settings.change({ deleteAtTwilio: true });
    const own = messageNotice('', { source: 'house', externalId: undefined, externalCallId: undefined });
    await harness.room.recorded(own);
    await harness.room.recorded({ ...own, seconds: 7 });
    await harness.until(() => harness.files().length === 2 && harness.factNames('voicemail.left').length === 2);
    const messages = harness.voicemails();
    expect(messages.map(({ audio }) => audio)).toEqual(['stored', 'stored']);
    expect(harness.db.prepare('SELECT source, external_id, external_call_id FROM recordings').all()).toEqual(
      Array(2).fill({ source: 'house', external_id: null, external_call_id: null }),
    );
    await harness.room.voicemails.delete(messages[0]?.id ?? 'vm_', harness.room.recordings);
    expect([harness.voicemails().length, harness.files().length]).toEqual([1, 1]);
    expect([harness.outcomes, harness.deletedAtTwilio]).toEqual([[], []]);
  });
});

describe('whose it is', () => {
  it('is looked up at Twilio where the call has no record', async () => {
    harness.callFacts = { kind: 'ok', call: { from: '+15555550177', to: '+14165550100', callerName: 'Dora' } };
    await harness.announce(messageNotice('RE1'));
    await harness.reaches('RE1', 'stored');
    expect(harness.voicemails()).toMatchObject([{ personId: 'person_anna', callerNumber: '+15555550177', callerName: 'Dora' }]);
  });

  it('is the house where the number has no owner, or the owner is gone', async () => {
    harness.callFacts = { kind: 'ok', call: { from: '', to: '+14165550199', callerName: undefined } };
    await harness.announce(messageNotice('RE1'));
    await harness.announce(messageNotice('RE2'), 'person_gone');
    await harness.reaches('RE1', 'stored');
    await harness.reaches('RE2', 'stored');
    expect(harness.voicemails().map(({ personId }) => personId)).toEqual([undefined, undefined]);
  });

  it('comes later by the callback that was slower than the list', async () => {
    harness.callFacts = { kind: 'later', message: 'Away' };
    await harness.announce(messageNotice('RE1'));
    await harness.idle();
    expect(harness.fetched).toEqual([]);
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    expect(harness.voicemails()).toMatchObject([{ personId: 'person_anna', callId: 'call_1' }]);
  });
});

describe('transcripts', () => {
  it('attach whenever they come: before the recording is known, while it is fetched, after', async () => {
    await said('RE1', 'Before');
    await announce('RE1');
    harness.answers.set('RE2', [() => notYet, () => wav(audio)]);
    await announce('RE2');
    await said('RE2', 'Meanwhile');
    await harness.reaches('RE1', 'stored');
    await harness.reaches('RE2', 'stored');
    await announce('RE3');
    await harness.reaches('RE3', 'stored');
    await said('RE3', ' After ');
    expect(harness.voicemails().map(({ transcript }) => transcript)).toEqual(['Before', 'Meanwhile', 'After']);
    const left = ['voicemail.left', 'voicemail.transcribed'];
    expect(harness.factNames()).toEqual([...left, ...left, ...left]);
  });

  it('that came first leaves the message the time at which it was left', async () => {
    const startedAt = harness.clock.now() - 60_000;
    await said('RE1', 'Before');
    harness.clock.advance(5_000);
    await announce('RE1', { startedAt });
    await harness.reaches('RE1', 'stored');
    expect(harness.voicemails()).toMatchObject([{ leftAt: startedAt, transcript: 'Before', personId: 'person_anna' }]);
  });

  it.each([
    [
      'twice the same',
      [
        ['Hello', 'twilio', 'completed'],
        ['Hello', 'twilio', 'completed'],
      ],
      'Hello',
      1,
    ],
    [
      'a failure after a text',
      [
        ['Hello', 'twilio', 'completed'],
        ['', 'twilio', 'failed'],
      ],
      'Hello',
      1,
    ],
    [
      'a text after a failure',
      [
        ['(blank)', 'twilio', 'completed'],
        ['Hello', 'twilio', 'completed'],
      ],
      'Hello',
      1,
    ],
    [
      'the house’s own after Twilio’s',
      [
        ['Helo', 'twilio', 'completed'],
        ['Hello', 'house', 'completed'],
      ],
      'Hello',
      2,
    ],
    [
      'Twilio’s after the house’s own',
      [
        ['Hello', 'house', 'completed'],
        ['Helo', 'twilio', 'completed'],
      ],
      'Hello',
      1,
    ],
    ['nothing that can be understood', [['(blank)', 'twilio', 'failed']], undefined, 0],
  ] as const)('%s', async (_what, given, text, times) => {
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    for (const [words, source, status] of given) await said('RE1', words, source, status);
    expect(harness.voicemails()[0]?.transcript).toBe(text);
    expect(harness.factNames('voicemail.transcribed').length).toBe(times);
  });
});

describe('what becomes of it', () => {
  const one = async () => {
    await announce('RE1');
    await harness.reaches('RE1', 'stored');
    return harness.voicemails()[0]?.id ?? 'vm_';
  };

  it('is heard once, and that is published once', async () => {
    const id = await one();
    const first = await harness.room.voicemails.change(id, { isHeard: true });
    harness.clock.advance(5000);
    const second = await harness.room.voicemails.change(id, { isHeard: true });
    expect(second.heardAt).toBe(first.heardAt);
    expect(harness.factNames('voicemail.heard')).toEqual(['voicemail.heard']);
    await harness.room.voicemails.change(id, { isHeard: false });
    expect(harness.voicemails()[0]?.heardAt).toBeUndefined();
    expect(await harness.room.voicemails.markAllHeard('person_anna')).toHaveLength(1);
    expect(await harness.room.voicemails.markAllHeard('person_anna')).toEqual([]);
    expect(await harness.room.voicemails.markAllHeard('person_ben')).toEqual([]);
  });

  it('is put away and taken out again', async () => {
    const id = await one();
    await harness.room.voicemails.change(id, { isArchived: true });
    const page = { limit: 10, offset: 0, sort: 'leftAt', order: 'desc' } as const;
    expect(harness.room.voicemails.list({ isArchived: false }, page).total).toBe(0);
    expect(harness.room.voicemails.list({ isArchived: true }, page).total).toBe(1);
    await harness.room.voicemails.change(id, { isArchived: false });
    expect(harness.factNames()).toEqual(['voicemail.left', 'voicemail.changed', 'voicemail.changed']);
  });

  it('is deleted with its audio, and does not come back when Twilio announces it again', async () => {
    const id = await one();
    await harness.room.voicemails.delete(id, harness.room.recordings);
    await announce('RE1');
    await harness.idle();
    expect([harness.voicemails(), harness.files(), harness.stateOf('RE1'), harness.fetched.length]).toEqual([
      [],
      [],
      'removed',
      1,
    ]);
    expect(harness.factNames().at(-1)).toBe('voicemail.deleted');
    await expect(harness.room.voicemails.delete(id, harness.room.recordings)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is found by words and by state', async () => {
    await one();
    await said('RE1', 'The milk is 100% gone');
    const found = (filter: object) =>
      harness.room.voicemails.list(filter, { limit: 10, offset: 0, sort: 'seconds', order: 'asc' }).total;
    expect([found({ text: '100%' }), found({ text: '100_' }), found({ text: 'car' }), found({ text: '0123' })]).toEqual([
      1, 0, 1, 1,
    ]);
    expect([found({ isHeard: false }), found({ isHeard: true }), found({ personId: 'person_ben' })]).toEqual([1, 0, 0]);
    expect([found({ from: harness.clock.now() - 60_000 }), found({ to: 1 }), found({ visibleTo: '' })]).toEqual([1, 0, 0]);
  });
});
