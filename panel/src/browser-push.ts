// Owns notifications of this browser: finds out how it stands with them, signs it up for who is signed in, and off again.
// Called by the page of notifications, and where somebody signs out.
// Must stay true: the browser asks for the permission by a press alone; a worker or a subscription of another page of our origin, such as
// Home Assistant's own, is never touched; nothing that is kept here lets anybody reach the browser.
import { deleteNotificationTarget } from '#contract/notifications.ts';
import { getWebPush, subscribeWebPush } from '#contract/web-push.ts';
import { call } from './api.ts';
import { browserName } from './browser-name.ts';
import type { BrowserFacts, SignUp } from './browser-push-state.ts';
import { keep, kept } from './kept.ts';
import { base } from './place.ts';

const keptKey = 'gosip-browser-push';

type Policy = { readonly createScriptURL: (text: string) => string };
type PolicyMaker = { readonly createPolicy: (name: string, rules: Policy) => Policy };

/** Where Trusted Types are known, an address of a program is made by a policy of ours alone. */
const workerAddress = (() => {
  const { href } = new URL('sw.js', base);
  const { trustedTypes } = window as { readonly trustedTypes?: PolicyMaker };
  return trustedTypes?.createPolicy('gosip-worker', { createScriptURL: () => href }).createScriptURL('') ?? href;
})();

/** Never rejects: what a browser does not tell is not so. */
export async function browserFacts(): Promise<BrowserFacts> {
  const { userAgent, maxTouchPoints } = navigator;
  const canPush = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  const subscription = canPush ? await subscriptionHere().catch(() => undefined) : undefined;
  return {
    isSecure: window.isSecureContext,
    canPush,
    userAgent,
    touchPoints: maxTouchPoints,
    permission: 'Notification' in window ? Notification.permission : 'unsupported',
    subscribedKey: subscription === undefined ? undefined : keyOf(subscription),
    signUp: signUpHere(),
  };
}

/** Our own: another page of our origin may have one that reaches as far. */
async function registrationHere(): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker.getRegistration(base.href);
  return found?.scope === base.href ? found : undefined;
}

async function subscriptionHere(): Promise<PushSubscription | undefined> {
  return (await (await registrationHere())?.pushManager.getSubscription()) ?? undefined;
}

/** What it was signed up as for this person, whether or not that still holds. */
export function targetHere(personId: string): string | undefined {
  const known = signUpHere();
  return known?.personId === personId ? known.targetId : undefined;
}

/** Has the browser ask, where it has not yet. Whether it may show notifications now. */
export async function askPermission(): Promise<boolean> {
  return (await Notification.requestPermission()) === 'granted';
}

/** Where it is granted or taken away beside the page. Returns the end of it. */
export function followPermission(tell: () => void): () => void {
  const end = new AbortController();
  const follow = (status: PermissionStatus) => status.addEventListener('change', tell, { signal: end.signal });
  // Not every browser tells of it.
  navigator.permissions?.query({ name: 'notifications' }).then(follow, () => {});
  return () => end.abort();
}

/**
 * Signs this browser up; it may. `isAnew`: what it had reaches it no longer. Throws a Problem where the house does not take it, a
 * DOMException where the browser or its push service does not.
 */
export async function signUp(personId: string, isAnew = false): Promise<void> {
  const { publicKey } = await call(getWebPush);
  const registration = await navigator.serviceWorker.register(workerAddress, { updateViaCache: 'none' });
  await activated(registration);
  const { pushManager } = registration;
  const before = await pushManager.getSubscription();
  if (before !== null && (isAnew || keyOf(before) !== publicKey)) await before.unsubscribe();
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  const { endpoint = '', keys: { p256dh = '', auth = '' } = {} } = subscription.toJSON();
  const replaces = before === null || before.endpoint === endpoint ? {} : { replaces: before.endpoint };
  const name = browserName(navigator.userAgent) || 'Browser';
  const { id } = await call(subscribeWebPush, { body: { endpoint, keys: { p256dh, auth }, name, ...replaces } });
  const known = targetHere(personId);
  keep(keptKey, JSON.stringify({ targetId: id, personId } satisfies SignUp));
  // The browser lost what it had, and nobody could say what: its old target is no more.
  if (known !== undefined && known !== id) await removeTarget(known);
}

/** Nothing is shown here any more. What the house has of it is somebody else's, or is taken away already. */
export async function unsubscribe(): Promise<void> {
  await (await subscriptionHere())?.unsubscribe();
  keep(keptKey, '');
}

/** Whoever signs out leaves nobody behind who reads of their calls; somebody else's stay. Never rejects: signing out must not depend on it. */
export async function leaveNothing(personId: string | undefined): Promise<void> {
  const target = personId === undefined ? undefined : targetHere(personId);
  if (target === undefined) return;
  // Either is enough: the house does not send, or nothing takes what it sends.
  await Promise.allSettled([removeTarget(target), unsubscribe()]);
}

async function removeTarget(id: string): Promise<void> {
  await call(deleteNotificationTarget, { params: { id } }).catch(() => {});
}

/** Not `navigator.serviceWorker.ready`: that may be the worker of another page of our origin. */
async function activated({ installing, waiting, active }: ServiceWorkerRegistration): Promise<void> {
  const worker = active ?? waiting ?? installing;
  if (worker === null) return;
  await new Promise<void>((resolve) => {
    const look = () => {
      if (worker.state === 'activated' || worker.state === 'redundant') resolve();
    };
    worker.addEventListener('statechange', look);
    look();
  });
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer());
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function signUpHere(): SignUp | undefined {
  try {
    const read = JSON.parse(kept(keptKey) ?? '') as Partial<SignUp>;
    const { targetId, personId } = read;
    return typeof targetId === 'string' && typeof personId === 'string' ? { targetId, personId } : undefined;
  } catch {
    return undefined;
  }
}
