// Owns what is said of notifications in this browser: whether it can have them, whose they are, and what somebody can do about it.
// Called by browser-push.ts, which finds out the facts.
// Must stay true: pure, and honest: what does not work is not offered.
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import type { Target } from './notification-data.ts';

/** What this browser was signed up as, the last time. */
export type SignUp = { readonly targetId: string; readonly personId: string };

export type BrowserFacts = {
  readonly isSecure: boolean;
  /** Service worker, push and notifications. */
  readonly canPush: boolean;
  readonly userAgent: string;
  readonly touchPoints: number;
  /** Of the browser for our address; `unsupported` where it has none. */
  readonly permission: NotificationPermission | 'unsupported';
  /** The key that it is subscribed with, in base64url; undefined where it is not. */
  readonly subscribedKey: string | undefined;
  readonly signUp: SignUp | undefined;
};

export type HouseFacts = {
  readonly personId: string;
  /** Where the person is reached. */
  readonly targets: readonly Target[];
  readonly publicKey: string | null;
  readonly problem: DeliveryReason | null;
};

/** Why there is nothing to switch on. */
export type Obstacle = 'home-assistant' | 'ios' | 'insecure' | 'browser';

/**
 * `stale`: signed up, but nothing would arrive as it is: by an old key, or at an address that is no more. `removed`: its target was taken
 * away, here or elsewhere.
 */
export type PushState =
  | { readonly kind: 'unsupported'; readonly why: Obstacle }
  | { readonly kind: 'not-now'; readonly problem: DeliveryReason }
  | { readonly kind: 'denied' }
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly target: Target }
  | { readonly kind: 'stale'; readonly target: Target }
  | { readonly kind: 'removed' }
  | { readonly kind: 'somebody-else' };

export function pushState(browser: BrowserFacts, house: HouseFacts): PushState {
  const { permission, subscribedKey, signUp } = browser;
  const { personId, targets, publicKey, problem } = house;
  const why = obstacleOf(browser);
  if (why !== undefined) return { kind: 'unsupported', why };
  if (permission === 'denied') return { kind: 'denied' };
  if (signUp !== undefined && signUp.personId !== personId)
    return { kind: subscribedKey === undefined ? 'off' : 'somebody-else' };
  if (problem !== null || publicKey === null) return { kind: 'not-now', problem: problem ?? 'unexpected' };
  if (signUp === undefined) return { kind: 'off' };
  const target = targets.find(({ id }) => id === signUp.targetId);
  if (target === undefined) return { kind: subscribedKey === undefined ? 'off' : 'removed' };
  if (permission !== 'granted') return { kind: 'off' };
  const isStale = subscribedKey !== publicKey || target.problem === 'target-gone';
  return { kind: isStale ? 'stale' : 'on', target };
}

function obstacleOf({ canPush, isSecure, userAgent, touchPoints }: BrowserFacts): Obstacle | undefined {
  // Of its own app, which shows what a page cannot.
  if (/Home Assistant\//.test(userAgent)) return 'home-assistant';
  if (!isSecure) return 'insecure';
  if (canPush) return undefined;
  // An iPad calls itself a Mac; no Mac is touched.
  const isIos = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1);
  return isIos ? 'ios' : 'browser';
}
