import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer } from '#testing/peers/http-peer.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';

// What happens in the house by calls and texts at an emulated Twilio, and what a mail server and an ntfy server get of it, for whom.
const limit = { timeout: 120_000 };
const soon = { timeout: 30_000, interval: 50 };
const always = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' }];
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2000, 7)]);
let stack: AsyncDisposableStack;
let at: TwilioHarness;
let mail: SmtpPeer;
let ntfy: HttpPeer;
let phone: SimulatedPhone;
let numberId: string;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  at = stack.use(await TwilioHarness.start({ environment: { GOSIP_RING_SECONDS: '5' } }));
  mail = stack.use(await SmtpPeer.start({ security: 'none', login: null }));
  ntfy = stack.use(await startHttpPeer());
  const { house } = at;
  await house.api('PATCH', '/system/config/voicemail', { discardBelowSeconds: 1, silenceSeconds: 2, transcription: 'twilio' });
  const smtp = { service: 'smtp', host: '127.0.0.1', port: mail.port, security: 'none', username: null, allowsOwnNetwork: true };
  const from = { address: 'house@example.org', name: 'Our house' };
  await house.api('PUT', '/notifications/channels/mail', { channel: 'mail', settings: { ...smtp, from } });
  await house.api('PUT', '/notifications/channels/ntfy', {
    channel: 'ntfy',
    settings: { url: ntfy.url, allowsOwnNetwork: true },
  });
  const admin = await house.api<{ id: string }>('POST', '/users', { username: 'admin', name: 'Admin', role: 'admin' });
  const ben = await house.api<{ id: string }>('POST', '/users', { username: 'ben', name: 'Ben' });
  for (const [personId, name] of [
    [at.personId, 'anna'],
    [admin.id, 'admin'],
    [ben.id, 'ben'],
  ] as const)
    await house.api('POST', '/notifications/targets', { channel: 'mail', address: `${name}@example.org`, personId });
  await house.api('POST', '/notifications/targets', { channel: 'ntfy', topic: 'annas-topic', personId: at.personId });
  const { username, password } = await house.addDevice('21', { personId: at.personId });
  const { address, registrar } = house;
  phone = stack.use(await SimulatedPhone.start({ address, username, password, registrar, incomingCallAction: 'ring' }));
  expect(await phone.register()).toBe(200);
  const { items } = await house.api<{ items: { id: string }[] }>('GET', '/dids');
  numberId = items[0]?.id ?? '';
}, 120_000);
afterEach(async () => {
  await at.house.api('PATCH', `/notifications/preferences/${at.personId}`, {
    quietHours: [],
    kinds: { 'incoming-call': { channels: [] } },
  });
  mail.mails.length = 0;
  ntfy.requests.length = 0;
});
afterAll(() => stack.disposeAsync());

type Push = { readonly topic: string; readonly title: string; readonly message: string };

const pushes = () => ntfy.requests.map(({ body }) => JSON.parse(body) as Push);
const mails = () => mail.mails.map(({ to, mail: { subject } }) => `${to.join()}: ${subject}`);
const text = (body: string, more: object = {}) => at.twilio.sendSmsFrom(at.theirs, at.ours, { body, ...more });

/** What is told would have been told by now. */
async function nothingMore(): Promise<void> {
  await at.twilio.settled();
  const open = async () => (await at.house.api<{ total: number }>('GET', '/notifications/deliveries?state=waiting')).total;
  await expect.poll(open, soon).toBe(0);
}

test(
  'a call that rings and is missed: a push while it rings, a mail and a push afterwards, and to nobody else',
  limit,
  async () => {
    await at.house.api('PATCH', `/notifications/preferences/${at.personId}`, {
      kinds: { 'incoming-call': { channels: ['ntfy'] } },
    });
    const rang = phone.incomingCall();
    const caller = at.twilio.callFrom(at.theirs, at.ours);
    await rang;
    await expect.poll(() => pushes().length, soon).toBe(1);
    caller.hangUp();
    await caller.over;
    expect(await at.closedCall(60)).toMatchObject({ disposition: 'missed' });
    await expect.poll(mails, soon).toEqual([expect.stringContaining('anna@example.org: ')]);
    await expect.poll(() => pushes().length, soon).toBe(2);
    expect(pushes().every(({ topic }) => topic === 'annas-topic')).toBe(true);
    const [one] = mail.mails;
    expect(`${one?.mail.subject} ${one?.mail.text}`).toContain('415');
    expect(one?.mail.attachments).toEqual([]);
    await nothingMore();
    expect(mails()).toHaveLength(1);
  },
);

test('a voicemail: one mail with its audio and its words, and none about the call', limit, async () => {
  at.twilio.setTranscript('Please call me back');
  await at.leaveVoicemail(440);
  await expect.poll(() => mails().length, soon).toBe(1);
  const [one] = mail.mails;
  expect(one?.to).toEqual(['anna@example.org']);
  expect(one?.mail.text).toContain('Please call me back');
  expect(one?.mail.attachments.map(({ contentType, content }) => [contentType, content.subarray(0, 4).toString()])).toEqual([
    ['audio/wav', 'RIFF'],
  ]);
  await nothingMore();
  expect(mails()).toHaveLength(1);
  expect(pushes()).toHaveLength(1);
});

test('a caller who says nothing has missed us, and is told as that', limit, async () => {
  at.twilio.setSwitches({ silentRecordings: 'saved', recordingStorage: 'twilio' });
  const caller = at.twilio.callFrom('+14155550188', at.ours);
  await caller.over;
  await waitFor('a call that was missed', 20, async () =>
    (await at.cdrs()).find((one) => one.caller.number === '+14155550188')?.disposition === 'missed' ? true : undefined,
  );
  await expect.poll(() => mails().length, soon).toBe(1);
  expect(mail.mails[0]?.mail.attachments).toEqual([]);
  expect(mail.mails[0]?.mail.text).toContain('0188');
  await nothingMore();
  expect(mails()).toHaveLength(1);
});

test('a text with a picture: a mail with both, to the owner of the number alone', limit, async () => {
  await text('Look at this', { media: [{ contentType: 'image/png', bytes: png }] });
  await expect.poll(() => mails().length, soon).toBe(1);
  const [one] = mail.mails;
  expect(one?.to).toEqual(['anna@example.org']);
  expect(one?.mail.text).toContain('Look at this');
  expect(one?.mail.attachments.map(({ contentType, content }) => [contentType, content.equals(png)])).toEqual([
    ['image/png', true],
  ]);
  await expect.poll(() => pushes().length, soon).toBe(1);
});

test('a code for signing in: its owner reads it, administrators of a number of the house only that it came', limit, async () => {
  await text('Your code is 482913');
  await expect.poll(() => mails().length, soon).toBe(1);
  expect(mail.mails[0]?.mail.text).toContain('482913');
  await at.house.api('PATCH', `/dids/${numberId}`, { ownerPersonId: null });
  try {
    await text('Your code is 731955');
    await expect.poll(() => mails().length, soon).toBe(2);
    const [, second] = mail.mails;
    expect(second?.to).toEqual(['admin@example.org']);
    expect(second?.raw.toString()).not.toContain('731955');
    expect(`${second?.mail.subject} ${second?.mail.text} ${String(second?.mail.html)}`).not.toContain('731955');
    await text('Dinner is at eight');
    await expect.poll(() => mails().length, soon).toBe(3);
    expect(mail.mails[2]?.mail.text).toContain('Dinner is at eight');
  } finally {
    await at.house.api('PATCH', `/dids/${numberId}`, { ownerPersonId: at.personId });
  }
});

test('quiet hours: mails at once, and when they are over one push of all that was not read meanwhile', limit, async () => {
  await at.house.api('PATCH', `/notifications/preferences/${at.personId}`, { quietHours: always });
  await text('First in the night');
  await text('Second in the night');
  await text('Third, which is read');
  await expect.poll(() => mails().length, soon).toBe(3);
  const { items } = await at.house.api<{ items: { id: string; body: string; conversationId: string }[] }>(
    'GET',
    '/messages?direction=inbound',
  );
  const third = items.find(({ body }) => body === 'Third, which is read');
  await at.house.api('POST', `/messages/${third?.id}/read`);
  const held = await at.house.api<{ total: number }>('GET', '/notifications/deliveries?state=held');
  expect(held.total).toBe(3);
  expect(pushes()).toEqual([]);
  await at.house.api('PATCH', `/notifications/preferences/${at.personId}`, { quietHours: [] });
  await expect.poll(() => pushes().length, soon).toBe(1);
  await nothingMore();
  expect(pushes()).toHaveLength(1);
  expect(`${pushes()[0]?.title} ${pushes()[0]?.message}`).toContain('2');
});

test('do not disturb holds a push until it is off', limit, async () => {
  await at.house.api('PUT', `/dnd/persons/${at.personId}`, { isOn: true });
  await text('While nobody is to be disturbed');
  await expect.poll(() => mails().length, soon).toBe(1);
  await nothingMore();
  expect(pushes()).toEqual([]);
  await at.house.api('PUT', `/dnd/persons/${at.personId}`, { isOn: false });
  await expect.poll(() => pushes().length, soon).toBe(1);
  expect(pushes()[0]?.message).toContain('While nobody is to be disturbed');
});

test('whoever was removed is told nothing any more, and what waited for them is gone', limit, async () => {
  const { id } = await at.house.api<{ id: string }>('POST', '/users', { username: 'guest', name: 'Guest' });
  await at.house.api('POST', '/notifications/targets', { channel: 'mail', address: 'guest@example.org', personId: id });
  await at.house.api('PATCH', `/dids/${numberId}`, { ownerPersonId: id });
  mail.fault = { at: 'rcpt', does: [451, '4.7.1 Come back later'] };
  try {
    await text('For the guest');
    await waitFor('a mail that waits', 30, async () =>
      (await at.house.api<{ items: { attempts: number }[] }>('GET', `/notifications/deliveries?person=${id}`)).items[0]
        ?.attempts === 1
        ? true
        : undefined,
    );
  } finally {
    mail.fault = undefined;
    await at.house.api('PATCH', `/dids/${numberId}`, { ownerPersonId: at.personId });
  }
  await at.house.api('DELETE', `/users/${id}`);
  expect((await at.house.api<{ total: number }>('GET', '/notifications/deliveries?state=waiting')).total).toBe(0);
  await text('For Anna');
  await expect.poll(mails, soon).toEqual([expect.stringContaining('anna@example.org: ')]);
});
