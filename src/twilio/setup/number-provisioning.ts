import type { TwilioNumberChange, TwilioAccountApi } from '#twilio/api/account-api.ts';
import type { AccountChange, AccountChangeLog } from './setup-records.ts';
import { diffNumber } from './setup-plan.ts';
import type { Difference, NumberField } from './setup-plan.ts';
import { done, unwrap, skipped, unchanged } from './setup-run.ts';
import type { StepDone } from './setup-run.ts';
import { TwilioRequestError } from '#twilio/api/http.ts';
import type { TwilioNumber } from '#twilio/api/records.ts';

type Deps = { readonly api: TwilioAccountApi; readonly written: AccountChangeLog; readonly accountSid: string };

const resource = 'number';

/** Writes the desired values into a number. The previous ones are stored before the request is sent. */
export async function writeNumber(
  { api, written, accountSid }: Deps,
  number: TwilioNumber,
  wanted: TwilioNumberChange,
): Promise<StepDone> {
  const differences = diffNumber(number, wanted);
  if (differences.length === 0) return unchanged('It is configured for the house already');
  const known = written.of(accountSid).filter((one) => one.resource === resource && one.resourceSid === number.sid);
  for (const difference of differences) {
    const earlier = known.find(({ field }) => field === difference.field);
    written.put({
      accountSid,
      resource,
      resourceSid: number.sid,
      field: difference.field,
      before: beforeOf(difference, earlier),
      after: difference.should,
    });
  }
  const after = unwrap(await api.updateNumber(number.sid, changeOf(differences)));
  const left = diffNumber(after, wanted);
  if (left.length > 0) throw notApplied(left);
  const isMoved = differences.some(({ field, should }) => field === 'trunkSid' && should !== '');
  const warning = isMoved
    ? '. Its calls go to the trunk now: its voice webhook (VoiceUrl) has no effect while it is on the trunk'
    : '';
  return done(`Set ${listOf(differences)}${warning}`);
}

/** Restores the values that are still as we wrote them; leaves those that were changed since, and those still `wanted`. */
export async function restoreNumber(deps: Deps, sid: string, wanted: TwilioNumberChange = {}): Promise<StepDone> {
  const { api, written } = deps;
  const values = writtenOf(deps, sid).filter(({ field }) => !(field in wanted));
  if (values.length === 0) return unchanged('The house has changed nothing');
  const fetched = await api.fetchNumber(sid);
  if (fetched.kind === 'refused' && fetched.status === 404) {
    for (const value of values) written.remove(value);
    return skipped('The account no longer has this number');
  }
  const number = unwrap(fetched);
  const ours = values.filter(({ field, after }) => number[field as NumberField] === after);
  const change = Object.fromEntries(ours.map(({ field, before }) => [field, before])) as TwilioNumberChange;
  if (ours.length > 0) unwrap(await api.updateNumber(sid, change));
  for (const value of values) written.remove(value);
  const others = values.filter((value) => !ours.includes(value));
  const left = others.length === 0 ? '' : `; left ${listOf(others)}, changed since by others`;
  return done(`${ours.length === 0 ? 'Nothing to restore' : `Restored ${listOf(ours)}`}${left}`);
}

/** Whether we wrote a value into a number that is no longer `wanted`. */
export function hasStale(deps: Omit<Deps, 'api'>, sid: string, wanted: TwilioNumberChange): boolean {
  return writtenOf(deps, sid).some(({ field }) => !(field in wanted));
}

function writtenOf({ written, accountSid }: Omit<Deps, 'api'>, sid: string): readonly AccountChange[] {
  return written.of(accountSid).filter((one) => one.resource === resource && one.resourceSid === sid);
}

/** The sids of all numbers that we may have changed. */
export function writtenNumbers({ written, accountSid }: Omit<Deps, 'api'>): readonly string[] {
  const sids = written.of(accountSid).flatMap((one) => (one.resource === resource ? [one.resourceSid] : []));
  return [...new Set(sids)];
}

/** A value that we wrote ourselves is not the previous one, also where the response to our request was lost. */
function beforeOf({ is }: Difference, earlier: AccountChange | undefined): string {
  if (earlier === undefined) return is;
  return is === earlier.after || is.includes('/api/webhooks/') ? earlier.before : is;
}

function changeOf(differences: readonly Difference<NumberField>[]): TwilioNumberChange {
  return Object.fromEntries(differences.map(({ field, should }) => [field, should]));
}

function listOf(fields: readonly { readonly field: string }[]): string {
  return fields.map(({ field }) => field).join(', ');
}

function notApplied(left: readonly Difference[]): TwilioRequestError {
  const message = `Twilio did not apply ${listOf(left)}`;
  return new TwilioRequestError({ kind: 'refused', status: undefined, code: undefined, message, retryAfterSeconds: undefined });
}
