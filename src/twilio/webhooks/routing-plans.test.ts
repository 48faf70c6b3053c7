import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import type { FactSources } from '#calls/gather-facts.ts';
import type { Route, RouteAction } from '#routing/route.ts';
import { PstnHarness, ourNumber } from '#testing/harness/pstn-harness.ts';
import { noSettings } from '#twilio/api/settings.ts';
import { VoiceWebhooks } from './voice-webhooks.ts';
import { WebhookForm } from './webhook-form.ts';

const callSid = `CA${'1'.repeat(32)}`;
const mobile = '+14165550177';
const publicUrl = 'https://gosip.example.org';
const settings = {
  ...noSettings,
  publicUrl,
  inbound: 'webhook',
  outbound: 'domain',
  domain: { sid: 'SD1', name: 'home.sip.twilio.com' },
  sipAccount: { listSid: 'CL1', username: 'pbx', password: 'secret' },
} as const;

let harness: PstnHarness;
let voice: VoiceWebhooks;
let isReachable: boolean;

beforeEach(() => {
  isReachable = true;
  open({});
});
afterEach(() => harness[Symbol.dispose]());

function open(routing: Partial<FactSources>, db?: PstnHarness['db']): void {
  if (db === undefined) harness?.[Symbol.dispose]();
  harness = new PstnHarness({ routing, ...(db === undefined ? {} : { db, clock: harness.clock }) });
  voice = new VoiceWebhooks({
    calls: harness.pstnCalls,
    settings: () => settings,
    isReachable: () => isReachable,
    callerIdFor: () => ourNumber.number,
    log: createLog({ level: 'silent' }),
    voicemail: {
      answer: (personId) => ({
        greeting: { kind: 'text', text: `Mailbox of ${personId}`, language: '' },
        limits: { mostSeconds: 60, silenceSeconds: 5, transcribe: false },
      }),
      recorded: () => Promise.resolve(),
      messageEnded: () => {},
      transcribed: () => Promise.resolve(),
    },
  });
}

const noConditions = { times: [], callers: [], states: [] };

function rule(action: RouteAction): Partial<FactSources> {
  const route: Route = {
    id: 'route_1',
    numberId: ourNumber.id,
    name: 'Away',
    isEnabled: true,
    conditions: noConditions,
    action,
    createdAt: 0,
  };
  return { routesOf: () => [route] };
}

function form(change: Readonly<Record<string, string>> = {}): WebhookForm {
  const fields = { CallSid: callSid, CallStatus: 'ringing', From: '+15555550100', To: ourNumber.number, ...change };
  return new WebhookForm(Object.entries(fields));
}

const after = (dial: number, change: Readonly<Record<string, string>> = {}) =>
  voice.dialDone(form({ DialCallStatus: 'no-answer', ...change }), new URLSearchParams({ dial: String(dial) }));
const mailbox = { kind: 'voicemail', personId: undefined } as const;
const forward = { kind: 'forward', number: mobile, seconds: 25, isScreened: true } as const;

describe('a call that is forwarded to a mobile', () => {
  beforeEach(() => open(rule({ ...forward, then: mailbox })));

  it('rings it with the caller’s number, and the answer alone connects nobody', () => {
    const text = voice.inbound(form());
    expect(text).toMatch(
      /<Dial answerOnBridge="true" action="[^"]*dial-done\?call=call_[^"]*&amp;dial=0" timeout="25" callerId="\+15555550100">/,
    );
    expect(text).toContain(`<Number url="${publicUrl}/api/webhooks/voice/screen">${mobile}</Number>`);
    expect(voice.screen()).toContain(
      `<Gather numDigits="1" timeout="10" action="${publicUrl}/api/webhooks/voice/screened"><Say>`,
    );
    // A mailbox talks on and presses nothing: its side is hung up.
    expect(voice.screen()).toMatch(/<\/Gather><Hangup\/><\/Response>$/);
    expect(voice.screened(form({ Digits: '1' }))).toMatch(/<Response\/>$/);
    expect(voice.screened(form({ Digits: '2' }))).toContain('<Hangup/>');
  });

  it('goes on to the mailbox of the house where only the mobile’s mailbox answered', () => {
    voice.inbound(form());
    const text = after(0, { DialCallStatus: 'completed', DialBridged: 'false', DialCallDuration: '0' });
    expect(text).toContain('Mailbox of person_eva');
    expect(text).toContain('<Record');
  });

  it('is answered for as long as they talked, and gets no mailbox afterwards', () => {
    voice.inbound(form());
    harness.clock.advance(75_000);
    expect(after(0, { DialCallStatus: 'completed', DialBridged: 'true', DialCallDuration: '60' })).toContain('<Hangup/>');
    expect(harness.records()).toEqual(['inbound answered/caller-hung-up +15555550100 → +14165550100']);
    const { callId } = harness.pstnCalls.receive(notice);
    const record = harness.cdrs.get(callId);
    expect((record?.endedAt ?? 0) - (record?.answeredAt ?? 0)).toBe(60_000);
  });

  it('is not dialled a second time where the end of the call could not be told at first', () => {
    voice.inbound(form());
    harness.clock.advance(20 * 60_000);
    const done = { DialCallStatus: 'completed', DialBridged: 'true', DialCallDuration: '1190' };
    expect(voice.fallback(form({ ErrorCode: '11200', ...done }))).not.toContain('<Dial');
  });

  it('shows our number where the caller hides theirs', () => {
    expect(voice.inbound(form({ From: 'anonymous' }))).toContain(`callerId="${ourNumber.number}"`);
  });

  it('needs no way to the house', () => {
    isReachable = false;
    expect(voice.inbound(form())).toContain(mobile);
  });
});

const notice = {
  callSid,
  dialled: ourNumber.number,
  isReachable: true,
  trunk: 'twilio',
  caller: { number: '+15555550100', isWithheld: false, name: '', attestation: 'none', spamScore: undefined },
} as const;

describe('a call that nobody in the house answers', () => {
  it('is forwarded then, and ends where nobody takes it there', () => {
    open(rule({ kind: 'ring', targets: [{ kind: 'person', id: 'person_eva' }], order: 'all', seconds: 20, then: forward }));
    expect(voice.inbound(form())).toContain('timeout="30"');
    const forwarded = after(0);
    expect(forwarded).toContain(mobile);
    expect(forwarded).toContain('&amp;dial=1"');
    // The same end told twice is answered alike.
    expect(after(0)).toBe(forwarded);
    expect(harness.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    expect(after(1)).toContain('<Hangup/>');
    expect(harness.records()).toEqual(['inbound missed/no-answer +15555550100 → +14165550100']);
  });

  it('is forwarded also after a restart', () => {
    open(rule({ kind: 'ring', targets: [{ kind: 'person', id: 'person_eva' }], order: 'all', seconds: 20, then: forward }));
    voice.inbound(form());
    harness.pstnCalls.stop();
    open({}, harness.db);
    expect(after(0)).toContain(mobile);
  });
});

it('a call is decided once: its SIP leg follows the plan after a restart that has other rules', () => {
  open(rule({ kind: 'ring', targets: [{ kind: 'device', id: 'dev_20' }], order: 'all', seconds: 12, then: mailbox }));
  const { token } = harness.pstnCalls.receive(notice);
  harness.pstnCalls.stop();
  open(rule({ kind: 'reject', tone: 'busy' }), harness.db);
  const leg = harness.leg(token);
  expect(leg.ringRequests).toHaveLength(1);
  harness.clock.advance(12_000);
  expect(leg.commands).toEqual(['cancel no-answer', 'reject unreachable']);
});

describe('a caller who is asked for a key', () => {
  beforeEach(() => {
    const base = harness.sources.settings();
    open({ settings: () => ({ ...base, challenge: { digit: '4' } }) });
  });

  it('is put through once they pressed it, and no sooner', () => {
    const asked = voice.inbound(form());
    expect(asked).toMatch(
      /<Gather numDigits="1" timeout="10" action="[^"]*voice\/challenge\?call=call_[^"]*" actionOnEmptyResult="true"><Say>[^<]*press 4/,
    );
    expect(asked).not.toContain('<Dial');
    const { token } = harness.pstnCalls.receive(notice);
    expect(harness.leg(token).commands).toEqual(['reject loop']);
    expect(voice.challenge(form({ Digits: '4' }))).toContain('<Sip>');
    expect(harness.leg(token).ringRequests).toHaveLength(1);
  });

  it('rings nobody and fills no mailbox where they press nothing, as a robot does', () => {
    voice.inbound(form());
    expect(voice.challenge(form({ Digits: '' }))).toContain('press 4');
    expect(voice.challenge(form({ Digits: '1' }))).toContain('<Hangup/>');
    expect(after(0)).not.toContain('<Record');
    expect(voice.challenge(form({ Digits: '4' }))).toContain('<Hangup/>');
    expect(harness.records()).toEqual(['inbound blocked/challenge +15555550100 → +14165550100']);
  });

  it('still has to press it after a restart', () => {
    voice.inbound(form());
    voice.challenge(form({ Digits: '1' }));
    harness.pstnCalls.stop();
    const base = harness.sources.settings();
    open({ settings: () => base }, harness.db);
    expect(voice.challenge(form({ Digits: '7' }))).toContain('<Hangup/>');
  });
});

it.each<[string, RouteAction, RegExp]>([
  [
    'hears an announcement',
    { kind: 'play', text: 'We are away & well', language: 'en-GB' },
    /<Say language="en-GB">We are away &amp; well<\/Say><Hangup\/>/,
  ],
  ['hears a busy tone', { kind: 'reject', tone: 'busy' }, /<Reject reason="busy"\/>/],
  ['hears the greeting of the rule', { ...mailbox, greeting: 'Back on Monday' }, /<Say>Back on Monday<\/Say><Record/],
])('a caller %s where a rule says so', (_case, action, expected) => {
  open(rule(action));
  expect(voice.inbound(form())).toMatch(expected);
});

it('a blocked caller reaches no mailbox, however the network asks', () => {
  const entry = { entryId: 'block_1', kind: 'exact', reason: 'ads' } as const;
  const hits: string[] = [];
  open({ blocklist: { match: () => entry, hit: (id) => hits.push(id) } });
  const answers = [voice.inbound(form()), after(0), voice.fallback(form({ ErrorCode: '11200' })), voice.recovery(form())];
  expect(answers.join('')).not.toContain('<Record');
  expect(harness.records()).toEqual(['inbound blocked/blocklist +15555550100 → +14165550100']);
  expect(hits).toEqual(['block_1']);
});
