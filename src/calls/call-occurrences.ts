import type { DeviceId, PersonId } from '#base/ids.ts';
import type { CallDisposition } from '#contract/call-verdicts.ts';
import type { CallLeg, CallRecord } from './call.ts';
import type { Verdict } from './verdict.ts';

/** A call as it is at a moment, or as it was when it ended. */
export type CallSnapshot = { readonly record: CallRecord; readonly legs: readonly CallLeg[] };

export type CallOccurrenceType =
  | 'incoming'
  | 'answered'
  | 'ended'
  | 'missed'
  | 'blocked'
  | 'voicemail'
  | 'star_code'
  | 'emergency';

/** What a call is to one owner. `side`: where it is seen from, so that the other one is who is shown. */
export type CallOccurrence = {
  readonly owner: 'exchange' | DeviceId | PersonId;
  readonly type: CallOccurrenceType;
  readonly side: 'caller' | 'callee';
};

type Party = { readonly deviceId: DeviceId | undefined; readonly personId: PersonId | undefined };

/** Somebody calls for help: the house is told before anybody answers, and so are the phone and its owner. */
export function whenCallingForHelp({ record }: CallSnapshot): readonly CallOccurrence[] {
  return [...ownersOf([record.caller]), 'exchange' as const].flatMap((owner) => to(owner, 'emergency', 'caller'));
}

/** A phone begins to ring: it is incoming to the phone, and to its owner and the house where none rang before. */
export function whenRinging({ record, legs }: CallSnapshot, deviceId: DeviceId): readonly CallOccurrence[] {
  if (isAskedFor(record)) return [];
  const rung = rungLegs(legs);
  const [ofDevice, ...again] = rung.filter((leg) => leg.deviceId === deviceId);
  if (ofDevice === undefined || again.length > 0) return [];
  const { personId } = ofDevice;
  const isFirstOfPerson = rung.filter((leg) => leg.personId === personId).length === 1;
  return [
    ...to(deviceId, 'incoming'),
    ...(isFirstOfPerson ? to(personId, 'incoming') : []),
    ...(rung.length === 1 ? to('exchange', 'incoming', houseSide(record)) : []),
  ];
}

/** Somebody answers: for every other phone that rang, and every other person, the call is over. */
export function whenAnswered({ record, legs }: CallSnapshot): readonly CallOccurrence[] {
  if (isAskedFor(record)) return [];
  const answerer = answeredLeg(legs);
  return [
    ...to('exchange', 'answered', houseSide(record)),
    ...to(answerer?.deviceId, 'answered'),
    ...to(answerer?.personId, 'answered'),
    ...ownersOf(rungLegs(legs), except(answerer, record.caller)).flatMap((owner) => to(owner, 'ended')),
  ];
}

/** The call is over: each of its sides gets one word for how, and where nobody answered each phone and person whom it rang. */
export function whenEnded({ record, legs }: CallSnapshot, verdict: Verdict): readonly CallOccurrence[] {
  if (isAskedFor(record)) return [];
  const called = verdict.disposition === 'answered' ? answeredSide(legs) : unansweredSide({ record, legs }, verdict.disposition);
  const callers = ownersOf([record.caller]);
  const others = called.filter(({ owner }) => !callers.some((caller) => caller === owner));
  const all = [...callers.flatMap((owner) => to(owner, 'ended', 'caller')), ...others];
  return [...all, ...to('exchange', houseType(record, verdict.disposition, others), houseSide(record))].map((one) =>
    verdict.reason === 'unknown-service-code' ? { ...one, type: 'star_code' } : one,
  );
}

/** A voicemail was left in the call. `mailbox`: whose; the house's where undefined. */
export function whenVoicemailLeft(legs: readonly CallLeg[], mailbox: PersonId | undefined): readonly CallOccurrence[] {
  const phones = ownersOf(rungLegs(legs).map(({ deviceId }) => ({ deviceId, personId: undefined })));
  return [...phones, mailbox, 'exchange' as const].flatMap((owner) => to(owner, 'voicemail'));
}

/** The house rings a phone because somebody asked it to dial for them: that is no call to them. */
function isAskedFor({ requestedBy, transferredFrom }: CallRecord): boolean {
  return requestedBy !== undefined && transferredFrom === undefined;
}

/** To whom it was over when somebody else answered has been told so before. */
function answeredSide(legs: readonly CallLeg[]): readonly CallOccurrence[] {
  const answerer = answeredLeg(legs);
  return ownersOf(answerer === undefined ? rungLegs(legs) : [answerer]).flatMap((owner) => to(owner, 'ended'));
}

/** Without a phone that rang, as in do not disturb, it was missed by whom it was for. */
function unansweredSide({ record, legs }: CallSnapshot, disposition: CallDisposition): readonly CallOccurrence[] {
  const type = disposition === 'blocked' ? 'blocked' : 'missed';
  const { personId } = record.callee;
  const isTold = disposition !== 'failed' && record.direction !== 'outbound';
  const parties = [...rungLegs(legs), ...(isTold ? [{ deviceId: undefined, personId }] : [])];
  return ownersOf(parties).flatMap((owner) => to(owner, type));
}

function houseType(
  { direction }: CallRecord,
  disposition: CallDisposition,
  called: readonly CallOccurrence[],
): CallOccurrenceType {
  if (disposition === 'blocked') return 'blocked';
  const isMissed = called.some(({ type }) => type === 'missed');
  const isUnanswered = disposition === 'missed' || disposition === 'voicemail' || disposition === 'busy';
  return isMissed || (direction === 'inbound' && isUnanswered) ? 'missed' : 'ended';
}

function houseSide({ direction }: CallRecord): CallOccurrence['side'] {
  return direction === 'outbound' ? 'caller' : 'callee';
}

/** A phone that answers without a sign of ringing has rung. */
function rungLegs(legs: readonly CallLeg[]): readonly CallLeg[] {
  return legs.filter(
    ({ role, deviceId, ringingAt, answeredAt }) =>
      role === 'callee' && deviceId !== undefined && (ringingAt ?? answeredAt) !== undefined,
  );
}

function answeredLeg(legs: readonly CallLeg[]): CallLeg | undefined {
  return legs.find(({ role, answeredAt }) => role === 'callee' && answeredAt !== undefined);
}

type Owner = DeviceId | PersonId;

function except(...parties: readonly (Party | undefined)[]): ReadonlySet<Owner | undefined> {
  return new Set(parties.flatMap((party) => (party === undefined ? [] : [party.deviceId, party.personId])));
}

function ownersOf(parties: readonly Party[], but: ReadonlySet<Owner | undefined> = new Set()): readonly Owner[] {
  const owners = new Set(parties.flatMap(({ deviceId, personId }) => [deviceId ?? [], personId ?? []].flat()));
  return [...owners].filter((owner) => !but.has(owner));
}

function to(
  owner: CallOccurrence['owner'] | undefined,
  type: CallOccurrenceType,
  side: CallOccurrence['side'] = 'callee',
): readonly CallOccurrence[] {
  return owner === undefined ? [] : [{ owner, type, side }];
}
