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
  ['an admin, who names the house, whose they are not', admin, 'house', 0],
  ['their owner, who names the house', anna, 'house', 0],
])('all messages are marked as heard by %s', async (_who, identity, person, heard) => {
  const route = harness.room.routes.find(({ endpoint }) => endpoint.id === 'readAllVoicemails')!;
  const reply: unknown = await route.run({ params: {}, query: { person }, body: undefined, identity, client: anyClient });
  const ids = heard === 1 ? harness.voicemails().map(({ id }) => id) : [];
  expect(reply).toEqual({ heard, ids });
  expect(harness.voicemails()[0]?.heardAt === undefined).toBe(heard === 0);
});

it('messages are found by the name that callers have in the address book', async () => {
  const route = harness.room.routes.find(({ endpoint }) => endpoint.id === 'listVoicemails')!;
  const found = async (text: string, identity: Identity) => {
    const query = route.endpoint.query?.parse({ text });
    const reply = (await route.run({ params: {}, query, body: undefined, identity, client: anyClient })) as { total: number };
    return reply.total;
  };
  harness.numbersNamed = (text, personId) => (text === 'Grandma' && personId !== 'person_ben' ? ['+15555550123'] : []);
  expect(await found('Grandma', anna)).toBe(1);
  expect(await found('Grandma', admin)).toBe(1);
  expect(await found('Grandma', ben)).toBe(0);
  expect(await found('Grandpa', anna)).toBe(0);
  expect(await found('555 01', anna)).toBe(0);
  expect(await found('5550123', anna)).toBe(1);
});

it('a message says whether its words are still to come, are there, or could not be understood', async () => {
  const route = harness.room.routes.find(({ endpoint }) => endpoint.id === 'listVoicemails')!;
  const state = async () => {
    const query = route.endpoint.query?.parse({});
    const reply = await route.run({ params: {}, query, body: undefined, identity: anna, client: anyClient });
    return (reply as { items: { transcription: string }[] }).items[0]?.transcription;
  };
  expect(await state()).toBe('none');
  await harness.room.settings.change({ transcription: 'twilio' });
  expect(await state()).toBe('pending');
  const recording = messageNotice('RE1', { externalCallId: 'CA1' });
  const told = harness.facts.length;
  await harness.room.transcribed({ recording, source: 'twilio', status: 'failed', text: '' });
  expect(await state()).toBe('failed');
  expect(harness.facts.slice(told).map(({ name }) => name)).toEqual(['voicemail.changed']);
  await harness.room.transcribed({ recording, source: 'twilio', status: 'completed', text: 'Hello' });
  expect(await state()).toBe('ready');
});

it('messages for nobody are those of the house: an administrator alone lists them and marks them as heard', async () => {
  harness.records.set('CA9', recordFor(undefined));
  await harness.room.recorded(messageNotice('RE9', { externalCallId: 'CA9' }));
  await harness.reaches('RE9', 'stored');
  const ask = async (id: string, identity: Identity) => {
    const route = harness.room.routes.find(({ endpoint }) => endpoint.id === id)!;
    const query = route.endpoint.query?.parse({ person: 'house' });
    return route.run({ params: {}, query, body: undefined, identity, client: anyClient });
  };
  expect(await ask('listVoicemails', admin)).toMatchObject({ total: 1, items: [{ personId: null }] });
  expect(await ask('listVoicemails', anna)).toMatchObject({ total: 0 });
  expect(await ask('readAllVoicemails', anna)).toMatchObject({ heard: 0 });
  expect(await ask('readAllVoicemails', admin)).toMatchObject({ heard: 1 });
  expect(harness.voicemails().map(({ heardAt }) => heardAt === undefined)).toEqual([true, false]);
});
