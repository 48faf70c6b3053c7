/** How a call ended. */
export const callDispositions = ['answered', 'voicemail', 'missed', 'blocked', 'busy', 'failed', 'cancelled'] as const;
export type CallDisposition = (typeof callDispositions)[number];

type ReasonFacts = {
  /** What a call that ends for this reason may count as. */
  readonly dispositions: readonly CallDisposition[];
  /** For the log and docs/troubleshooting.md. */
  readonly sentence: string;
  /** What a caller who was never connected gets (RFC 3261 section 21). */
  readonly sipStatus: number;
};

/** The closed list: why a call ends. API, log, SIP responses and documentation all derive from it. */
export const callVerdicts = {
  'caller-hung-up': { dispositions: ['answered'], sentence: 'the caller hung up', sipStatus: 487 },
  'callee-hung-up': { dispositions: ['answered'], sentence: 'the called party hung up', sipStatus: 480 },
  'hung-up-by-house': { dispositions: ['answered', 'cancelled'], sentence: 'it was ended through the API', sipStatus: 480 },
  transferred: { dispositions: ['answered'], sentence: 'it was transferred', sipStatus: 480 },
  replaced: { dispositions: ['answered'], sentence: 'another phone took it over', sipStatus: 480 },
  'session-expired': { dispositions: ['answered'], sentence: 'a phone stopped responding', sipStatus: 480 },
  'no-answer': { dispositions: ['voicemail', 'missed'], sentence: 'it was not answered in time', sipStatus: 480 },
  declined: { dispositions: ['voicemail', 'missed'], sentence: 'it was declined', sipStatus: 603 },
  offline: { dispositions: ['voicemail', 'missed'], sentence: 'no phone is registered', sipStatus: 480 },
  unreachable: {
    dispositions: ['voicemail', 'missed', 'failed'],
    sentence: 'the phone or trunk did not respond',
    sipStatus: 480,
  },
  'no-devices': { dispositions: ['voicemail', 'missed'], sentence: 'the owner of the number has no phone', sipStatus: 480 },
  busy: { dispositions: ['voicemail', 'busy'], sentence: 'the called party is busy', sipStatus: 486 },
  'caller-cancelled': { dispositions: ['missed', 'cancelled'], sentence: 'the caller gave up', sipStatus: 487 },
  'switched-off': { dispositions: ['blocked'], sentence: 'the number is switched off for calls', sipStatus: 403 },
  spam: { dispositions: ['blocked'], sentence: 'the caller is known for spam calls', sipStatus: 403 },
  blocklist: { dispositions: ['blocked'], sentence: 'the caller is on the blocklist', sipStatus: 403 },
  'spam-list': { dispositions: ['blocked'], sentence: 'the caller is on a spam list', sipStatus: 403 },
  anonymous: {
    dispositions: ['blocked', 'voicemail', 'missed'],
    sentence: 'the caller withholds their number',
    sipStatus: 433,
  },
  dnd: { dispositions: ['voicemail', 'missed'], sentence: 'do not disturb is on', sipStatus: 480 },
  'quiet-hours': { dispositions: ['voicemail', 'missed'], sentence: 'it is quiet hours for the child’s line', sipStatus: 480 },
  'not-on-list': {
    dispositions: ['voicemail', 'missed'],
    sentence: 'the caller is not on the list of the child’s line',
    sipStatus: 480,
  },
  'by-route': { dispositions: ['voicemail', 'missed'], sentence: 'a routing rule sends it to the voicemail', sipStatus: 480 },
  'busy-by-route': { dispositions: ['busy'], sentence: 'a routing rule answers busy', sipStatus: 486 },
  'rejected-by-route': { dispositions: ['blocked'], sentence: 'a routing rule rejects it', sipStatus: 603 },
  announcement: { dispositions: ['missed'], sentence: 'a routing rule plays an announcement', sipStatus: 480 },
  challenge: { dispositions: ['blocked'], sentence: 'the caller did not press the key that they were asked for', sipStatus: 403 },
  'unknown-number': { dispositions: ['failed'], sentence: 'there is no such number', sipStatus: 404 },
  'invalid-number': { dispositions: ['failed'], sentence: 'what was dialled is not a number', sipStatus: 484 },
  'unknown-service-code': { dispositions: ['failed'], sentence: 'there is no such service code', sipStatus: 404 },
  'no-owner': { dispositions: ['failed'], sentence: 'the number has no owner', sipStatus: 404 },
  'no-trunk': { dispositions: ['failed'], sentence: 'no trunk is set up for outbound calls', sipStatus: 503 },
  'trunk-refused': { dispositions: ['failed'], sentence: 'the trunk refused the call', sipStatus: 403 },
  'calling-itself': { dispositions: ['failed'], sentence: 'a phone cannot call itself', sipStatus: 482 },
  loop: { dispositions: ['failed'], sentence: 'the call looped back', sipStatus: 482 },
  'media-refused': { dispositions: ['failed'], sentence: 'the two sides have no codec in common', sipStatus: 488 },
  'no-media': {
    dispositions: ['answered', 'failed'],
    sentence: 'the media relay is missing: rtpengine is not running, or its ports are used up',
    sipStatus: 503,
  },
  'made-room': {
    dispositions: ['answered', 'cancelled'],
    sentence: 'an emergency call needed its media ports',
    sipStatus: 503,
  },
  revoked: {
    dispositions: ['answered', 'cancelled'],
    sentence: 'its phone was switched off, deleted or given a new password',
    sipStatus: 403,
  },
  'too-long': {
    dispositions: ['answered', 'cancelled'],
    sentence: 'it lasted for as long as an outbound call may',
    sipStatus: 480,
  },
  'not-acknowledged': { dispositions: ['failed'], sentence: 'the caller never sent an ACK for the answer', sipStatus: 408 },
  'phone-error': { dispositions: ['failed'], sentence: 'the phone reported an error', sipStatus: 480 },
  redirected: {
    dispositions: ['voicemail', 'failed'],
    sentence: 'the phone forwarded it to where it may not go',
    sipStatus: 480,
  },
  'too-many-calls': { dispositions: ['failed'], sentence: 'too many calls are in progress', sipStatus: 503 },
  'not-registered-here': {
    dispositions: ['failed'],
    sentence: 'it came from outside the house, from an address where this phone is not registered',
    sipStatus: 403,
  },
  'destination-not-allowed': {
    dispositions: ['failed'],
    sentence: 'calls to this country or kind of number are not allowed',
    sipStatus: 403,
  },
  'call-not-permitted': {
    dispositions: ['failed'],
    sentence: 'this phone or its owner may not call this number',
    sipStatus: 403,
  },
  'call-not-permitted-now': {
    dispositions: ['failed'],
    sentence: 'this phone or its owner may not call outside at this time',
    sipStatus: 403,
  },
  'outgoing-limit': {
    dispositions: ['failed'],
    sentence: 'the phone or the house has as many outbound calls as it may',
    sipStatus: 486,
  },
  'minutes-used-up': {
    dispositions: ['failed'],
    sentence: 'the phone or the house has used up its minutes of outbound calls for 24 hours',
    sipStatus: 403,
  },
  'engine-lost': { dispositions: ['answered', 'failed'], sentence: 'the SIP engine was restarted', sipStatus: 503 },
  interrupted: { dispositions: ['failed'], sentence: 'GoSIP was stopped during the call', sipStatus: 503 },
  internal: { dispositions: ['voicemail', 'failed'], sentence: 'an internal error', sipStatus: 500 },
} as const satisfies Readonly<Record<string, ReasonFacts>>;

type Verdicts = typeof callVerdicts;
export type CallReason = keyof Verdicts;

/** The reasons that may come with a disposition. */
export type ReasonOf<Disposition extends CallDisposition> = {
  [Reason in CallReason]: Disposition extends Verdicts[Reason]['dispositions'][number] ? Reason : never;
}[CallReason];

/** How a call ended and why. Each call ends with exactly one. */
export type Verdict = {
  [Disposition in CallDisposition]: { readonly disposition: Disposition; readonly reason: ReasonOf<Disposition> };
}[CallDisposition];

/** Why a caller gets to the voicemail. */
export type VoicemailReason = ReasonOf<'voicemail'>;

export const callReasons = Object.keys(callVerdicts) as CallReason[];

export function isReasonOf<Disposition extends CallDisposition>(
  disposition: Disposition,
  reason: CallReason,
): reason is ReasonOf<Disposition> {
  const { dispositions }: ReasonFacts = callVerdicts[reason];
  return dispositions.includes(disposition);
}
