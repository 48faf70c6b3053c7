import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import type { Fault } from '#testing/twilio/base/faults.ts';
import { rest } from '#testing/twilio/rest-caller.ts';

// SMS and MMS both ways through the real process, set up by its own API, with what Twilio and the way to it may do wrong.
type Message = {
  readonly id: string;
  readonly body: string;
  readonly state: string;
  readonly direction: string;
  readonly media: readonly { readonly state: string; readonly contentType: string | null }[];
  readonly error: { readonly code: number | null; readonly message: string } | null;
};

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2000, 7)]);
const limit = { timeout: 90_000 };
let at: TwilioHarness;

beforeAll(async () => {
  at = await TwilioHarness.start();
});
afterEach(() => at.twilio.faults.clear());
afterAll(() => at[Symbol.asyncDispose]());

const send = (body: string, more: object = {}) =>
  at.house.api<Message>('POST', '/messages', { from: at.ours, to: at.theirs, body, ...more });
const ends = ({ id }: Message, limitSeconds = 30) =>
  waitFor('the end of a message', limitSeconds, async () => {
    const message = await at.house.api<Message>('GET', `/messages/${id}`);
    return ['delivered', 'undelivered', 'failed', 'unknown'].includes(message.state) ? message : undefined;
  });
const cameIn = (body: string, limitSeconds = 30) =>
  waitFor(`the message "${body}"`, limitSeconds, async () => {
    const { items } = await at.house.api<{ items: Message[] }>('GET', '/messages?direction=inbound');
    const found = items.filter((message) => message.body === body);
    expect(found.length).toBeLessThan(2);
    return found.find(({ media }) => media.every(({ state }) => state === 'stored'));
  });
/** How often the far side was sent this text. */
const timesSent = (text: string) => at.twilio.messages.filter(({ body, from }) => body === text && from === at.ours).length;

test('a text goes out and is seen delivered, and one comes in', async () => {
  expect(await ends(await send('Dinner is ready'))).toMatchObject({ state: 'delivered', error: null });
  expect((await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'On my way' })).status).toBe(200);
  await cameIn('On my way');
});

test('a message that a Messaging Service would keep from us comes in once it is told to defer to the number', limit, async () => {
  const service = (path: string, form: Record<string, string>) =>
    rest(at.twilio, 'POST', `/v1/Services${path}`, { host: 'messaging', form });
  const { json } = await service('', { FriendlyName: 'Campaign' });
  const [number] = [...at.twilio.state.numbers.values()];
  await service(`/${json['sid']}/PhoneNumbers`, { PhoneNumberSid: number?.sid ?? '' });
  const before = at.twilio.messages.length;
  expect((await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'Nobody gets this' })).status).toBeUndefined();
  // Not even the list of Twilio knows it: nothing but the words of the house can tell.
  expect(at.twilio.messages.length).toBe(before);
  await at.house.api('POST', '/system/setup/twilio/provision', {});
  const { parts } = await at.house.api<{ parts: { name: string; message: string }[] }>('GET', '/system/health');
  expect(parts.find(({ name }) => name === 'Twilio')?.message).toContain('Messaging Service Campaign drops every message');

  expect(await at.house.api('POST', '/system/setup/twilio/defer-messages', {})).toMatchObject({
    isDone: true,
    setUp: { drift: [] },
  });
  const sent = await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'Everybody gets this' });
  expect(sent.status).toBe(200);
  await cameIn('Everybody gets this');
  at.twilio.state.serviceOf.clear();
});

test('a picture goes out and comes in', async () => {
  const { address, httpPort, token } = at.house;
  const upload = await fetch(`http://${address}:${httpPort}/api/messages/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' },
    body: png,
  });
  const { id } = (await upload.json()) as { id: string };
  expect(await ends(await send('Look', { media: [id] }))).toMatchObject({ state: 'delivered' });
  expect(at.twilio.messages.at(-1)?.media[0]?.bytes.equals(png)).toBe(true);
  await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'Nice', media: [{ contentType: 'image/png', bytes: png }] });
  const message = await cameIn('Nice');
  expect(message.media).toMatchObject([{ state: 'stored', contentType: 'image/png' }]);
  expect((await at.audio(`/messages/${message.id}/media/0`)).equals(png)).toBe(true);
});

const create = { endpoint: 'messages.create', count: 1 } as const;
const sendingFaults: readonly Fault[] = [
  { ...create, name: 'rest.429', retryAfterSeconds: 1 },
  { ...create, name: 'rest.429' },
  { ...create, name: 'rest.5xx', status: 500 },
  { ...create, name: 'rest.5xx', status: 502, html: true, isProcessed: true },
  { ...create, name: 'rest.reset' },
  { ...create, name: 'rest.reset', isProcessed: true },
  { ...create, name: 'rest.timeout' },
  { ...create, name: 'rest.timeout', isProcessed: true },
];

test('each text goes out once, whatever happens to the request that sends it', { timeout: 150_000 }, async () => {
  const waiting: { readonly text: string; readonly message: Message }[] = [];
  for (const [index, fault] of sendingFaults.entries()) {
    const taken = at.twilio.faults.taken.length;
    at.twilio.faults.add(fault);
    const text = `Once, with ${fault.name} ${index}`;
    // To somebody else each time: what one conversation waits for does not hold up the others.
    waiting.push({ text, message: await send(text, { to: `+1415555016${index}` }) });
    await waitFor(fault.name, 30, () => at.twilio.faults.taken.length > taken || undefined);
  }
  for (const { text, message } of waiting) {
    expect(await ends(message, 120), text).toMatchObject({ state: 'delivered' });
    expect(timesSent(text), text).toBe(1);
  }
});

describe('the states of a text are right, although they', () => {
  test.each<[string, Fault]>([
    ['are told twice', { name: 'callback.duplicate', endpoint: 'message-status' }],
    ['are told out of order', { name: 'callback.reorder', endpoint: 'message-status' }],
    ['are told before the text was seen to be sent', { name: 'callback.before-rest-response', count: 1 }],
  ])('%s', limit, async (what, fault) => {
    at.twilio.faults.add(fault);
    const text = `Its states ${what}`;
    expect(await ends(await send(text))).toMatchObject({ state: 'delivered' });
    await at.twilio.settled();
    expect(timesSent(text)).toBe(1);
    expect(at.twilio.faults.taken.some(({ name }) => name === fault.name)).toBe(true);
  });
});

describe('a text comes in once, although', () => {
  test('it is told twice', async () => {
    at.twilio.faults.add({ name: 'callback.duplicate', endpoint: 'sms' });
    await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'Told twice' });
    await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'And another' });
    await cameIn('Told twice');
    await cameIn('And another');
  });

  test('the house was away', limit, async () => {
    await at.whileStopped(async () => {
      expect((await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'Missed you' })).status).toBeUndefined();
    });
    await cameIn('Missed you');
  });
});

test('what Twilio refuses is told in plain words', async () => {
  at.twilio.setFarPhone('+14155550170', { messages: { kind: 'refused', code: 21614 } });
  const refused = await ends(await send('To a landline', { to: '+14155550170' }));
  expect(refused).toMatchObject({ state: 'failed', error: { code: 21614 } });
  expect(refused.error?.message).toMatch(/[a-z ]{20,}/);
  at.twilio.setFarPhone('+14155550171', { messages: { kind: 'undelivered', code: 30034 } });
  expect(await ends(await send('Unregistered', { to: '+14155550171' }))).toMatchObject({ error: { code: 30034 } });
});

test('a suspended account sends nothing, says why, and goes on when it may', limit, async () => {
  const disarm = at.twilio.faults.add({ name: 'account.suspended' });
  const text = 'From a suspended account';
  const message = await send(text);
  const stopped = await waitFor('a problem that is told', 60, async () => {
    const { parts } = await at.house.api<{ parts: { status: string; message: string }[] }>('GET', '/system/health');
    const { error } = await at.house.api<Message>('GET', `/messages/${message.id}`);
    return error?.message ?? parts.find((part) => part.status !== 'ok')?.message;
  });
  expect(stopped).toMatch(/suspended|not active|closed/i);
  expect(timesSent(text)).toBe(0);
  disarm();
});
