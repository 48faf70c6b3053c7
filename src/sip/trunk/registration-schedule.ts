/** The state between two REGISTERs to a trunk. */
export type RegistrationState = { readonly expiresSeconds: number; readonly failures: number; readonly isRegistered: boolean };

export type RegistrationOutcome =
  | { readonly kind: 'registered'; readonly expiresSeconds: number }
  | { readonly kind: 'too-brief'; readonly minExpires: number | undefined }
  | { readonly kind: 'failed'; readonly status: number; readonly retryAfterSeconds: number | undefined };

/** `isUnreachable`: the trunk did not refuse us, so any message from it is a reason to register at once. */
export type NextRegistration = {
  readonly state: RegistrationState;
  readonly afterSeconds: number;
  readonly isUnreachable: boolean;
};

export const initialRegistration: RegistrationState = { expiresSeconds: 3600, failures: 0, isRegistered: false };

/** After a network outage inbound calls must work again soon. */
const maxUnreachableBackOffSeconds = 60;
const maxRefusedBackOffSeconds = 1800;
/** A longer Retry-After is cut to this: without the registration the house gets no calls. */
const maxRetryAfterSeconds = 600;
const minRefreshSeconds = 15;

/**
 * When to register next (RFC 3261 section 10.2). After a refusal (403, 404 or a second challenge) the intervals grow, so that the trunk
 * does not lock the account; an unreachable trunk is tried every minute.
 */
export function nextRegistration(state: RegistrationState, outcome: RegistrationOutcome): NextRegistration {
  switch (outcome.kind) {
    case 'registered': {
      const seconds = Math.max(1, outcome.expiresSeconds);
      // At half the lifetime, so that several attempts fit before it expires.
      const afterSeconds = Math.max(Math.min(minRefreshSeconds, seconds), Math.floor(seconds / 2));
      return { state: { ...state, failures: 0, isRegistered: true }, afterSeconds, isUnreachable: false };
    }
    case 'too-brief': {
      const wanted = outcome.minExpires ?? state.expiresSeconds * 2;
      // A 423 to the interval it asked for is an ordinary failure.
      if (wanted <= state.expiresSeconds)
        return nextRegistration(state, { kind: 'failed', status: 423, retryAfterSeconds: undefined });
      return { state: { ...state, expiresSeconds: wanted }, afterSeconds: 0, isUnreachable: false };
    }
    case 'failed': {
      const failures = state.failures + 1;
      const isRefused = [401, 403, 404, 407, 423].includes(outcome.status);
      const backOff = isRefused
        ? Math.min(maxRefusedBackOffSeconds, 60 * 3 ** state.failures)
        : Math.min(maxUnreachableBackOffSeconds, 5 * 2 ** state.failures);
      const asked = Math.min(maxRetryAfterSeconds, outcome.retryAfterSeconds ?? 0);
      const isUnreachable = !isRefused && asked === 0;
      return { state: { ...state, failures, isRegistered: false }, afterSeconds: Math.max(asked, backOff), isUnreachable };
    }
  }
}
