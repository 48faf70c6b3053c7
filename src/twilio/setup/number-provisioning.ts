import type { NumberChange, TwilioAccountApi } from '#twilio/api/account-api.ts';
import type { WrittenValue, WrittenValues } from './set-up-records.ts';
import { differencesOfNumber } from './set-up-plan.ts';
import type { Difference, NumberField } from './set-up-plan.ts';
import { done, must, skipped, unchanged } from './set-up-run.ts';
import type { StepDone } from './set-up-run.ts';
import { TwilioRequestError } from '#twilio/api/twilio-http.ts';
import type { TwilioNumber } from '#twilio/api/twilio-records.ts';

type Parts = { readonly api: TwilioAccountApi; readonly written: WrittenValues; readonly accountSid: string };

const resource = 'number';

/** Writes what is wanted into a number. What was there before is kept before the request leaves. */
export async function writeNumber(
  { api, written, accountSid }: Parts,
  number: TwilioNumber,
  wanted: NumberChange,
): Promise<StepDone> {
  const differences = differencesOfNumber(number, wanted);
  if (differences.length === 0) return unchanged('It serves the house already');
  const known = written.of(accountSid).filter((one) => one.resource === resource && one.resourceSid === number.sid);
  for (const difference of differences) {
    const earlier = known.find(({ field }) => field === difference.field);
    written.put({
      ...{ accountSid, resource, resourceSid: number.sid, field: difference.field },
      before: beforeOf(difference, earlier),
      after: difference.should,
    });
  }
  const after = must(await api.updateNumber(number.sid, changeOf(differences)));
  const left = differencesOfNumber(after, wanted);
  if (left.length > 0) throw notTaken(left);
  const isMoved = differences.some(({ field, should }) => field === 'trunkSid' && should !== '');
  const warning = isMoved
    ? '. Its calls go by the trunk now: its voice address (VoiceUrl) does not count as long as it is there'
    : '';
  return done(`Set ${listOf(differences)}${warning}`);
}

/** Puts back what is still as we wrote it, and leaves alone what somebody else has changed since, and what is still `wanted`. */
export async function restoreNumber(parts: Parts, sid: string, wanted: NumberChange = {}): Promise<StepDone> {
  const { api, written } = parts;
  const values = writtenOf(parts, sid).filter(({ field }) => !(field in wanted));
  if (values.length === 0) return unchanged('Nothing of it was changed by the house');
  const fetched = await api.fetchNumber(sid);
  if (fetched.kind === 'refused' && fetched.status === 404) {
    for (const value of values) written.remove(value);
    return skipped('The account does not have this number any more');
  }
  const number = must(fetched);
  const ours = values.filter(({ field, after }) => number[field as NumberField] === after);
  const change = Object.fromEntries(ours.map(({ field, before }) => [field, before])) as NumberChange;
  if (ours.length > 0) must(await api.updateNumber(sid, change));
  for (const value of values) written.remove(value);
  const others = values.filter((value) => !ours.includes(value));
  const left = others.length === 0 ? '' : `; left alone ${listOf(others)}, which somebody else has changed since`;
  return done(`${ours.length === 0 ? 'Nothing to put back' : `Put back ${listOf(ours)}`}${left}`);
}

/** Whether we wrote something into a number that is not `wanted` any more. */
export function hasStale(parts: Omit<Parts, 'api'>, sid: string, wanted: NumberChange): boolean {
  return writtenOf(parts, sid).some(({ field }) => !(field in wanted));
}

function writtenOf({ written, accountSid }: Omit<Parts, 'api'>, sid: string): readonly WrittenValue[] {
  return written.of(accountSid).filter((one) => one.resource === resource && one.resourceSid === sid);
}

/** The sids of all numbers in which something of ours may stand. */
export function writtenNumbers({ written, accountSid }: Omit<Parts, 'api'>): readonly string[] {
  const sids = written.of(accountSid).flatMap((one) => (one.resource === resource ? [one.resourceSid] : []));
  return [...new Set(sids)];
}

/** What we wrote ourselves is not what was there before, also where a request of ours was lost on the way. */
function beforeOf({ is }: Difference, earlier: WrittenValue | undefined): string {
  if (earlier === undefined) return is;
  return is === earlier.after || is.includes('/api/webhooks/') ? earlier.before : is;
}

function changeOf(differences: readonly Difference<NumberField>[]): NumberChange {
  return Object.fromEntries(differences.map(({ field, should }) => [field, should]));
}

function listOf(fields: readonly { readonly field: string }[]): string {
  return fields.map(({ field }) => field).join(', ');
}

function notTaken(left: readonly Difference[]): TwilioRequestError {
  const message = `Twilio did not take ${listOf(left)}`;
  return new TwilioRequestError({ kind: 'refused', status: undefined, code: undefined, message, retryAfterSeconds: undefined });
}
