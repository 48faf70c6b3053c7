import type { Attachment, Told } from '#notify/kinds/content.ts';
import { spacedNumber } from '#numbers/spaced-number.ts';

const at = Date.parse('2026-11-30T13:03:00Z');
const link = { path: 'calls/call_1', url: 'https://gosip.example/calls/call_1' };
const caller = { name: 'Grandma', number: '+493012345678' };

/** Who reads the examples, a minute after what they tell. */
export const facts = {
  houseName: 'GoSIP',
  timeZone: 'Europe/Berlin',
  country: 'DE',
  at: at + 60_000,
  showNumber: spacedNumber,
};

export const audio: Attachment = {
  name: 'voicemail.wav',
  contentType: 'audio/wav',
  bytes: 700_000,
  open: () => Promise.reject(new Error('Nobody plays it')),
};

const missed = { kind: 'missed-call', at, caller, called: 'Home', reason: 'dnd', link } as const;
const voicemail = { kind: 'voicemail', at, caller, seconds: 67, transcript: 'Come for tea.\nCall me!', audio, link } as const;
const message = { kind: 'message', at, from: caller, to: 'Home', text: 'At six?', media: [], leftOut: 0, link } as const;
const lockout = { source: '192.0.2.7', kind: 'password', failures: 12, until: '2026-11-30T14:03:00Z' };
const alert = { kind: 'alert', about: '', values: {}, since: at, isUrgent: false, link } as const;

/** One of each thing that is told, by what it is. */
export const examples = {
  incoming: { ...missed, kind: 'incoming-call' },
  over: { ...missed, kind: 'call-over' },
  missed,
  hidden: { ...missed, caller: { name: '', number: '' }, called: '+493076543210', reason: 'no-answer' },
  voicemail,
  silent: { ...voicemail, transcript: undefined, audio: undefined, audioProblem: 'too-large' },
  transcript: { ...voicemail, kind: 'transcript', audio: undefined },
  message,
  pictures: { ...message, text: '', media: [audio], leftOut: 1 },
  code: { ...message, text: undefined },
  alert: { ...alert, alertId: 'login-locked', about: '192.0.2.7 (password)', values: lockout },
  wellAgain: { ...alert, alertId: 'trunk-down', about: 'Telekom', values: { state: 'unreachable' }, until: at + 3_000_000 },
  digest: {
    ...alert,
    alertId: 'login-locked',
    digest: { count: 37, abouts: ['192.0.2.7 (password)', 'dev_01a22e2b-7f9d-7206'] },
  },
  channel: { ...alert, alertId: 'outbox-failing', about: 'Twilio' },
  test: { kind: 'test', link },
} as const satisfies Readonly<Record<string, Told>>;
