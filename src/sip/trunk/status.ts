import type { RegistrationOutcome, RegistrationState } from './registration-schedule.ts';

/** What is known of a trunk; times in milliseconds since the Unix epoch. */
export type TrunkStatus = {
  /** `ready`: there is nothing to register, and nothing is known against it. */
  readonly kind:
    | 'ready'
    | 'registering'
    | 'registered'
    | 'wrong-password'
    | 'refused'
    | 'name-not-found'
    | 'certificate'
    | 'unreachable';
  /** When it became usable, or ceased to be. */
  readonly since: number;
  /** The response that refused us, and its words. */
  readonly sipStatus?: number | undefined;
  readonly reason?: string | undefined;
  readonly retryAt?: number | undefined;
};

/** A response to a request of ours; `isOurs`: the SIP engine made it, because none came. */
export type FailedResponse = { readonly status: number; readonly reason: string; readonly isOurs: boolean };

const maxReasonLength = 100;

/** What a registration that failed says of the trunk. `after credentials` were sent, a challenge says that they are wrong. */
export function kindOfFailure({ status, reason, isOurs }: FailedResponse): TrunkStatus['kind'] {
  if (isOurs) return reason === 'DNS Error' ? 'name-not-found' : 'unreachable';
  if (status === 401 || status === 407) return 'wrong-password';
  return status === 408 || status === 503 ? 'unreachable' : 'refused';
}

type Settled = {
  readonly before: TrunkStatus;
  readonly state: RegistrationState;
  readonly outcome: RegistrationOutcome;
  readonly failure: FailedResponse | undefined;
  readonly now: number;
  readonly afterSeconds: number;
};

/** The status after a REGISTER; `since` is the time at which it became registered, or ceased to be. */
export function statusAfter({ before, state, outcome, failure, now, afterSeconds }: Settled): TrunkStatus {
  // It is sent again at once, with the interval that was asked for.
  if (outcome.kind === 'too-brief' && afterSeconds === 0) return before;
  const kind = state.isRegistered ? 'registered' : kindOfFailure(failure ?? { status: 503, reason: '', isOurs: true });
  const since = (kind === 'registered') === (before.kind === 'registered') ? before.since : now;
  if (kind === 'registered') return { kind, since };
  const heard = failure === undefined || failure.isOurs ? {} : { sipStatus: failure.status, reason: printable(failure.reason) };
  return { kind, since, ...heard, retryAt: now + afterSeconds * 1000 };
}

/** Words of the provider are shown and logged. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .toWellFormed()
    .slice(0, maxReasonLength);
}
