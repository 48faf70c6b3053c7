import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import twilio from 'twilio';
import { createLog } from '#base/log.ts';
import type { PublicReply } from '#contract/public-request.ts';
import { PstnHarness, ourNumber } from '#testing/harness/pstn-harness.ts';
import { VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { readTwiml } from '#testing/twilio/twiml/twiml-document.ts';
import { SelfTest } from './self-test.ts';
import { noSettings } from '#twilio/api/settings.ts';
import type { TwilioSettings } from '#twilio/api/settings.ts';
import { WebhookForm } from './webhook-form.ts';
import type { RecordingNotice } from '#voicemail/recording.ts';
import type { TranscriptNotice } from '#voicemail/voicemails.ts';
import type { IncomingMessageNotice, MessageStatusNotice } from '#messages/ports.ts';
import { Webhooks } from './webhooks.ts';

const token = '0123456789abcdef0123456789abcdef';
const accountSid = `AC${'a'.repeat(32)}`;
const callSid = `CA${'1'.repeat(32)}`;
const recordingSid = `RE${'2'.repeat(32)}`;
const messageSid = `SM${'3'.repeat(32)}`;
const publicUrl = 'https://gosip.example.org';

let harness: PstnHarness;
let mailbox: VoicemailHarness;
let settings: TwilioSettings;
let webhooks: Webhooks;
let heard: {
  recordings: RecordingNotice[];
  transcripts: TranscriptNotice[];
  messages: IncomingMessageNotice[];
  statuses: MessageStatusNotice[];
};
let failing: string | undefined;
let isReachable: boolean;
let logged: string[];

function note<Notice>(list: Notice[], name: string, notice: Notice): Promise<void> {
  if (failing === name) return Promise.reject(new Error(`${name} fails`));
  list.push(notice);
  return Promise.resolve();
}

beforeEach(() => {
  harness = new PstnHarness();
  mailbox = new VoicemailHarness({ calls: harness.pstnCalls, isInMemory: true });
  heard = { recordings: [], transcripts: [], messages: [], statuses: [] };
  failing = undefined;
  isReachable = true;
  logged = [];
  settings = {
    ...noSettings,
    accountSid,
    authToken: token,
    publicUrl,
    inbound: 'webhook',
    domain: { sid: 'SD1', name: 'home.sip.twilio.com' },
    sipAccount: { listSid: 'CL1', username: 'pbx', password: 'secret' },
  };
  build();
});
afterEach(() => mailbox[Symbol.asyncDispose]());

function build(change: Partial<ConstructorParameters<typeof Webhooks>[0]> = {}): void {
  const held = {
    get current() {
      return settings;
    },
    get signingTokens() {
      return settings.authToken === undefined ? [] : [settings.authToken];
    },
  };
  const log = createLog({ level: 'warn', destination: { write: (line: string) => void logged.push(line) } });
  webhooks = new Webhooks({
    calls: harness.pstnCalls,
    settings: held,
    log,
    clock: harness.clock,
    isReachable: () => isReachable,
    voicemail: {
      ...mailbox.room,
      answer: (personId) => {
        if (failing === 'greeting') throw new Error('greeting fails');
        const greeting = { kind: 'text', text: `Hello from ${personId} & <co>\u0000`, language: 'en-GB' } as const;
        return { ...mailbox.room.answer(personId), greeting };
      },
      recorded: async (notice) => {
        await note(heard.recordings, 'recording', notice);
        await mailbox.room.recorded(notice);
      },
      transcribed: (notice) => note(heard.transcripts, 'transcription', notice),
    },
    messages: {
      incoming: { receive: (notice) => note(heard.messages, 'message', notice) },
      outgoing: { applyStatus: (notice) => note(heard.statuses, 'status', notice) },
    },
    media: {
      publicMedia: (name) => (name === 'a'.repeat(32) ? { contentType: 'audio/x-wav', bytes: new Uint8Array([1]) } : undefined),
    },
    callerIdFor: (asked) => (asked === ourNumber.number || asked === 'pbx' ? ourNumber.number : undefined),
    selfTest: new SelfTest({ settings: held, clock: harness.clock }),
    ...change,
  });
}

type Params = Readonly<Record<string, string>>;
type Asked = { readonly signature?: string | null; readonly method?: 'GET' | 'HEAD' | 'POST'; readonly publicUrl?: string };

async function ask(path: string, params: Params = {}, asked: Asked = {}): Promise<PublicReply> {
  const { method = 'POST' } = asked;
  const target = `/api/webhooks/${path}`;
  const form = Object.entries(params);
  const right = twilio.getExpectedTwilioSignature(token, (asked.publicUrl ?? publicUrl) + target, params);
  const signature = asked.signature === undefined ? right : asked.signature;
  return await webhooks.handler({
    method,
    target,
    form,
    path: path.split('?')[0] ?? '',
    source: '203.0.113.9',
    headers: new Map(signature === null ? [] : [['x-twilio-signature', signature]]),
  });
}

/** The document, which must be one. */
async function document(path: string, params: Params = {}): Promise<string> {
  const { status, body, headers } = await ask(path, params);
  expect(status).toBe(200);
  expect(headers['Content-Type']).toBe('text/xml; charset=utf-8');
  const text = String(body);
  expect(text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?><Response/);
  expect(readTwiml(text)).toMatchObject({ kind: 'document', warnings: [] });
  return text.replace('<?xml version="1.0" encoding="UTF-8"?>', '');
}

const voice: Params = {
  AccountSid: accountSid,
  ApiVersion: '2010-04-01',
  CallSid: callSid,
  CallStatus: 'ringing',
  Direction: 'inbound',
  From: '+15555550100',
  Caller: '+15555550100',
  To: ourNumber.number,
  Called: ourNumber.number,
  FromCity: '',
  StirVerstat: 'TN-Validation-Passed-B',
  CallToken: '{"parentCallInfoToken":"eyJ"}',
  SomethingNew: 'x',
};
const dialDone: Params = {
  ...voice,
  DialCallStatus: 'no-answer',
  DialCallSid: `CA${'9'.repeat(32)}`,
  DialSipResponseCode: '480',
};
const recording: Params = {
  AccountSid: accountSid,
  CallSid: callSid,
  RecordingSid: recordingSid,
  RecordingStatus: 'completed',
  ErrorCode: '0',
  RecordingDuration: '13',
  RecordingChannels: '1',
  RecordingSource: 'RecordVerb',
  RecordingStartTime: 'Thu, 24 Aug 2023 05:02:10 +0000',
};

describe('the signature', () => {
  it('of a file that is refused leaves no name of it in the log', async () => {
    expect((await ask(`media/${'a'.repeat(32)}`, {}, { method: 'GET', signature: 'AAAA' })).status).toBe(403);
    expect(logged.join('')).toContain('refused');
    expect(logged.join('')).not.toContain('aaaaaaaa');
  });

  it('is checked on every path there is, before anything else', async () => {
    expect(webhooks.paths).toHaveLength(16);
    for (const path of [...webhooks.paths, 'nothing-there', '']) {
      for (const signature of [
        null,
        '',
        'AAAA',
        twilio.getExpectedTwilioSignature('other', `${publicUrl}/api/webhooks/${path}`, voice),
      ]) {
        const { status, body } = await ask(path, voice, { signature });
        expect([path, status]).toEqual([path, 403]);
        expect(String(body)).not.toContain('<Response');
      }
    }
    expect(harness.records()).toEqual([]);
    expect(heard).toEqual({ recordings: [], transcripts: [], messages: [], statuses: [] });
    expect(webhooks.watch.counts).toEqual({ accepted: 0, refused: 18 * 4, failed: 0 });
    // A flood of them is one line of the log.
    expect(logged).toHaveLength(1);
  });

  it('is wrong while no account or no public URL is set', async () => {
    settings = { ...settings, authToken: undefined };
    expect((await ask('voice/inbound', voice)).status).toBe(403);
    settings = { ...settings, authToken: token, publicUrl: undefined };
    expect((await ask('voice/inbound', voice)).status).toBe(403);
  });

  it('is that of a GET as well, whose fields are in the address', async () => {
    const query = new URLSearchParams(voice).toString();
    const reply = await ask(`voice/inbound?${query}`, {}, { method: 'GET' });
    expect(String(reply.body)).toContain('<Dial');
    expect((await ask(`voice/inbound?${query}`, {}, { method: 'HEAD' })).status).toBe(403);
  });

  it('that fails for our own account is a health problem until a valid one follows', async () => {
    expect(webhooks.watch.health()).toMatchObject({ status: 'ok', message: expect.stringContaining('no webhook has arrived') });
    await ask('sms/inbound', {}, { signature: null });
    expect(webhooks.watch.health().status).toBe('ok');
    await ask('sms/inbound', { AccountSid: accountSid }, { publicUrl: 'https://other.example.org' });
    expect(webhooks.watch.health()).toMatchObject({ status: 'degraded', message: expect.stringContaining('public URL') });
    await ask('sms/inbound', { AccountSid: accountSid });
    expect(webhooks.watch.health()).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('2 with an invalid signature'),
    });
  });

  it('lets a right one find nothing where there is nothing', async () => {
    expect(await ask('nothing-there')).toMatchObject({ status: 404, isTrusted: true });
  });
});

describe('a call', () => {
  it('rings the house with the number and the token in the address, and the caller hears it ring', async () => {
    const text = await document('voice/inbound', voice);
    const { token: joined, callId } = harness.pstnCalls.receive({
      callSid,
      dialled: '',
      isReachable: true,
      trunk: 'twilio',
      caller: { number: undefined, isWithheld: true, name: '', attestation: 'none', spamScore: undefined },
    });
    expect(text).toBe(
      '<Response><Dial answerOnBridge="true" ' +
        `action="${publicUrl}/api/webhooks/voice/dial-done?call=${callId}&amp;dial=0" timeout="40" callerId="+15555550100">` +
        `<Sip>sip:pbx@home.sip.twilio.com;transport=tls?x-did=%2B14165550100&amp;x-gosip-call=${joined}</Sip></Dial></Response>`,
    );
    // Asked again, as after a lost answer.
    expect(await document('voice/inbound', voice)).toBe(text);
    expect(harness.records()).toEqual(['inbound open +15555550100 → +14165550100']);
  });

  it('says secure where everything is', async () => {
    settings = { ...settings, isSecure: true };
    expect(await document('voice/inbound', voice)).toContain(';transport=tls;secure=true?x-did=');
  });

  it.each([
    ['+266696687', 'anonymous'],
    ['Anonymous', 'anonymous'],
    ['', 'anonymous'],
    ['+4930123456', '+4930123456'],
  ])('from %j shows %s', async (From, callerId) => {
    expect(await document('voice/inbound', { ...voice, From })).toContain(`callerId="${callerId}"`);
  });

  it.each<[string, Params, string]>([
    ['to a number that is not ours', { To: '+19995550000', Called: '' }, '<Reject reason="rejected"/>'],
    [
      'that is unwanted',
      {
        AddOns:
          '{"status":"successful","results":{"nomorobo_spamscore":{"status":"successful","result":{"status":"success","score":1}}}}',
      },
      '<Reject reason="rejected"/>',
    ],
    ['without To', { To: '' }, '<Dial'],
    ['to a SIP address of ours', { To: 'sip:+14165550100@home.sip.twilio.com' }, '<Dial'],
    ['without its sid', { CallSid: '' }, 'We are sorry'],
    ['with a sid that is none', { CallSid: "CA'; DROP TABLE" }, 'We are sorry'],
  ])('%s', async (_case, change, expected) => {
    expect(await document('voice/inbound', { ...voice, ...change })).toContain(expected);
  });

  it('has a document whatever a directory says the caller is called', async () => {
    const name = '<Bob & "Co">\u0000\u0007]]>\uFFFF\uD800';
    expect(await document('voice/inbound', { ...voice, CallerName: name, From: '<x>&"', AddOns: '{' })).toContain('<Dial');
  });

  it('goes to the voicemail where we cannot be reached, with greeting and limits', async () => {
    isReachable = false;
    const text = await document('voice/inbound', voice);
    expect(text).toContain('<Say language="en-GB">Hello from person_eva &amp; &lt;co&gt;</Say>');
    expect(text).toContain(`<Record action="${publicUrl}/api/webhooks/voice/record-done?call=call_`);
    expect(text).toContain('maxLength="180" timeout="10" finishOnKey="#" playBeep="true"');
    expect(text).toContain(`recordingStatusCallback="${publicUrl}/api/webhooks/recording?call=call_`);
    expect(text).toContain('recordingStatusCallbackEvent="completed absent"');
    expect(text).not.toContain('transcribe');
    // Twilio goes to the action whatever was heard, and never on to another verb.
    expect(text).toMatch(/<Record [^>]*><\/Response>$/);
  });

  it('goes to voicemail after no answer; the same request twice gets the same response', async () => {
    await document('voice/inbound', voice);
    const text = await document('voice/dial-done?call=call_x', dialDone);
    expect(text).toContain('<Record');
    expect(await document('voice/dial-done?call=call_x', dialDone)).toBe(text);
    expect(
      await document('voice/record-done', { ...voice, RecordingDuration: '13', RecordingUrl: 'https://x', Digits: '#' }),
    ).toBe('<Response><Say>Thank you. Goodbye.</Say><Hangup/></Response>');
    expect(harness.records()).toEqual(['inbound voicemail/no-answer +15555550100 → +14165550100']);
  });

  it.each<[string, Params, string, string]>([
    [
      'has been answered',
      { DialCallStatus: 'completed', DialBridged: 'true' },
      '<Response><Hangup/></Response>',
      'answered/caller-hung-up',
    ],
    [
      'was given up by the caller',
      { DialCallStatus: 'no-answer', CallStatus: 'completed' },
      '<Response/>',
      'missed/caller-cancelled',
    ],
    [
      'was given up, reported in another way',
      { DialCallStatus: 'canceled', CallStatus: 'canceled' },
      '<Response/>',
      'missed/caller-cancelled',
    ],
  ])('that %s ends', async (_case, change, expected, end) => {
    await document('voice/inbound', voice);
    expect(await document('voice/dial-done', { ...dialDone, ...change })).toBe(expected);
    expect(harness.records()).toEqual([`inbound ${end} +15555550100 → +14165550100`]);
  });

  it('is opened by whatever comes first', async () => {
    await document('voice/status', { ...voice, CallStatus: 'completed', SequenceNumber: '3' });
    await document('recording?call=call_none', recording);
    expect(harness.records()).toEqual([]);
    expect(await document('voice/dial-done', dialDone)).toContain('<Record');
    expect(harness.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    await document('recording', { ...recording, RecordingStatus: 'in-progress' });
    await document('voice/inbound', voice);
    await document('recording', { ...recording, RecordingSid: `RE${'4'.repeat(32)}` });
    expect(harness.records()).toEqual(['inbound voicemail/no-answer +15555550100 → +14165550100']);
  });

  it('says how it ended where only the number’s status callback comes', async () => {
    await document('voice/inbound', voice);
    await document('voice/status', { ...voice, CallStatus: 'completed', ParentCallSid: `CA${'5'.repeat(32)}` });
    harness.clock.advance(60_000);
    expect(harness.records()[0]).toContain('open');
    await document('voice/status', { ...voice, CallStatus: 'completed' });
    harness.clock.advance(70_000);
    expect(harness.records()).toEqual(['inbound missed/caller-cancelled +15555550100 → +14165550100']);
  });

  it('does not thank a caller who has hung up', async () => {
    expect(await document('voice/record-done', { ...voice, CallStatus: 'completed', Digits: 'hangup' })).toBe('<Response/>');
  });
});

describe('the fallback', () => {
  it('does what the first address would have done', async () => {
    expect(await document('voice/fallback', { ...voice, ErrorCode: '11200' })).toContain('<Dial');
  });

  it('does not ring twice, and does not send one who has talked to the voicemail', async () => {
    const text = await document('voice/inbound', voice);
    const leg = harness.leg(/x-gosip-call=([^<]+)</.exec(text)?.[1]);
    leg.ringRequests[0]?.listener.answered();
    harness.placed?.hungUp({ disposition: 'answered', reason: 'callee-hung-up' });
    expect(await document('voice/fallback', { ...voice, CallStatus: 'in-progress' })).toBe('<Response><Hangup/></Response>');
  });

  it('takes a message where our document was not understood, and ends after one', async () => {
    expect(await document('voice/fallback', { ...voice, ErrorCode: '12100' })).toContain('<Record');
    expect(await document('voice/fallback', voice)).toContain('Thank you');
    expect(await document('voice/fallback', { ...voice, SipDomain: 'home.sip.twilio.com' })).toContain('cannot be made');
  });
});

describe('a call of the house over the SIP Domain', () => {
  const out: Params = {
    CallSid: callSid,
    SipDomain: 'home.sip.twilio.com',
    From: 'sip:pbx@home.sip.twilio.com',
    To: 'sip:+15555550123@home.sip.twilio.com',
  };
  it.each<[string, Params, string]>([
    [
      'goes out',
      {},
      `<Dial answerOnBridge="true" callerId="${ourNumber.number}" timeout="120"><Number>+15555550123</Number></Dial>`,
    ],
    [
      'goes out with the number asked for',
      { 'SipHeader_X-Gosip-From': '%2B1', From: `sip:${ourNumber.number}@x` },
      'There is no number',
    ],
    ['for help goes out as the house dialled it', { To: 'sip:911@home.sip.twilio.com' }, '<Number>911</Number>'],
    [
      'to a crisis line goes out as the house dialled it',
      { To: 'sip:988@home.sip.twilio.com;transport=tls' },
      '<Number>988</Number>',
    ],
    ['to a name', { To: 'sip:911x@home.sip.twilio.com' }, 'This number cannot be called'],
    ['to no number', { To: 'sip:<x>@home.sip.twilio.com' }, 'This number cannot be called'],
    ['of another domain', { SipDomain: 'evil.sip.twilio.com' }, '<Reject reason="rejected"/>'],
    ['of no domain', { SipDomain: '' }, '<Reject reason="rejected"/>'],
  ])('%s', async (_case, change, expected) => {
    settings = { ...settings, outbound: 'domain' };
    expect(await document('voice/outbound', { ...out, ...change })).toContain(expected);
  });

  it.each(['trunk', 'off'] as const)('does not go out by the SIP Domain where the way is %s', async (outbound) => {
    settings = { ...settings, outbound };
    expect(await document('voice/outbound', out)).toContain('<Reject reason="rejected"/>');
  });
});

describe('a caller whom the trunk could not bring to the house', () => {
  it.each([
    ['by the number', { To: '+14165550100' }],
    ['by the address the trunk tried', { To: 'sip:+14165550100@203.0.113.9:5061', Direction: 'trunking-originating' }],
  ])('may leave a message, reported %s, and is one call however often that is requested', async (_what, change) => {
    isReachable = true;
    for (let n = 0; n < 2; n += 1) {
      const text = await document('voice/recovery', { ...voice, ...change });
      expect(text).toContain('Hello from person_eva');
      expect(text).toContain(`<Record action="${publicUrl}/api/webhooks/voice/record-done?call=call_`);
    }
    await document('recording', recording);
    expect(harness.records()).toHaveLength(1);
    expect(harness.records()[0]).toMatch(/^inbound voicemail\/(offline|unreachable) /);
  });

  it('gets no voicemail for a number that is not ours, and the apology without a CallSid', async () => {
    expect(await document('voice/recovery', { ...voice, To: '+19995550100' })).toContain('<Reject');
    expect(await document('voice/recovery', { ...voice, CallSid: '' })).toContain('We are sorry');
  });
});

describe('recordings and transcripts', () => {
  it('are handed on in the words of voicemail, and are one message of the call however often they come', async () => {
    await document('voice/inbound', voice);
    await document('voice/dial-done', dialDone);
    for (let n = 0; n < 3; n += 1) await document('recording', { ...recording, SomethingNew: String(n) });
    expect(heard.recordings[0]).toEqual({
      source: 'twilio',
      externalId: recordingSid,
      externalCallId: callSid,
      kind: 'voicemail',
      state: 'complete',
      seconds: 13,
      channels: 1,
      startedAt: Date.UTC(2023, 7, 24, 5, 2, 10),
      callId: undefined,
    });
    expect(mailbox.db.prepare('SELECT call_id, caller_number, number FROM voicemails').all()).toEqual([
      { call_id: expect.stringMatching(/^call_/), caller_number: '+15555550100', number: ourNumber.number },
    ]);
  });

  it.each<[string, Params, object | undefined]>([
    ['in-progress', {}, { kind: 'voicemail', state: 'running' }],
    ['completed', {}, { kind: 'voicemail', state: 'complete' }],
    ['completed', { RecordingSource: 'StartCallRecordingAPI' }, { kind: 'call', state: 'complete' }],
    ['completed', { RecordingSource: '' }, { kind: 'voicemail', state: 'complete' }],
    ['absent', {}, { kind: 'voicemail', state: 'silent' }],
    ['failed', {}, { state: 'lost', problem: 'Twilio could not record it' }],
    ['deleted', {}, { state: 'lost', problem: 'It was deleted at Twilio' }],
    ['something-new', {}, undefined],
  ])('%s %j', async (status, change, expected) => {
    await document('recording', { ...recording, RecordingStatus: status, ...change });
    if (expected === undefined) expect(heard.recordings).toEqual([]);
    else expect(heard.recordings).toMatchObject([expected]);
  });

  it('keep to the record by the id in the address where the sid is another', async () => {
    const text = await document('voice/inbound', voice);
    const call = /call=(call_[\w-]+)/.exec(text)?.[1] ?? '';
    await document(`recording?call=${call}`, { ...recording, CallSid: `CA${'7'.repeat(32)}` });
    await document('recording?call=call_guess', {
      ...recording,
      CallSid: `CA${'8'.repeat(32)}`,
      RecordingSid: `RE${'8'.repeat(32)}`,
    });
    const calls = mailbox.db.prepare('SELECT call_id FROM voicemails ORDER BY rowid').all();
    expect(calls).toEqual([{ call_id: call }, { call_id: null }]);
  });

  it.each<[string, Params, string]>([
    ['absent', { RecordingStatus: 'absent', RecordingDuration: '' }, 'missed/no-answer'],
    ['too short', { RecordingDuration: '2' }, 'missed/no-answer'],
    ['long enough', { RecordingDuration: '3' }, 'voicemail/no-answer'],
    ['of something else', { RecordingSource: 'DialVerb' }, 'open'],
    ['of unheard length', { RecordingDuration: 'soon' }, 'open'],
    ['without a status', { RecordingStatus: '' }, 'voicemail/no-answer'],
  ])('decide the end: %s', async (_case, change, end) => {
    await document('voice/inbound', voice);
    await document('voice/dial-done', dialDone);
    await document('recording', { ...recording, ...change });
    expect(harness.records()).toEqual([`inbound ${end} +15555550100 → +14165550100`]);
  });

  it('are nothing without their sids', async () => {
    await document('recording', { ...recording, RecordingSid: '../../etc' });
    await document('recording', { ...recording, CallSid: '' });
    await document('transcription', { RecordingSid: recordingSid });
    expect(heard.recordings).toEqual([]);
    const transcription = {
      TranscriptionSid: `TR${'6'.repeat(32)}`,
      TranscriptionStatus: 'completed',
      TranscriptionText: ' Hi ',
    };
    for (let n = 0; n < 2; n += 1)
      await document('transcription', { ...transcription, RecordingSid: recordingSid, CallSid: callSid });
    expect(heard.transcripts).toEqual([
      ...Array(2).fill({
        recording: { source: 'twilio', externalId: recordingSid, externalCallId: callSid },
        source: 'twilio',
        status: 'completed',
        text: 'Hi',
      }),
    ]);
  });
});

describe('messages', () => {
  const sms: Params = {
    MessageSid: messageSid,
    SmsSid: messageSid,
    AccountSid: accountSid,
    From: '+15555550100',
    To: ourNumber.number,
    Body: 'caffè & <b>☎</b>\u0000',
    NumSegments: '1',
    NumMedia: '0',
    SmsStatus: 'received',
  };

  it('are handed on once, also when both copies come at the same moment', async () => {
    const replies = await Promise.all([ask('sms/inbound', sms), ask('sms/fallback', sms), ask('sms/inbound', sms)]);
    expect(replies.map(({ status, body }) => [status, String(body).endsWith('<Response/>')])).toEqual([
      [200, true],
      [200, true],
      [200, true],
    ]);
    expect(heard.messages).toEqual([
      {
        messageSid,
        from: '+15555550100',
        to: ourNumber.number,
        body: 'caffè & <b>☎</b>\u0000',
        segments: 1,
        media: [],
        optOut: undefined,
      },
    ]);
  });

  it('bring their media, however many they claim', async () => {
    const media = {
      MediaUrl0: 'https://api.twilio.com/a',
      MediaContentType0: 'image/jpeg',
      MediaUrl1: 'https://api.twilio.com/b',
    };
    await ask('sms/inbound', { ...sms, ...media, NumMedia: '999999999', OptOutType: 'stop', Body: '' });
    expect(heard.messages[0]).toMatchObject({
      media: [{ url: 'https://api.twilio.com/a' }, { url: 'https://api.twilio.com/b' }],
      optOut: 'STOP',
      body: '',
    });
  });

  it('that cannot be kept make Twilio try again, and then are kept', async () => {
    failing = 'message';
    const { status, body } = await ask('sms/inbound', sms);
    expect([status, String(body).endsWith('<Response/>')]).toEqual([503, true]);
    failing = undefined;
    expect((await ask('sms/fallback', sms)).status).toBe(200);
    expect(heard.messages).toHaveLength(1);
    expect(webhooks.watch.counts.failed).toBe(1);
  });

  it('are ignored without a sid, sender or recipient', async () => {
    for (const change of [{ MessageSid: '', SmsSid: '' }, { From: '' }, { To: '' }])
      await document('sms/inbound', { ...sms, ...change });
    expect(heard.messages).toEqual([]);
  });

  it('report each state once, in any order', async () => {
    const status = { MessageSid: messageSid, From: ourNumber.number, To: '+15555550100', AccountSid: accountSid };
    for (const MessageStatus of ['delivered', 'sent', 'delivered', 'queued', 'sent'])
      await document('sms/status', { ...status, MessageStatus });
    await document('sms/status', { ...status, MessageStatus: 'undelivered', ErrorCode: '30034' });
    await document('sms/status', { ...status, MessageStatus: '' });
    expect(heard.statuses.map((one) => [one.status, one.errorCode])).toEqual([
      ['delivered', undefined],
      ['sent', undefined],
      ['queued', undefined],
      ['undelivered', 30034],
    ]);
  });
});

describe('a failure inside', () => {
  const broken = () => {
    throw new Error('inside');
  };
  const calls = {
    receive: broken,
    dialDone: broken,
    challenged: broken,
    callerGone: broken,
    progressOf: broken,
    recover: broken,
  };

  it('never reaches the caller: an apology and the voicemail', async () => {
    build({ calls, voicemail: { ...mailbox.room, messageEnded: broken } });
    for (const path of ['voice/inbound', 'voice/fallback', 'voice/recovery', 'voice/dial-done']) {
      const text = await document(path, dialDone);
      expect(text).toContain('We are sorry');
      expect(text).toContain(`<Record action="${publicUrl}/api/webhooks/voice/record-done"`);
    }
    expect(await document('voice/inbound', { ...voice, CallStatus: 'completed' })).toBe('<Response/>');
    expect(await document('voice/record-done', voice)).toBe('<Response><Hangup/></Response>');
    expect(logged.join()).toContain('Webhook failed');
    failing = 'greeting';
    build();
    isReachable = false;
    expect(await document('voice/inbound', voice)).toContain('We are sorry');
  });

  it('never makes the answer late', async () => {
    build({ messages: { incoming: { receive: () => new Promise(() => {}) }, outgoing: { applyStatus: () => {} } } });
    const answer = ask('sms/inbound', { MessageSid: messageSid, From: '+1', To: '+2' });
    await harness.clock.advanceAsync(8_000);
    expect((await answer).status).toBe(503);
    expect(harness.clock.pending).toBeGreaterThan(0);
  });

  it.each(['recording', 'transcription', 'status'])('of %s is reported, and the next try succeeds', async (name) => {
    const path = name === 'status' ? 'sms/status' : name;
    const params = { ...recording, TranscriptionSid: `TR${'6'.repeat(32)}`, MessageSid: messageSid, MessageStatus: 'sent' };
    failing = name;
    expect((await ask(path, params)).status).toBe(503);
    failing = undefined;
    expect((await ask(path, params)).status).toBe(200);
  });
});

describe('files for Twilio', () => {
  const name = 'a'.repeat(32);
  it('are there under their names alone, and nothing else is', async () => {
    expect(await ask(`media/${name}`, {}, { method: 'GET', signature: null })).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'audio/x-wav', 'Content-Disposition': 'attachment' },
      isTrusted: false,
    });
    expect(await ask(`media/${name}`, {}, { method: 'GET' })).toMatchObject({ status: 200, isTrusted: true });
    expect((await ask(`media/${name}`, {}, { method: 'GET', signature: 'wrong' })).status).toBe(403);
    for (const other of ['b'.repeat(32), 'short', '..%2F..%2Fetc', `${name}/x`]) {
      expect((await ask(`media/${other}`, {}, { method: 'GET', signature: null })).status).toBe(404);
    }
    build({ media: { publicMedia: () => Promise.reject(new Error('disk')) } });
    expect((await ask(`media/${name}`, {}, { method: 'HEAD', signature: null })).status).toBe(404);
  });
});

describe('a form', () => {
  it('reads numbers, dates and sids, and nothing that only looks like them', () => {
    const form = new WebhookForm([
      ['n', '13'],
      ['m', '-1'],
      ['f', '1.5'],
      ['big', '9'.repeat(30)],
      ['t', 'nonsense'],
      ['s', `CA${'G'.repeat(32)}`],
      ['twice', 'a'],
      ['twice', 'b'],
    ]);
    expect(['n', 'm', 'f', 'big', 'none'].map((name) => form.count(name))).toEqual([
      13,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([form.time('t'), form.sid('s', 'CA'), form.text('twice'), form.optional('none')]).toEqual([
      undefined,
      undefined,
      'a',
      undefined,
    ]);
    expect({ ...form.forSignature() }['twice']).toEqual(['a', 'b']);
  });
});
