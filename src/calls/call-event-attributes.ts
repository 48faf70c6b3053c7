import { isDeviceId } from '#base/ids.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Attributes } from '#contract/entity.ts';
import { talkSeconds } from './call.ts';
import type { CallRecord } from './call.ts';
import { otherRole } from './call-control-decision.ts';
import type { CallOccurrence, CallSnapshot } from './call-occurrences.ts';
import type { Verdict } from './verdict.ts';

/** By what names people know phones, persons and numbers. */
export type CallNames = {
  readonly device: (id: DeviceId) => string | undefined;
  readonly person: (id: PersonId) => string | undefined;
  /** In the address books that this person sees. */
  readonly number: (number: string, personId: PersonId | undefined) => string | undefined;
};

/** Who is at the other end, as the call log names them; a number that is withheld is empty. */
export function farEnd(record: CallRecord, side: 'caller' | 'callee', names: CallNames) {
  const { number, name } = record[otherRole(side)];
  const near = record[side];
  return { number, name: name || (number === '' ? '' : (names.number(number, near.personId) ?? '')) };
}

/** What was called: our number, an extension, or a number outside. */
export function calledNumber({ direction, number, callee }: CallRecord): string {
  return direction === 'inbound' ? (number ?? callee.number) : callee.number;
}

/** `phone`: which one it is about, where it is about one. */
export function callAttributes(
  { record, legs }: CallSnapshot,
  { owner, side }: Pick<CallOccurrence, 'owner' | 'side'>,
  { phone, names }: { readonly phone?: DeviceId | undefined; readonly names: CallNames },
): Attributes {
  const near = record[side];
  const deviceId = isPhone(owner) ? owner : (phone ?? near.deviceId);
  const ofPhone = legs.find((leg) => deviceId !== undefined && leg.deviceId === deviceId)?.personId;
  const personId = owner === 'exchange' || isPhone(owner) ? (ofPhone ?? near.personId) : owner;
  return {
    call_id: record.id,
    ...farEnd(record, side, names),
    direction: record.direction,
    called: calledNumber(record),
    device: (deviceId === undefined ? undefined : names.device(deviceId)) ?? '',
    person: (personId === undefined ? undefined : names.person(personId)) ?? '',
  };
}

/** Beside the others, of a call that is over. */
export function endAttributes({ answeredAt, endedAt }: CallRecord, verdict: Pick<Verdict, 'disposition'>, now: number) {
  return { verdict: verdict.disposition, seconds: talkSeconds(answeredAt ?? null, endedAt ?? now) };
}

function isPhone(owner: CallOccurrence['owner']): owner is DeviceId {
  return owner !== 'exchange' && isDeviceId(owner);
}
