import { AppError, spokenError } from '#base/errors.ts';
import type { Because, SpokenWords } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { DeviceId, PersonId, TokenId } from '#base/ids.ts';
import type { CallRecord } from './call.ts';
import type { CallReason } from '#contract/call-verdicts.ts';
import { refusalWords } from './spoken-words.ts';
import { explain } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** Who asks through the API. `personId`: whose calls and phones alone it may be about; undefined: an administrator, all. */
export type ControlledBy = { readonly id: PersonId | TokenId; readonly personId: PersonId | undefined };

type Role = 'caller' | 'callee';
type Sides = Pick<CallRecord, Role>;

export function otherRole(role: Role): Role {
  return role === 'caller' ? 'callee' : 'caller';
}

/** A person may see a call that only rang at their phone; it is not theirs to end or change once somebody else has answered. */
export function assertMayEnd(record: Sides & Pick<CallRecord, 'answeredAt'>, { personId }: ControlledBy): void {
  const isTheirs = [record.caller, record.callee].some((side) => side.personId === personId);
  if (personId !== undefined && record.answeredAt !== undefined && !isTheirs)
    throw new AppError('forbidden', 'The call was answered by another person’s phone', because('answered-elsewhere'));
}

type Leaving = { readonly personId: PersonId | undefined; readonly deviceId: DeviceId | undefined };

/** Which side leaves a call that is transferred: the phone that is named, or the only one that the person may transfer for. */
export function leavingRole(record: Sides, { personId, deviceId }: Leaving): Role {
  const mayLeave = (['caller', 'callee'] as const).filter((role) => {
    const side = record[role];
    return side.deviceId !== undefined && (personId === undefined || side.personId === personId);
  });
  const [first, second] = deviceId === undefined ? mayLeave : mayLeave.filter((role) => record[role].deviceId === deviceId);
  if (first === undefined) throw notTaking(deviceId);
  if (second !== undefined) throw invalid('deviceId', 'Both sides are phones of the house: name the one that leaves the call');
  return first;
}

function notTaking(deviceId: DeviceId | undefined): AppError {
  if (deviceId !== undefined) return invalid('deviceId', 'This phone takes no part in the call');
  return new AppError('conflict', 'No phone of the house takes part in the call', because('no-phone-in-call'));
}

const wrongNumbers: ReadonlySet<CallReason> = new Set([
  'unknown-number',
  'invalid-number',
  'unknown-service-code',
  'calling-itself',
]);
const temporary: ReadonlySet<CallReason> = new Set(['too-many-calls', 'no-media']);

/** Why a call that was asked for is not made. */
export function refusalError(verdict: Verdict): AppError {
  const why = `The call is not made: ${explain(verdict)}`;
  const words = refusalWords(verdict.reason, why);
  const facts = because('call-not-made', { reason: verdict.reason });
  if (wrongNumbers.has(verdict.reason)) return invalid('to', why, { ...facts, words });
  return spokenError(temporary.has(verdict.reason) ? 'unavailable' : 'conflict', words, facts);
}

type InvalidFacts = { readonly words?: SpokenWords; readonly because?: Because };

function invalid(field: string, message: string, facts: InvalidFacts = {}): AppError {
  return new AppError('invalid', 'The request is not valid', { ...facts, details: [{ field, message }] });
}
