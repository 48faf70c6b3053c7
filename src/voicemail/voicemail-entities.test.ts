import { afterEach, beforeEach, expect, test } from 'vitest';
import { messageNotice, VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { entityOf, eventSource, stateSource } from '#testing/harness/state-source.ts';
import { voicemailEntities } from './voicemail-entities.ts';

const anna = { id: 'person_anna', name: 'Anna' } as const;
const nameOf = (number: string) => (number === '+14165550123' ? 'Doctor' : undefined);
let harness: VoicemailHarness;

beforeEach(async () => {
  harness = new VoicemailHarness();
  await harness.room.start();
  await harness.idle();
});
afterEach(() => harness[Symbol.asyncDispose]());

async function leave(sid: string): Promise<void> {
  await harness.announce(messageNotice(sid), anna.id);
  await harness.reaches(sid, 'stored');
}

const transcribe = (sid: string, text: string) =>
  harness.room.transcribed({ recording: messageNotice(sid), source: 'twilio', status: 'completed', text });

test('each person has a count of the voicemails they have neither heard nor archived', async () => {
  const { voicemails } = harness.room;
  const unheard = stateSource(voicemailEntities({ voicemails, nameOf, people: { all: () => [anna] } })[0]);
  expect([...unheard.owners()]).toEqual([anna]);
  expect(unheard.state(anna.id)).toBe(0);
  for (const sid of ['RE1', 'RE2', 'RE3']) await leave(sid);
  await harness.idle();
  expect([unheard.state(anna.id), unheard.state('person_ben')]).toEqual([3, 0]);
  const [first, second] = harness.voicemails();
  await voicemails.change(first!.id, { isHeard: true });
  expect(unheard.state(anna.id)).toBe(2);
  await voicemails.change(second!.id, { isArchived: true });
  expect(unheard.state(anna.id)).toBe(1);
});

test.each(['voicemail.left', 'voicemail.transcribed', 'voicemail.heard', 'voicemail.changed', 'voicemail.deleted'] as const)(
  'the count may change after %s, for its person alone; a voicemail of the house is in the count of nobody in particular',
  (name) => {
    const { voicemails } = harness.room;
    const unheard = stateSource(voicemailEntities({ voicemails, nameOf, people: { all: () => [anna] } })[0]);
    expect(unheard.changedBy[name]?.({ voicemailId: 'vm_1', personId: anna.id })).toBe(anna.id);
    expect(unheard.changedBy[name]?.({ voicemailId: 'vm_1', personId: null })).toBeUndefined();
  },
);

test('the newest ten that were not heard come with the count: who called, when, for how long, and what they said', async () => {
  const { voicemails } = harness.room;
  const unheard = stateSource(voicemailEntities({ voicemails, nameOf, people: { all: () => [anna] } })[0]);
  expect(await unheard.attributes?.(anna.id)).toEqual({ voicemails: [] });
  const sids = Array.from({ length: 11 }, (_, index) => `RE${index + 1}`);
  for (const sid of sids) {
    await leave(sid);
    await transcribe(sid, `This is ${sid}.`);
    harness.clock.advance(60_000);
  }
  await harness.idle();
  const shown = (await unheard.attributes?.(anna.id))?.['voicemails'] as { transcript: string }[];
  expect(shown.map(({ transcript }) => transcript)).toEqual(
    sids
      .slice(1)
      .toReversed()
      .map((sid) => `This is ${sid}.`),
  );
  expect(shown[0]).toMatchObject({ id: expect.stringMatching(/^vm_/), caller: expect.any(String), seconds: 5 });
});

test('a voicemail is an event of whose it is when it comes, has words, and is heard; one of the house is of nobody', async () => {
  const { voicemails } = harness.room;
  const entities = voicemailEntities({ voicemails, nameOf, people: { all: () => [anna] } });
  const { occursBy } = eventSource(entityOf(entities, 'person', 'voicemail'));
  await leave('RE1');
  await harness.idle();
  const [left] = harness.voicemails();
  const fact = { voicemailId: left!.id, personId: anna.id };
  const said = { voicemail_id: left!.id, number: left!.callerNumber, seconds: 5 };
  expect(occursBy['voicemail.left']?.(fact)).toMatchObject([{ ownerId: anna.id, type: 'received', attributes: said }]);
  expect(occursBy['voicemail.heard']?.(fact)).toMatchObject([{ type: 'heard' }]);
  await transcribe('RE1', 'Call me back.');
  expect(occursBy['voicemail.transcribed']?.(fact)).toMatchObject([
    { type: 'transcribed', attributes: { ...said, transcript: 'Call me back.' } },
  ]);
  expect(occursBy['voicemail.left']?.({ ...fact, personId: null })).toEqual([]);
  expect(occursBy['voicemail.left']?.({ ...fact, voicemailId: 'vm_gone' })).toEqual([]);
});

test('one press marks all voicemails of a person as heard', async () => {
  const { voicemails } = harness.room;
  const entities = voicemailEntities({ voicemails, nameOf, people: { all: () => [anna] } });
  for (const sid of ['RE1', 'RE2']) await leave(sid);
  await harness.idle();
  const button = entityOf(entities, 'person', 'mark_all_heard');
  if (button?.kind !== 'button') throw new Error('This is no button');
  await button.source.press(anna.id);
  expect(stateSource(entities[0]).state(anna.id)).toBe(0);
});
