import { afterEach, beforeEach, expect, test } from 'vitest';
import { Baresip } from '#testing/peers/baresip.ts';
import { energyAt, readWav } from '#testing/base/wav.ts';
import { TwilioEmulator } from './emulator.ts';
import { FakeWebhookServer } from './fake-webhook-server.ts';
import { rest } from './rest-caller.ts';
import { SipSide } from '#testing/twilio/sip/sip-side.ts';

// The whole emulator with real SIP and audio: REST makes the domain, webhooks drive the call, a real phone is the house.
const ours = '+15555550199';
const theirs = '+15555550100';
const domain = 'home.sip.twilio.com';
const login = { username: 'pbx', password: 'Correct-Horse-42' };
let stack: AsyncDisposableStack;
let side: SipSide;
let twilio: TwilioEmulator;
let webhookServer: FakeWebhookServer;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  twilio = stack.use(await TwilioEmulator.start({ voice: async (deps) => (side = await SipSide.start(deps)) }));
  webhookServer = stack.use(await FakeWebhookServer.start(() => twilio.authToken));
  twilio.mapOrigin('https://house.example', webhookServer.origin);
  twilio.driftNumber(ours, { voice_url: 'https://house.example/voice' });
  await makeDomain();
});
afterEach(() => stack.disposeAsync());

async function makeDomain(): Promise<void> {
  const made = async (path: string, form: Record<string, string>): Promise<string> => {
    const reply = await rest(twilio, 'POST', path, { form });
    expect(reply.status).toBeLessThan(300);
    return String(reply.json['sid']);
  };
  const voice = { VoiceUrl: 'https://house.example/out' };
  const sid = await made('/SIP/Domains.json', { DomainName: domain, SipRegistration: 'true', Secure: 'false', ...voice });
  const list = await made('/SIP/CredentialLists.json', { FriendlyName: 'house' });
  await made(`/SIP/CredentialLists/${list}/Credentials.json`, { Username: login.username, Password: login.password });
  for (const kind of ['Calls', 'Registrations']) {
    await made(`/SIP/Domains/${sid}/Auth/${kind}/CredentialListMappings.json`, { CredentialListSid: list });
  }
}

async function phone(answer: 'auto' | 'manual'): Promise<Baresip> {
  const outbound = `sip:${side.at('tcp')};transport=tcp`;
  const options = { address: '127.0.0.1', registrar: domain, outbound, transport: 'tcp' as const, toneHz: 440, answer };
  const started = stack.use(await Baresip.start({ ...login, ...options }));
  await side.trace.waitFor('out', 200);
  return started;
}

function recordingKept(): Promise<void> {
  return new Promise((resolve) => {
    webhookServer.on('/kept', () => {
      resolve();
      return '';
    });
  });
}

test('a stranger calls, the phone answers, both hear each other, the action is asked', async () => {
  const kitchen = await phone('auto');
  const sip = `sip:pbx@${domain};transport=tls?x-did=%2B15555550199`;
  webhookServer.on(
    '/voice',
    `<Response><Dial answerOnBridge="true" action="/done" record="record-from-answer" recordingStatusCallback="/kept"><Sip>${sip}</Sip></Dial></Response>`,
  );
  const done = new Promise<Readonly<Record<string, string>>>((resolve) => {
    webhookServer.on('/done', ({ fields }) => {
      resolve(fields);
      return '<Response><Hangup/></Response>';
    });
  });
  const kept = recordingKept();
  const caller = twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 700 } });
  const invite = await side.saw('out', 'INVITE');
  expect(invite.get('x-did')).toBe(ours);
  expect(invite.from?.uri).toBe(`sip:${theirs}@${domain}`);
  await side.saw('out', 'ACK');
  await kitchen.waitForEvent('CALL_ESTABLISHED');
  await caller.remoteParty.say({ kind: 'silence', seconds: 1.5 }).done;
  kitchen.hangup();
  expect(await done).toMatchObject({ DialCallStatus: 'completed', DialBridged: 'true', DialSipResponseCode: '200' });
  await caller.over;
  expect(energyAt({ sampleRate: 8000, samples: caller.remoteParty.heard() }, 440)).toBeGreaterThan(0.9);
  expect(await kitchen.heard(700)).toBeGreaterThan(0.9);
  await kept;
  const [recording] = twilio.recordings;
  expect(energyAt(readWav(recording!.wav!), 700)).toBeGreaterThan(0.2);
  expect(energyAt(readWav(recording!.wav!), 440)).toBeGreaterThan(0.2);
});

test('nobody answers: the message that is left is the tone that was spoken', async () => {
  await phone('manual');
  const sip = `sip:pbx@${domain}`;
  webhookServer.on('/voice', `<Response><Dial timeout="5" action="/done"><Sip>${sip}</Sip></Dial></Response>`);
  webhookServer.on(
    '/done',
    '<Response><Record action="/left" maxLength="2" playBeep="false" recordingStatusCallback="/kept"/></Response>',
  );
  webhookServer.on('/left', '<Response><Hangup/></Response>');
  const kept = recordingKept();
  twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 700 } });
  await side.saw('out', 'CANCEL', { limitSeconds: 25 });
  await kept;
  const [recording] = twilio.recordings;
  expect(recording?.durationMs).toBeGreaterThanOrEqual(1900);
  expect(energyAt(readWav(recording!.wav!), 700)).toBeGreaterThan(0.9);
});

test('the phone dials out by its domain and reaches somebody', async () => {
  const kitchen = await phone('auto');
  twilio.setFarPhone('+15555550123', { calls: { outcome: 'answers', say: { kind: 'tone', frequency: 600 } } });
  webhookServer.on('/out', `<Response><Dial callerId="${ours}"><Number>+15555550123</Number></Dial></Response>`);
  kitchen.dial(`sip:+15555550123@${domain}`);
  await kitchen.waitForEvent('CALL_ESTABLISHED');
  const asked = webhookServer.requestsTo('/out')[0];
  expect(asked?.fields).toMatchObject({ SipDomain: domain, SipUsername: 'pbx', SipSourceIp: '127.0.0.1' });
  const listened = twilio.voice.pstnLeg({});
  await listened.remoteParty.say({ kind: 'silence', seconds: 1.5 }).done;
  listened.hangup();
  kitchen.hangup();
  await side.saw('in', 'BYE');
  expect(await kitchen.heard(600)).toBeGreaterThan(0.9);
});
