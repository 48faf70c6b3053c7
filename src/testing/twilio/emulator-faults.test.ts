import { expect, test } from 'vitest';
import { TwilioEmulator } from './emulator.ts';
import { FakeWebhookServer } from './fake-webhook-server.ts';
import { rest, until } from './rest-caller.ts';
import { alternativeSwitches } from '#testing/twilio/base/switches.ts';
import { ours, theirs, VoiceHarness } from './voice-harness.ts';

const send = { form: { To: theirs, From: ours, Body: 'x' } };

async function silent(twilio: TwilioEmulator, path: string, form: Record<string, string>): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64')}`;
  const url = `${twilio.apiBase}/api.twilio.com/2010-04-01/Accounts/${twilio.accountSid}${path}`;
  const body = new URLSearchParams(form);
  const asked = fetch(url, { method: 'POST', headers: { authorization }, body, signal: AbortSignal.timeout(300) });
  return await asked.then(
    () => false,
    () => true,
  );
}

test.each([
  [{ name: 'rest.5xx', status: 503 }, 503, 20503],
  [{ name: 'rest.5xx', status: 502, html: true }, 502, undefined],
  [{ name: 'rest.429' }, 429, 20429],
  [{ name: 'rest.401-after-rotation' }, 401, 20003],
] as const)('fails with %o as often as told, and does nothing then', async (fault, status, code) => {
  await using twilio = await TwilioEmulator.start();
  twilio.faults.add({ ...fault, endpoint: 'messages.create', count: 2 });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const reply = await rest(twilio, 'POST', '/Messages.json', send);
    expect([reply.status, reply.json['code']]).toEqual([status, code]);
  }
  expect(twilio.messages).toEqual([]);
  expect((await rest(twilio, 'GET', '/Messages.json')).status).toBe(200);
  expect((await rest(twilio, 'POST', '/Messages.json', send)).status).toBe(201);
});

test('says how long to wait after too many requests, where told to', async () => {
  await using twilio = await TwilioEmulator.start();
  twilio.faults.add({ name: 'rest.429', retryAfterSeconds: 7, count: 1 });
  expect((await rest(twilio, 'GET', '/Balance.json')).headers.get('retry-after')).toBe('7');
  twilio.faults.add({ name: 'rest.429', count: 1 });
  expect((await rest(twilio, 'GET', '/Balance.json')).headers.get('retry-after')).toBeNull();
});

test.each([
  ['rest.timeout', false, 0],
  ['rest.timeout', true, 1],
  ['rest.reset', false, 0],
  ['rest.reset', true, 1],
] as const)('gives no answer by %s, the work done: %s', async (name, isProcessed, messages) => {
  await using twilio = await TwilioEmulator.start();
  twilio.faults.add({ name, isProcessed, count: 1, endpoint: 'messages.*' });
  expect(await silent(twilio, '/Messages.json', send.form)).toBe(true);
  expect(twilio.messages).toHaveLength(messages);
});

test('draws its faults from the seed, the same ones every time', async () => {
  const run = async (): Promise<number[]> => {
    await using twilio = await TwilioEmulator.start({ seed: 42 });
    twilio.faults.add({ name: 'rest.5xx', probability: 0.5 });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) statuses.push((await rest(twilio, 'GET', '/Balance.json')).status);
    return statuses;
  };
  const first = await run();
  expect(new Set(first)).toEqual(new Set([200, 500]));
  expect(await run()).toEqual(first);
});

type Sms = { readonly twilio: TwilioEmulator; readonly webhookServer: FakeWebhookServer } & AsyncDisposable;

async function startSmsHarness(): Promise<Sms> {
  const twilio = await TwilioEmulator.start();
  const webhookServer = await FakeWebhookServer.start(() => twilio.authToken);
  twilio.mapOrigin('https://house.example', webhookServer.origin);
  twilio.state.numberOf(ours)!['sms_url'] = 'https://house.example/sms';
  const close = async (): Promise<void> => {
    await twilio[Symbol.asyncDispose]();
    await webhookServer[Symbol.asyncDispose]();
  };
  return { twilio, webhookServer, [Symbol.asyncDispose]: close };
}

const reported = { form: { ...send.form, StatusCallback: 'https://house.example/status' } };

test('doubles, drops and delays callbacks', async () => {
  await using harness = await startSmsHarness();
  const { twilio, webhookServer } = harness;
  twilio.faults.add({ name: 'callback.duplicate', endpoint: 'message-status', count: 1 });
  await rest(twilio, 'POST', '/Messages.json', reported);
  await until(() => webhookServer.requestsTo('/status').length === 3);
  twilio.faults.add({ name: 'callback.drop', endpoint: 'message-status', count: 2 });
  await rest(twilio, 'POST', '/Messages.json', reported);
  await until(() => twilio.webhooks.filter(({ outcome }) => outcome === 'dropped').length === 2);
  expect(webhookServer.requestsTo('/status')).toHaveLength(3);
  twilio.faults.add({ name: 'callback.delay', delayMs: 50, count: 1 });
  await rest(twilio, 'POST', '/Messages.json', reported);
  await until(() => webhookServer.requestsTo('/status').length === 5);
});

test('tells the end of a message before its way there', async () => {
  await using harness = await startSmsHarness();
  const { twilio, webhookServer } = harness;
  twilio.faults.add({ name: 'callback.reorder', endpoint: 'message-status', count: 1 });
  await rest(twilio, 'POST', '/Messages.json', reported);
  await until(() => webhookServer.requestsTo('/status').length === 2);
  expect(webhookServer.requestsTo('/status').map(({ fields }) => fields['MessageStatus'])).toEqual(['delivered', 'sent']);
});

test('reports a message before its request is answered', async () => {
  await using harness = await startSmsHarness();
  const { twilio, webhookServer } = harness;
  twilio.faults.add({ name: 'callback.before-rest-response', count: 1 });
  const reply = await rest(twilio, 'POST', '/Messages.json', reported);
  expect(webhookServer.requestsTo('/status').map(({ fields }) => fields['MessageStatus'])[0]).toBe('sent');
  expect(reply.json).toMatchObject({ status: 'queued', sid: webhookServer.requestsTo('/status')[0]?.fields['MessageSid'] });
});

test('signs wrongly, with the old token, or loses its fields on the way', async () => {
  await using harness = await startSmsHarness();
  const { twilio, webhookServer } = harness;
  twilio.faults.add({ name: 'callback.badsig', endpoint: 'sms', count: 1 });
  await twilio.sendSmsFrom(theirs, ours, { body: 'x' });
  const old = twilio.authToken;
  twilio.account.promoteSecondaryToken();
  twilio.faults.add({ name: 'callback.oldtoken', endpoint: 'sms', count: 1 });
  await twilio.sendSmsFrom(theirs, ours, { body: 'x' });
  await twilio.sendSmsFrom(theirs, ours, { body: 'x' });
  expect(webhookServer.received.map(({ isSigned }) => isSigned)).toEqual([false, false, true]);
  expect(twilio.authToken).not.toBe(old);
  twilio.faults.add({ name: 'callback.http-redirect', endpoint: 'sms', count: 1 });
  await twilio.sendSmsFrom(theirs, ours, { body: 'x' });
  expect(webhookServer.received.at(-1)).toMatchObject({ method: 'GET', fields: {}, isSigned: true });
});

test('adds fields nobody knows to some requests, and signs them too', async () => {
  await using harness = await startSmsHarness();
  const { twilio, webhookServer } = harness;
  for (let message = 0; message < 20; message += 1) await twilio.sendSmsFrom(theirs, ours, { body: 'x' });
  const strange = webhookServer.received.filter(({ fields }) => Object.keys(fields).some((name) => name.startsWith('Novelty')));
  expect(strange.length).toBeGreaterThan(0);
  expect(strange.length).toBeLessThan(20);
  expect(webhookServer.received.every(({ isSigned }) => isSigned)).toBe(true);
});

test.each([
  ['sms.30007', 'undelivered', 30007],
  ['sms.30003', 'undelivered', 30003],
  ['sms.30034', 'undelivered', 30034],
] as const)('ends a message by %s', async (name, status, code) => {
  await using harness = await startSmsHarness();
  const { twilio, webhookServer } = harness;
  twilio.faults.add({ name, count: 1 });
  await rest(twilio, 'POST', '/Messages.json', reported);
  await until(() => webhookServer.requestsTo('/status').some(({ fields }) => fields['ErrorCode'] === String(code)));
  expect(twilio.messages[0]).toMatchObject({ status, errorCode: code });
});

test('refuses work for a suspended account, and shows it and the low balance', async () => {
  await using twilio = await TwilioEmulator.start();
  const disarm = twilio.faults.add({ name: 'account.suspended' });
  twilio.faults.add({ name: 'balance.low', count: 1 });
  expect((await rest(twilio, 'POST', '/Messages.json', send)).json['code']).toBe(20005);
  expect((await rest(twilio, 'GET', `/2010-04-01/Accounts/${twilio.accountSid}.json`)).json['status']).toBe('suspended');
  expect((await rest(twilio, 'GET', '/Balance.json')).json['balance']).toBe('0.07');
  disarm();
  expect((await rest(twilio, 'POST', '/Messages.json', send)).status).toBe(201);
});

test('skews its clock and lets a number drift', async () => {
  await using twilio = await TwilioEmulator.start();
  twilio.faults.add({ name: 'clock.skew', delayMs: -86_400_000 });
  const { json } = await rest(twilio, 'POST', '/Messages.json', send);
  expect(Date.parse(json['date_created'])).toBeLessThan(twilio.state.clock.now() - 80_000_000);
  twilio.faults.add({ name: 'number.url-drift', count: 1 });
  const [drifted] = (await rest(twilio, 'GET', '/IncomingPhoneNumbers.json')).json['incoming_phone_numbers'];
  expect(drifted.voice_url).toContain('demo.twilio.com');
  twilio.driftNumber(ours, { voice_url: 'https://elsewhere.example' });
  expect((await rest(twilio, 'GET', '/IncomingPhoneNumbers.json')).json['incoming_phone_numbers'][0].voice_url).toBe(
    'https://elsewhere.example',
  );
});

const voicemail =
  '<Response><Record action="/vm" maxLength="4" recordingStatusCallback="/rec" recordingStatusCallbackEvent="completed absent"';
const tone = { speak: { kind: 'tone', frequency: 440 } } as const;

test('hides, cuts and loses recordings, and never transcribes', async () => {
  await using harness = await VoiceHarness.start();
  const { twilio } = harness;
  harness.webhookServer.on('/voice', `${voicemail} transcribe="true" transcribeCallback="/text"/></Response>`);
  twilio.faults.add({ name: 'recording.404-for', delayMs: 5000, count: 1 });
  twilio.faults.add({ name: 'transcription.never', count: 1 });
  twilio.callFrom(theirs, ours, tone);
  const sid = (await harness.webhook('/rec')).fields['RecordingSid'] ?? '';
  expect((await rest(twilio, 'GET', `/Recordings/${sid}.wav`)).status).toBe(404);
  await harness.clock.advanceAsync(6000);
  expect((await rest(twilio, 'GET', `/Recordings/${sid}.wav`)).status).toBe(200);
  twilio.faults.add({ name: 'recording.truncated', count: 1 });
  twilio.callFrom(theirs, ours, tone);
  await harness.webhook('/rec', 2);
  const [whole, cut] = twilio.recordings;
  expect(cut?.wav?.length).toBeLessThan((whole?.wav?.length ?? 0) * 0.6);
  twilio.faults.add({ name: 'recording.absent', count: 1 });
  twilio.callFrom(theirs, ours, tone);
  expect((await harness.webhook('/rec', 3)).fields['RecordingStatus']).toBe('absent');
  await harness.webhook('/text');
  for (let turn = 0; turn < 50; turn += 1) await harness.clock.advanceAsync(20);
  expect(harness.webhookServer.requestsTo('/text')).toHaveLength(1);
});

test('is the other way round wherever nobody knows, when told so', async () => {
  await using harness = await VoiceHarness.start({ switches: alternativeSwitches });
  const { twilio } = harness;
  await harness.addDomain();
  harness.voice.setPhone('sip:pbx@home.sip.twilio.com', { neverAnswers: true });
  harness.webhookServer.on(
    '/voice',
    '<Response><Dial timeout="5" action="/done"><Sip>sip:pbx@home.sip.twilio.com</Sip></Dial></Response>',
  );
  harness.webhookServer.on('/done', `${voicemail}/></Response>`);
  const caller = twilio.callFrom(theirs, ours, { ...tone, stirVerstat: 'TN-Validation-Passed-A' });
  expect((await harness.webhook('/done')).fields).toMatchObject({ DialCallDuration: '0' });
  expect(harness.webhookServer.requestsTo('/voice')[0]?.isSigned).toBe(false);
  const vm = await harness.webhook('/vm');
  expect(vm.fields).not.toHaveProperty('RecordingSid');
  await harness.webhook('/rec');
  const path = new URL(vm.fields['RecordingUrl'] ?? '').pathname;
  expect((await rest(twilio, 'GET', `${path}.wav`)).status).toBe(302);
  expect((await rest(twilio, 'GET', path)).json['text']).toContain('<CallSid>');
  await harness.over(caller.callSid);
  expect(harness.webhookServer.requestsTo('/ended')[0]?.fields).not.toHaveProperty('Duration');
});

test('answers slowly, and reads a webhook that answers too late as a failure', async () => {
  await using harness = await VoiceHarness.start();
  const { twilio, clock } = harness;
  twilio.faults.add({ name: 'rest.slow', delayMs: 5000, count: 1 });
  let isAnswered = false;
  const asked = rest(twilio, 'GET', '/Balance.json').then(() => (isAnswered = true));
  await until(() => twilio.requests.length === 1);
  expect(isAnswered).toBe(false);
  await clock.advanceAsync(5000);
  await asked;
  harness.webhookServer.on('/voice', () => new Promise(() => undefined));
  twilio.callFrom(theirs, ours);
  await until(() => harness.webhookServer.requestsTo('/voice').length === 1);
  await clock.advanceAsync(15_000);
  await harness.webhook('/ended');
  expect(twilio.alerts.some((code) => code === 11200 || code === 11203)).toBe(true);
});
