import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Identity } from '#contract/endpoint.ts';
import { messageNotice, recordFor, VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
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
  harness.records.set('CA1', recordFor('person_anna'));
  await harness.room.recorded(messageNotice('RE1', { externalCallId: 'CA1' }));
  await harness.reaches('RE1', 'stored');
});
afterEach(() => harness[Symbol.asyncDispose]());

it.each([
  ['their owner, who names nobody', anna, undefined, 1],
  ['their owner by name', anna, 'person_anna', 1],
  ['an admin, who names the owner', admin, 'person_anna', 1],
  ['an admin, who names nobody and has no mailbox', admin, undefined, 0],
  ['another user, who names the owner', ben, 'person_anna', 0],
  ['a token without a person, which names the owner', personless, 'person_anna', 0],
  ['a token without a person', personless, undefined, 0],
])('all messages are marked as heard by %s', async (_who, identity, person, heard) => {
  const route = harness.room.routes.find(({ endpoint }) => endpoint.id === 'readAllVoicemails')!;
  const reply: unknown = await route.run({ params: {}, query: { person }, body: undefined, identity, client: anyClient });
  expect(reply).toEqual({ heard });
  expect(harness.voicemails()[0]?.heardAt === undefined).toBe(heard === 0);
});
