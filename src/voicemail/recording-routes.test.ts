import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#base/errors.ts';
import type { Identity } from '#contract/endpoint.ts';
import type { FileReply } from '#contract/file.ts';
import { callNotice, messageNotice, recordFor, VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { anyClient } from '#testing/harness/http-identities.ts';

const admin: Identity = { kind: 'token', id: 'token_1', personId: undefined, role: 'admin' };
const anna: Identity = { kind: 'token', id: 'token_2', personId: 'person_anna', role: 'user' };
const ben: Identity = { kind: 'token', id: 'token_3', personId: 'person_ben', role: 'user' };
const personless: Identity = { kind: 'token', id: 'token_4', personId: undefined, role: 'user' };

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
  harness.records.set('CA1', recordFor('person_anna'));
  for (const sid of ['RE1', 'RE2']) {
    const startedAt = harness.clock.now() + (sid === 'RE1' ? 0 : 1000);
    await harness.room.recorded(callNotice(sid, { externalCallId: 'CA1', startedAt }));
    await harness.reaches(sid, 'stored');
  }
});
afterEach(() => harness[Symbol.asyncDispose]());

/** The reply as the contract has it, or the code of the refusal. */
async function ask(id: string, identity: Identity, given: { params?: object; query?: object; body?: object } = {}) {
  const route = harness.room.routes.find(({ endpoint }) => endpoint.id === id);
  if (route === undefined) throw new Error(`There is no ${id}`);
  try {
    const input = { params: { id: 'call_1', ...given.params }, query: given.query ?? {}, body: given.body };
    const reply: unknown = await route.run({ ...input, identity, client: anyClient });
    return route.endpoint.reply.parse(reply);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('the recordings of a call', () => {
  it.each([
    ['listCallRecordings', {}],
    ['getCallRecordingAudio', {}],
    ['getCallRecordingState', {}],
    ['controlCallRecording', { body: { action: 'start' } }],
  ])('%s: for an admin and for those whose phone was in the call, and no one else', async (id, given) => {
    const codes = await Promise.all([
      ask(id, admin, given),
      ask(id, anna, given),
      ask(id, ben, given),
      ask(id, personless, given),
    ]);
    expect(codes.map((one) => (typeof one === 'string' ? one : 'seen'))).toEqual(['seen', 'seen', 'not-found', 'not-found']);
  });

  it('are listed in their order, and each can be heard', async () => {
    const { items } = (await ask('listCallRecordings', anna)) as { items: { id: string; state: string; seconds: number }[] };
    expect(items).toMatchObject([
      { state: 'stored', seconds: 5 },
      { state: 'stored', seconds: 5 },
    ]);
    const first = (await ask('getCallRecordingAudio', anna)) as FileReply;
    expect(first).toMatchObject({ contentType: 'audio/wav', fileName: `${items[0]?.id}.wav`, disposition: 'inline' });
    const second = (await ask('getCallRecordingAudio', anna, { query: { recording: items[1]?.id } })) as FileReply;
    expect(second.etag).not.toBe(first.etag);
    expect(await ask('getCallRecordingAudio', anna, { query: { recording: 'rec_other' } })).toBe('not-found');
  });

  it('are gone when they are deleted, one after the other', async () => {
    await ask('deleteCallRecording', admin);
    expect(await ask('listCallRecordings', admin)).toMatchObject({ items: [{ state: 'stored' }] });
    await ask('deleteCallRecording', admin);
    expect(await ask('deleteCallRecording', admin)).toBe('not-found');
    expect([await ask('getCallRecordingAudio', admin), harness.files('recordings')]).toEqual(['not-found', []]);
  });

  it('do not open a voicemail of the same call', async () => {
    await harness.room.recorded(messageNotice('RE9', { externalCallId: 'CA1' }));
    await harness.reaches('RE9', 'stored');
    expect(await ask('listCallRecordings', anna)).toMatchObject({ items: [{}, {}] });
  });

  it('are begun, interrupted and ended', async () => {
    const act = (action: string) => ask('controlCallRecording', anna, { body: { action } });
    expect([await act('start'), await act('pause'), await act('resume'), await act('stop'), await act('stop')]).toEqual([
      { state: 'recording' },
      { state: 'paused' },
      { state: 'recording' },
      { state: 'off' },
      'conflict',
    ]);
  });

  it('are of calls there are', async () => {
    const params = { id: 'call_9' };
    for (const id of ['listCallRecordings', 'getCallRecordingAudio', 'getCallRecordingState', 'controlCallRecording']) {
      expect(await ask(id, admin, { params, body: { action: 'start' } })).toBe('not-found');
    }
  });
});

describe('mailboxes', () => {
  it.each([
    ['me', anna, 'seen'],
    ['person_anna', anna, 'seen'],
    ['person_anna', admin, 'seen'],
    ['person_anna', ben, 'not-found'],
    ['person_x', admin, 'not-found'],
    ['me', admin, 'not-found'],
    ['me', personless, 'not-found'],
  ])('%s', async (personId, identity, expected) => {
    for (const id of ['getGreeting', 'setGreeting']) {
      const reply = await ask(id, identity, { params: { personId }, body: { kind: 'text', text: 'Hello' } });
      expect(typeof reply === 'string' ? reply : 'seen').toBe(expected);
    }
  });
});
