import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '#contract/endpoint.ts';
import { toneWav } from '#testing/base/wav.ts';
import { anyClient } from '#testing/harness/http-identities.ts';
import { callNotice, messageNotice, recordFor, VoicemailHarness } from '#testing/harness/voicemail-harness.ts';

const anna: Identity = { kind: 'token', id: 'token_2', personId: 'person_anna', role: 'user' };
const ben: Identity = { kind: 'token', id: 'token_3', personId: 'person_ben', role: 'user' };

let harness: VoicemailHarness;

beforeEach(async () => {
  harness = new VoicemailHarness();
  await harness.room.start();
  await harness.idle();
  harness.records.set('CA1', recordFor('person_anna'));
});
afterEach(() => harness[Symbol.asyncDispose]());

async function leaveMessage(sid = 'RE1'): Promise<string> {
  await harness.room.recorded(messageNotice(sid, { externalCallId: 'CA1' }));
  await harness.reaches(sid, 'stored');
  return harness.voicemails()[0]?.id ?? '';
}

async function ask(id: string, identity: Identity, params: object): Promise<readonly number[]> {
  const route = harness.room.routes.find(({ endpoint }) => endpoint.id === id);
  if (route === undefined) throw new Error(`There is no ${id}`);
  const { peaks } = (await route.run({ params, query: {}, body: undefined, identity, client: anyClient })) as { peaks: number[] };
  return peaks;
}

function stored(): readonly (number | null)[] {
  const rows = harness.db.prepare<[], { bytes: number | null }>('SELECT length(peaks) AS bytes FROM recording_peaks').all();
  return rows.map(({ bytes }) => bytes);
}

it('a message has its waveform soon after it was left, and nobody has to look', async () => {
  await leaveMessage();
  await harness.until(() => stored()[0] === 256);
});

it('a message shows its waveform to its owner and not to others', async () => {
  const id = await leaveMessage();
  const peaks = await ask('getVoicemailPeaks', anna, { id });
  expect(peaks).toHaveLength(256);
  expect(Math.max(...peaks)).toBe(70);
  await expect(ask('getVoicemailPeaks', ben, { id })).rejects.toMatchObject({ code: 'not-found' });
});

it('a call recording shows its waveform to those who were in the call, and says when it has come', async () => {
  harness.calls.set('call_1', { personIds: ['person_anna'] } as never);
  await harness.room.recorded(callNotice('RE2', { externalCallId: 'CA1', callId: 'call_1' }));
  await harness.reaches('RE2', 'stored');
  expect(harness.factNames('recording.')).toContain('recording.changed');
  expect(await ask('getCallRecordingPeaks', anna, { id: 'call_1' })).toHaveLength(256);
  await expect(ask('getCallRecordingPeaks', ben, { id: 'call_1' })).rejects.toMatchObject({ code: 'not-found' });
});

it('messages that were there before get their waveforms after a start', async () => {
  await leaveMessage();
  await harness.until(() => stored()[0] === 256);
  await harness.room.stop();
  harness.db.exec('UPDATE recording_peaks SET peaks = NULL');
  await harness.room.start();
  await harness.until(() => stored()[0] === 256);
});

it('a waveform is deleted with its message', async () => {
  const id = await leaveMessage();
  await harness.until(() => stored()[0] === 256);
  await harness.room.voicemails.delete(id as never, harness.room.recordings);
  expect(stored()).toEqual([]);
});

describe('audio that cannot be read', () => {
  it.each([
    ['is gone', (path: string) => rmSync(path)],
    ['is no audio', (path: string) => writeFileSync(path, 'broken')],
    ['is cut off', (path: string) => writeFileSync(path, toneWav({ frequency: 440, seconds: 5 }).subarray(0, 40))],
  ])('has no waveform where it %s, is not tried for ever, and holds up no other', async (_, spoil) => {
    const id = await leaveMessage();
    await harness.until(() => stored()[0] === 256);
    await harness.room.stop();
    spoil(join(harness.folder, 'voicemail', harness.files()[0] ?? ''));
    harness.db.exec('UPDATE recording_peaks SET peaks = NULL');
    await harness.room.start();
    expect(await ask('getVoicemailPeaks', anna, { id })).toEqual([]);
    await leaveMessage('RE3');
    await harness.until(() => stored().map(String).toSorted().join(' ') === '0 256');
  });
});
