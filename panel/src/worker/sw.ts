// Owns what happens in a browser while the panel is closed: shows what is pushed, and does what is pressed on it.
// Called by the browser; served as sw.js beside the page, so that its scope is the panel, at whatever prefix that is.
// Must stay true: it answers no request of the panel, so that nothing of it is ever old; it shows something of every push.
import { pause } from './clock.ts';
import { houseKey, press, signUpAgain } from './house.ts';
import { Notices } from './notices.ts';
import { addressInPanel, addressToOpen, answerOf, optionsOf, payloadOf } from './push-message.ts';
import type { Kept, Options } from './push-message.ts';

declare const self: ServiceWorkerGlobalScope;

const notices = new Notices(self.registration);

/** Of a call that is over: a browser wants something on the screen when a push is dealt with, and counts those that show nothing. */
const overShownMs = 3_000;

/** With what the browser’s type does not know of yet. */
type Pressed = Notification & { readonly data: Kept; readonly actions?: Options['actions'] };

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('push', (event) => event.waitUntil(tell(event.data?.text() ?? '')));
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const notification = event.notification as Pressed;
  event.waitUntil(event.action === '' ? open(notification.data) : act(notification, event.action));
});
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)));

async function tell(text: string): Promise<void> {
  const { scope } = self.registration;
  const payload = payloadOf(text);
  await notices.show(payload.title, optionsOf(payload, scope));
  if (!payload.isOver) return;
  // Part of dealing with the push: a worker that has nothing to do is ended, and what it showed would stay.
  await pause(overShownMs);
  await notices.close(payload.tag);
}

/** A panel that is open shows it; otherwise it is opened. */
async function open(kept: Kept): Promise<void> {
  const { scope } = self.registration;
  const panels = await self.clients.matchAll({ type: 'window' });
  const panel = panels.find(({ focused }) => focused) ?? panels.find(isVisible) ?? panels[0];
  if (panel === undefined) {
    await self.clients.openWindow(addressToOpen(kept, scope));
    return;
  }
  // A browser may not let it be in front; it shows what was asked for all the same.
  await panel.focus().catch(() => {});
  await panel.navigate(addressInPanel(kept, scope));
}

function isVisible({ visibilityState }: WindowClient): boolean {
  return visibilityState === 'visible';
}

async function act({ tag, data, actions = [] }: Pressed, token: string): Promise<void> {
  const { scope } = self.registration;
  const said = await press(scope, token);
  if (said === undefined) return open(data);
  const { title = 'GoSIP' } = actions.find(({ action }) => action === token) ?? {};
  await notices.show(title, answerOf(said, { tag, data }, scope));
}

/** The browser gave up its address for another one. */
async function renew({ oldSubscription, newSubscription }: PushSubscriptionChangeEvent): Promise<void> {
  const { scope, pushManager } = self.registration;
  const applicationServerKey = oldSubscription?.options.applicationServerKey ?? (await houseKey(scope));
  if (applicationServerKey === undefined) return;
  const fresh = newSubscription ?? (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  await signUpAgain(scope, fresh, oldSubscription?.endpoint);
}
