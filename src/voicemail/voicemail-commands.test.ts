import { afterEach, beforeEach, expect, test } from 'vitest';
import { messageNotice, VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { voicemailCommands } from './voicemail-commands.ts';

const people = [
  { id: 'person_anna', name: 'Anna' },
  { id: 'person_ben', name: 'Ben' },
] as const;
let harness: VoicemailHarness;

beforeEach(async () => {
  harness = new VoicemailHarness();
  await harness.room.start();
  await harness.idle();
  for (const [sid, text] of [
    ['RE1', 'word '.repeat(2000)],
    ['RE2', 'Call me back.'],
  ] as const) {
    await harness.announce(messageNotice(sid), 'person_anna');
    await harness.reaches(sid, 'stored');
    await harness.room.transcribed({ recording: messageNotice(sid), source: 'twilio', status: 'completed', text });
    harness.clock.advance(60_000);
  }
  await harness.idle();
});
afterEach(() => harness[Symbol.asyncDispose]());

function run(name: string, input: object) {
  const { voicemails } = harness.room;
  const commands = voicemailCommands({ voicemails, people: { all: () => people }, nameOf: () => undefined });
  const command = commands.find(({ declaration }) => declaration.name === name)!;
  return command.run(command.declaration.input.parse(input));
}

type Listed = { readonly total: number; readonly voicemails: readonly { id: string; transcript: string; heard: boolean }[] };
const list = (input: object) => run('voicemails', input) as Promise<Listed>;

test('the voicemails of a person come with all that was said, the newest first', async () => {
  const { total, voicemails } = await list({ person: 'ANNA' });
  expect([total, voicemails.map(({ transcript, heard }) => [transcript.length, heard])]).toEqual([
    2,
    [
      [13, false],
      [9999, false],
    ],
  ]);
  expect(await list({ person: 'Ben' })).toEqual({ person: 'Ben', total: 0, voicemails: [] });
  expect((await list({ person: 'anna', limit: 1 })).voicemails).toHaveLength(1);
  await expect(list({ person: 'Carl' })).rejects.toThrow('There is no Carl. There are: Anna, Ben');
});

test('one or all are marked as heard, and then asked for apart from new ones', async () => {
  const [newest] = (await list({ person: 'anna' })).voicemails;
  expect(await run('mark_heard', { voicemail_id: newest!.id })).toEqual({ heard: 1 });
  expect((await list({ person: 'anna', heard: false })).total).toBe(1);
  expect(await run('mark_heard', { person: 'anna' })).toEqual({ heard: 1 });
  expect((await list({ person: 'anna', heard: true })).voicemails.every(({ heard }) => heard)).toBe(true);
  await expect(run('mark_heard', {})).rejects.toMatchObject({
    code: 'invalid',
    words: { nl: 'Zeg welke voicemail, of van wie' },
  });
  await expect(run('mark_heard', { voicemail_id: 'vm_gone' })).rejects.toMatchObject({
    words: { es: 'Ese mensaje de voz no existe' },
  });
});
