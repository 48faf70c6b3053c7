import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersonId } from '#base/ids.ts';
import { VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { toneWav } from '#testing/base/wav.ts';

const audio = toneWav({ frequency: 440, seconds: 2 });
let harness: VoicemailHarness;

beforeEach(async () => {
  harness = new VoicemailHarness();
  await harness.room.start();
});
afterEach(() => harness[Symbol.asyncDispose]());

const upload = (bytes: Buffer) => harness.room.greetings.setAudio('person_anna', { contentType: 'audio/wav', bytes });
const tokenOf = (personId: PersonId) => {
  const greeting = harness.room.greetings.of(personId);
  return greeting.kind === 'audio' ? greeting.token : '';
};

describe('greetings', () => {
  it('are the house’s words, a text, or a recording', async () => {
    const { greetings } = harness.room;
    expect(greetings.of('person_anna')).toEqual({ kind: 'standard' });
    await greetings.set('person_anna', { kind: 'text', text: 'Hello', language: 'en-GB' });
    expect(greetings.of('person_anna')).toEqual({ kind: 'text', text: 'Hello', language: 'en-GB' });
    await upload(audio);
    expect(greetings.of('person_anna')).toMatchObject({ kind: 'audio', bytes: audio.length });
    expect(greetings.of('person_ben')).toEqual({ kind: 'standard' });
  });

  it('are played under a name that cannot be guessed, and a new one has a new name', async () => {
    const { greetings } = harness.room;
    await upload(audio);
    const first = tokenOf('person_anna');
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(await greetings.publicMedia(first)).toEqual({ contentType: 'audio/wav', bytes: audio });
    await upload(audio);
    const second = tokenOf('person_anna');
    expect(await greetings.publicMedia(first)).toBeUndefined();
    expect(harness.files('greetings')).toEqual([`${second}.wav`]);
    await greetings.set('person_anna', { kind: 'standard' });
    expect(await greetings.publicMedia(second)).toBeUndefined();
    expect(harness.files('greetings')).toEqual([]);
  });

  it.each(['', '..', '../gosip.db', 'a'.repeat(43), '\0'])('play nothing for %j', async (token) => {
    await upload(audio);
    expect(await harness.room.greetings.publicMedia(token)).toBeUndefined();
  });

  it.each([
    ['no WAV', Buffer.from('ID3\x04 this would be MP3')],
    ['one cut off', audio.subarray(0, 10_000)],
    ['one that is too long', toneWav({ frequency: 440, seconds: 121 })],
    ['an empty one', toneWav({ frequency: 440, seconds: 0.1 })],
    ['one of a rate no phone has', toneWav({ frequency: 440, seconds: 2, sampleRate: 96_000 })],
  ])('cannot be %s', async (_what, bytes) => {
    await expect(upload(bytes)).rejects.toMatchObject({ code: 'invalid' });
    expect([harness.room.greetings.of('person_anna').kind, harness.files('greetings')]).toEqual(['standard', []]);
  });

  it('are deleted with their person, at once', async () => {
    const { greetings } = harness.room;
    await upload(audio);
    const finish = greetings.release('person_anna');
    expect(harness.files('greetings')).toHaveLength(1);
    harness.db.prepare("DELETE FROM users WHERE id = 'person_anna'").run();
    await finish();
    expect(harness.files('greetings')).toEqual([]);
    await greetings.release('person_ben')();
  });

  it('are found by their person, unless somebody took the file away', async () => {
    const { greetings } = harness.room;
    expect(await greetings.audioOf('person_anna')).toBeUndefined();
    await upload(audio);
    expect(await greetings.audioOf('person_anna')).toMatchObject({ bytes: audio.length, token: tokenOf('person_anna') });
    rmSync(join(harness.folder, 'greetings', `${tokenOf('person_anna')}.wav`));
    expect(await greetings.audioOf('person_anna')).toBeUndefined();
    expect(await greetings.publicMedia(tokenOf('person_anna'))).toBeUndefined();
  });

  it('are refused for an unknown person, and leave nothing behind', async () => {
    const { greetings } = harness.room;
    await expect(greetings.setAudio('person_x', { contentType: 'audio/wav', bytes: audio })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(harness.files('greetings')).toEqual([]);
    await upload(audio);
    harness.db.prepare("DELETE FROM users WHERE id = 'person_anna'").run();
    await greetings.start();
    expect(harness.files('greetings')).toEqual([]);
  });
});
