import type { callReasons, callDispositions } from '#contract/calls.ts';

export type CallDisposition = (typeof callDispositions)[number];
export type CallReason = (typeof callReasons)[number];

/** The closed list: every way a call can end. */
export const verdicts = {
  answered: [
    'caller-hung-up',
    'callee-hung-up',
    'hung-up-by-house',
    'transferred',
    'replaced',
    'session-expired',
    'no-media',
    'made-room',
    'revoked',
    'too-long',
    'engine-lost',
  ],
  voicemail: ['no-answer', 'busy', 'declined', 'offline', 'unreachable', 'no-devices', 'redirected', 'internal'],
  missed: ['no-answer', 'declined', 'offline', 'unreachable', 'no-devices', 'caller-cancelled'],
  blocked: ['switched-off', 'spam'],
  busy: ['busy'],
  cancelled: ['caller-cancelled', 'hung-up-by-house', 'made-room', 'revoked', 'too-long'],
  failed: [
    'unknown-number',
    'invalid-number',
    'unknown-service-code',
    'no-owner',
    'no-trunk',
    'trunk-refused',
    'calling-itself',
    'loop',
    'unreachable',
    'media-refused',
    'no-media',
    'not-acknowledged',
    'phone-error',
    'redirected',
    'too-many-calls',
    'not-registered-here',
    'destination-not-allowed',
    'outgoing-limit',
    'minutes-used-up',
    'engine-lost',
    'interrupted',
    'internal',
  ],
} as const satisfies Record<CallDisposition, readonly CallReason[]>;

/** How a call ended and why. Each call ends with exactly one. */
export type Verdict = {
  [Disposition in CallDisposition]: {
    readonly disposition: Disposition;
    readonly reason: (typeof verdicts)[Disposition][number];
  };
}[CallDisposition];

const sentences: Readonly<Record<CallReason, string>> = {
  'caller-hung-up': 'the caller hung up',
  'callee-hung-up': 'the called side hung up',
  'hung-up-by-house': 'it was ended from the panel',
  transferred: 'it was transferred',
  replaced: 'another phone took it over',
  'session-expired': 'a phone did not answer any more',
  'no-answer': 'nobody answered in time',
  declined: 'the call was declined',
  offline: 'no phone is registered',
  unreachable: 'the phone or trunk did not respond',
  'no-devices': 'the owner of the number has no phone',
  busy: 'the called side is busy',
  'caller-cancelled': 'the caller gave up',
  'switched-off': 'the number is switched off for calls',
  spam: 'the number is known for unwanted calls',
  'unknown-number': 'nobody has this number',
  'invalid-number': 'the digits are no number',
  'unknown-service-code': 'there is no such service code',
  'no-owner': 'the number belongs to nobody',
  'no-trunk': 'no trunk is set up for calls outside',
  'trunk-refused': 'the trunk refused the call',
  'calling-itself': 'a phone cannot call itself',
  loop: 'the call came back to where it had been',
  'media-refused': 'the phones have no codec in common',
  'no-media': 'there was no way for its sound: rtpengine does not run, or its ports are used up',
  'made-room': 'a call for help needed its ports for sound',
  revoked: 'its phone was switched off, deleted or given a new password',
  'too-long': 'it went on for longer than a call outside may',
  'not-acknowledged': 'the caller never confirmed the answer',
  'phone-error': 'the phone reported an error',
  redirected: 'the phone sent it on to where it may not go',
  'too-many-calls': 'too many calls are going on',
  'not-registered-here': 'it came from outside, from where this phone is not registered',
  'destination-not-allowed': 'nobody has allowed calls to this country or kind of number',
  'outgoing-limit': 'the phone or the house has as many calls outside as it may',
  'minutes-used-up': 'the phone or the house has talked outside for as long as it may in a day',
  'engine-lost': 'the SIP engine was restarted',
  interrupted: 'GoSIP was stopped during the call',
  internal: 'of an internal fault',
};

/** Why, as a sentence part for the person who runs the house. */
export function explain(verdict: Verdict): string {
  return sentences[verdict.reason];
}
