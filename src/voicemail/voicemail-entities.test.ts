import { afterEach, beforeEach, expect, test } from 'vitest';
import { messageNotice, VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { stateSource } from '#testing/harness/state-source.ts';
import { voicemailEntities } from './voicemail-entities.ts';

const anna = { id: 'person_anna', name: 'Anna' } as const;
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

test('each person has a count of the voicemails they have neither heard nor archived', async () => {
  const { voicemails } = harness.room;
  const unheard = stateSource(voicemailEntities({ voicemails, people: { all: () => [anna] } })[0]);
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

test.each(['voicemail.left', 'voicemail.heard', 'voicemail.changed', 'voicemail.deleted'] as const)(
  'the count may change after %s, for its person alone; a voicemail of the house is in the count of nobody in particular',
  (name) => {
    const { voicemails } = harness.room;
    const unheard = stateSource(voicemailEntities({ voicemails, people: { all: () => [anna] } })[0]);
    expect(unheard.changedBy[name]?.({ voicemailId: 'vm_1', personId: anna.id })).toBe(anna.id);
    expect(unheard.changedBy[name]?.({ voicemailId: 'vm_1', personId: null })).toBeUndefined();
  },
);
