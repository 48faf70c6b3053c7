import type { NumberChange, TwilioAccountApi } from '#twilio/api/account-api.ts';
import type { AccountChange, AccountChangeLog } from './setup-records.ts';
import { diffNumber } from './setup-plan.ts';
import type { Difference, NumberField } from './setup-plan.ts';
import { done, unwrap, skipped, unchanged } from './setup-run.ts';
import type { StepDone } from './setup-run.ts';
import { TwilioRequestError } from '#twilio/api/http.ts';
import type { TwilioNumber } from '#twilio/api/records.ts';

type Deps = { readonly api: TwilioAccountApi; readonly written: AccountChangeLog; readonly accountSid: string };

const resource = 'number';

/** Writes what is wanted into a number. What was there before is kept before the request leaves. */
export async function writeNumber(
  { api, written, accountSid }: Deps,
  number: TwilioNumber,
  wanted: NumberChange,
): Promise<StepDone> {
  const differences = diffNumber(number, wanted);
  if (differences.length === 0) return unchanged('It serves the house already');
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
    ? '. Its calls go by the trunk now: its voice address (VoiceUrl) does not count as long as it is there'
    : '';
  return done(`Set ${listOf(differences)}${warning}`);
}

/** Puts back what is still as we wrote it, and leaves alone what somebody else has changed since, and what is still `wanted`. */
export async function restoreNumber(deps: Deps, sid: string, wanted: NumberChange = {}): Promise<StepDone> {
  const { api, written } = deps;
  const values = writtenOf(deps, sid).filter(({ field }) => !(field in wanted));
  if (values.length === 0) return unchanged('Nothing of it was changed by the house');
  const fetched = await api.fetchNumber(sid);
  if (fetched.kind === 'refused' && fetched.status === 404) {
    for (const value of values) written.remove(value);
    return skipped('The account does not have this number any more');
  }
  const number = unwrap(fetched);
  const ours = values.filter(({ field, after }) => number[field as NumberField] === after);
  const change = Object.fromEntries(ours.map(({ field, before }) => [field, before])) as NumberChange;
  if (ours.length > 0) unwrap(await api.updateNumber(sid, change));
  for (const value of values) written.remove(value);
  const others = values.filter((value) => !ours.includes(value));
  const left = others.length === 0 ? '' : `; left alone ${listOf(others)}, which somebody else has changed since`;
  return done(`${ours.length === 0 ? 'Nothing to put back' : `Put back ${listOf(ours)}`}${left}`);
}

/** Whether we wrote something into a number that is not `wanted` any more. */
export function hasStale(deps: Omit<Deps, 'api'>, sid: string, wanted: NumberChange): boolean {
  return writtenOf(deps, sid).some(({ field }) => !(field in wanted));
}

function writtenOf({ written, accountSid }: Omit<Deps, 'api'>, sid: string): readonly AccountChange[] {
  return written.of(accountSid).filter((one) => one.resource === resource && one.resourceSid === sid);
}

/** The sids of all numbers in which something of ours may stand. */
export function writtenNumbers({ written, accountSid }: Omit<Deps, 'api'>): readonly string[] {
  const sids = written.of(accountSid).flatMap((one) => (one.resource === resource ? [one.resourceSid] : []));
  return [...new Set(sids)];
}

/** What we wrote ourselves is not what was there before, also where a request of ours was lost on the way. */
function beforeOf({ is }: Difference, earlier: AccountChange | undefined): string {
  if (earlier === undefined) return is;
  return is === earlier.after || is.includes('/api/webhooks/') ? earlier.before : is;
}

function changeOf(differences: readonly Difference<NumberField>[]): NumberChange {
  return Object.fromEntries(differences.map(({ field, should }) => [field, should]));
}

function listOf(fields: readonly { readonly field: string }[]): string {
  return fields.map(({ field }) => field).join(', ');
}

function notApplied(left: readonly Difference[]): TwilioRequestError {
  const message = `Twilio did not take ${listOf(left)}`;
  return new TwilioRequestError({ kind: 'refused', status: undefined, code: undefined, message, retryAfterSeconds: undefined });
}
