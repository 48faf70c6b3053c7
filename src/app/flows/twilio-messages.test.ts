import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import type { Fault } from '#testing/twilio/base/faults.ts';
import { TwilioTexts } from '#testing/harness/twilio-texts.ts';
import type { TextMessage } from '#testing/harness/twilio-texts.ts';
import { rest } from '#testing/twilio/rest-caller.ts';

// SMS and MMS both ways through the real process, set up by its own API, with what Twilio and the way to it may do wrong.
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2000, 7)]);
const limit = { timeout: 90_000 };
let at: TwilioHarness;
let texts: TwilioTexts;

beforeAll(async () => {
  at = await TwilioHarness.start();
  texts = new TwilioTexts(at);
});
afterEach(() => at.twilio.faults.clear());
afterAll(() => at[Symbol.asyncDispose]());

test('a text goes out and is seen delivered, and one comes in', async () => {
  expect(await texts.ends(await texts.send('Dinner is ready'))).toMatchObject({ state: 'delivered', error: null });
  expect((await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'On my way' })).status).toBe(200);
  await texts.cameIn('On my way');
});

test('a message that a Messaging Service would keep from us comes in once the service defers to the number', limit, async () => {
  const service = (path: string, form: Record<string, string>) =>
    rest(at.twilio, 'POST', `/v1/Services${path}`, { host: 'messaging', form });
  const { json } = await service('', { FriendlyName: 'Campaign' });
  const [number] = [...at.twilio.state.numbers.values()];
  await service(`/${json['sid']}/PhoneNumbers`, { PhoneNumberSid: number?.sid ?? '' });
  const before = at.twilio.messages.length;
  expect((await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'Nobody gets this' })).status).toBeUndefined();
  // Not even the list of Twilio knows it: only the setup page of the house can say.
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
  await texts.cameIn('Everybody gets this');
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
  expect(await texts.ends(await texts.send('Look', { media: [id] }))).toMatchObject({ state: 'delivered' });
  expect(at.twilio.messages.at(-1)?.media[0]?.bytes.equals(png)).toBe(true);
  await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'Nice', media: [{ contentType: 'image/png', bytes: png }] });
  const message = await texts.cameIn('Nice');
  expect(message.media).toMatchObject([{ state: 'stored', contentType: 'image/png' }]);
  expect((await at.audio(`/messages/${message.id}/media/0`)).equals(png)).toBe(true);
});

describe('the states of a text are right, although they', () => {
  test.each<[string, Fault]>([
    ['are reported twice', { name: 'callback.duplicate', endpoint: 'message-status' }],
    ['are reported out of order', { name: 'callback.reorder', endpoint: 'message-status' }],
    ['are reported before the text was seen to be sent', { name: 'callback.before-rest-response', count: 1 }],
  ])('%s', limit, async (what, fault) => {
    at.twilio.faults.add(fault);
    const text = `Its states ${what}`;
    expect(await texts.ends(await texts.send(text))).toMatchObject({ state: 'delivered' });
    await at.twilio.settled();
    expect(texts.timesSent(text)).toBe(1);
    expect(at.twilio.faults.taken.some(({ name }) => name === fault.name)).toBe(true);
  });
});

describe('a text comes in once, although', () => {
  test('it is reported twice', async () => {
    at.twilio.faults.add({ name: 'callback.duplicate', endpoint: 'sms' });
    await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'Told twice' });
    await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'And another' });
    await texts.cameIn('Told twice');
    await texts.cameIn('And another');
  });

  test('the house was away', limit, async () => {
    await at.whileStopped(async () => {
      expect((await at.twilio.sendSmsFrom(at.theirs, at.ours, { body: 'Missed you' })).status).toBeUndefined();
    });
    await texts.cameIn('Missed you');
  });
});

test('what Twilio refuses is explained in plain words', async () => {
  at.twilio.setFarPhone('+14155550170', { messages: { kind: 'refused', code: 21614 } });
  const refused = await texts.ends(await texts.send('To a landline', { to: '+14155550170' }));
  expect(refused).toMatchObject({ state: 'failed', error: { code: 21614 } });
  expect(refused.error?.message).toMatch(/[a-z ]{20,}/);
  at.twilio.setFarPhone('+14155550171', { messages: { kind: 'undelivered', code: 30034 } });
  expect(await texts.ends(await texts.send('Unregistered', { to: '+14155550171' }))).toMatchObject({ error: { code: 30034 } });
});

test('a suspended account sends nothing, says why, and goes on when it may', limit, async () => {
  const disarm = at.twilio.faults.add({ name: 'account.suspended' });
  const text = 'From a suspended account';
  const message = await texts.send(text);
  const stopped = await waitFor('a problem that is shown', 60, async () => {
    const { parts } = await at.house.api<{ parts: { status: string; message: string }[] }>('GET', '/system/health');
    const { error } = await at.house.api<TextMessage>('GET', `/messages/${message.id}`);
    return error?.message ?? parts.find((part) => part.status !== 'ok')?.message;
  });
  expect(stopped).toMatch(/suspended|not active|closed/i);
  expect(texts.timesSent(text)).toBe(0);
  disarm();
});
