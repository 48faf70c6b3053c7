// Somebody whose browser has a push service: a Chromium without Google's reaches none, so the page signs up at that of the tests, and what
// that was sent is handed to the browser, which wakes the real service worker with it.
// Called by the flows of Web Push.
// Must stay true: all else is real: the permission, the worker, what it shows, asks and opens.
import type { CDPSession, Page, Worker } from 'playwright-core';
import type { PushBrowser, PushService } from '../peers/push-service.ts';
import type { PanelVisitor } from './browser.ts';

type Shown = {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly silent: boolean | null;
  readonly actions: readonly { readonly action: string; readonly title: string }[];
};

/** What a press did beside what it asked the house. */
type Went = { readonly focused: string | null; readonly opened: string | null };

/** In the page: its subscription is kept as long as the browser would keep it, and ends with the permission. */
const standIn = `(() => {
  window.permissionAsked = 0;
  if (!('PushManager' in window)) return;
  const name = 'push-of-the-test';
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => { window.permissionAsked += 1; return ask(); };
  const saved = () => JSON.parse(localStorage.getItem(name));
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0)).buffer;
  const subscription = ({ endpoint, keys, key }) => ({
    endpoint, options: { userVisibleOnly: true, applicationServerKey: bytes(key) },
    toJSON: () => ({ endpoint, expirationTime: null, keys }),
    unsubscribe: async () => { localStorage.removeItem(name); await pushSignOff(endpoint); return true; },
  });
  PushManager.prototype.getSubscription = async () => saved() && subscription(saved());
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey: key }) => {
    if (Notification.permission !== 'granted' || !userVisibleOnly) throw new DOMException('Permission denied', 'NotAllowedError');
    if (window.pushServiceIsAway) throw new DOMException('Registration failed - push service error', 'AbortError');
    const before = saved();
    if (before && before.key !== key) throw new DOMException('Another key', 'InvalidStateError');
    if (!before) localStorage.setItem(name, JSON.stringify({ ...(await pushSignUp()), key }));
    return subscription(saved());
  };
})()`;

/** In the worker: a press that no finger made may neither open a window nor bring one to the front. */
const pressable = `globalThis.went ??= { focused: null, opened: null };
  WindowClient.prototype.focus = async function () { went.focused = this.url; return this; };
  clients.openWindow = async (url) => { went.opened = String(url); return null; };`;

/** In the worker: what a test looks at waits until nothing is being shown, and what is shown until nobody looks: see notices.ts. */
const inTurn = `if (!globalThis.inTurn) {
  let last = Promise.resolve();
  globalThis.inTurn = (run) => { const turn = last.then(run); last = turn.catch(() => {}); return turn; };
  for (const name of ['showNotification', 'getNotifications']) {
    const run = registration[name].bind(registration);
    registration[name] = (...given) => inTurn(() => run(...given));
  }
}`;

export class PushVisitor {
  readonly visitor: PanelVisitor;
  /** What the push service has of this browser, the newest last. */
  readonly browsers: PushBrowser[] = [];
  /** Addresses that the browser gave up. */
  readonly signedOff: string[] = [];
  readonly #session: CDPSession;
  readonly #registrations = new Map<string, string>();

  private constructor(visitor: PanelVisitor, session: CDPSession) {
    this.visitor = visitor;
    this.#session = session;
  }

  /** From the next page that is opened on. */
  static async from(visitor: PanelVisitor, service: PushService): Promise<PushVisitor> {
    const { context, page } = visitor;
    const session = await context.newCDPSession(page);
    const one = new PushVisitor(visitor, session);
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const { scopeURL, registrationId } of registrations) one.#registrations.set(scopeURL, registrationId);
    });
    await session.send('ServiceWorker.enable');
    await context.exposeFunction('pushSignUp', () => {
      const browser = service.signUp();
      one.browsers.push(browser);
      return { endpoint: browser.endpoint, keys: browser.keys };
    });
    await context.exposeFunction('pushSignOff', (endpoint: string) => {
      one.signedOff.push(endpoint);
      service.signOff({ endpoint });
    });
    await context.addInitScript({ content: standIn });
    return one;
  }

  /** Wakes the worker with a message of the push service. */
  async deliver(scope: string, text: string): Promise<void> {
    const registrationId = this.#registrations.get(scope) ?? '';
    await this.#worker(scope).evaluate(inTurn);
    await this.#session.send('ServiceWorker.deliverPushMessage', { origin: new URL(scope).origin, registrationId, data: text });
  }

  /** What is on the screen. */
  shown(scope: string): Promise<readonly Shown[]> {
    return this.#worker(scope).evaluate<Shown[]>(`${inTurn} registration.getNotifications().then((all) =>
      all.map(({ title, body, tag, silent, actions }) => ({ title, body, tag, silent, actions: actions.map(({ action, title }) => ({ action, title })) })))`);
  }

  /** Presses a notification, or a button of it. */
  async press(scope: string, tag: string, action = ''): Promise<void> {
    const pressed = JSON.stringify({ tag, action });
    await this.#worker(scope).evaluate(`(async () => {
      ${inTurn}
      ${pressable}
      went = { focused: null, opened: null };
      const { tag, action } = ${pressed};
      const [notification] = await registration.getNotifications({ tag });
      dispatchEvent(new NotificationEvent('notificationclick', { notification, action }));
    })()`);
  }

  went(scope: string): Promise<Went> {
    return this.#worker(scope).evaluate<Went>('went');
  }

  /** The browser tells the worker that it has another address now. */
  async change(scope: string, from: string, to: PushBrowser): Promise<void> {
    const given = JSON.stringify({ from, to: { endpoint: to.endpoint, keys: to.keys } });
    await this.#worker(scope).evaluate(`(() => {
      const { from, to } = ${given};
      const event = new ExtendableEvent('pushsubscriptionchange');
      const oldSubscription = { endpoint: from, options: { applicationServerKey: new ArrayBuffer(65) } };
      const newSubscription = { endpoint: to.endpoint, toJSON: () => to };
      dispatchEvent(Object.defineProperties(event, { oldSubscription: { value: oldSubscription }, newSubscription: { value: newSubscription } }));
    })()`);
  }

  #worker(scope: string): Worker {
    const found = this.visitor.context.serviceWorkers().find((one) => one.url() === `${scope}sw.js`);
    if (found === undefined) throw new Error(`No service worker of ${scope}`);
    return found;
  }
}

/** How often the page had the browser ask. */
export function permissionAsked(page: Page): Promise<number> {
  return page.evaluate<number>('window.permissionAsked');
}
