// Owns what the worker asks the house while the panel is closed, by the session of whoever is signed in here.
// Called by sw.ts.
// Must stay true: none of it rejects; where the house does not answer, or wants to know who it is, somebody has to open the panel.
import { doNotificationAction } from '#contract/notifications.ts';
import { getWebPush, subscribeWebPush } from '#contract/web-push.ts';
import { browserName } from '../browser-name.ts';

type Endpoint = { readonly method: string; readonly path: string };

/** What the house answers; `status` 0: it does not. */
type Answer = { readonly status: number; readonly body: unknown };

async function ask(scope: string, { method, path }: Endpoint, body?: object): Promise<Answer> {
  try {
    const response = await fetch(new URL(`api${path}`, scope), {
      method,
      headers: { 'X-GoSIP-Request': '1', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: undefined };
  }
}

/** Does what a button stands for, and says what came of it; undefined where the panel has to be opened for it. */
export async function press(scope: string, token: string): Promise<string | undefined> {
  const { status, body } = await ask(scope, doNotificationAction, { token });
  const { message, error } = (body ?? {}) as { readonly message?: string; readonly error?: { readonly message?: string } };
  if (status === 200) return message;
  return status > 401 && status < 500 ? error?.message : undefined;
}

/** The key by which a browser subscribes, where the house says it. */
export async function houseKey(scope: string): Promise<string | undefined> {
  const { status, body } = await ask(scope, getWebPush);
  return status === 200 ? ((body as { readonly publicKey?: string | null }).publicKey ?? undefined) : undefined;
}

/** `replaces`: the address that the browser had before. Where the house does not take it, the page “Notifications” does it when it is opened. */
export async function signUpAgain(scope: string, subscription: PushSubscription, replaces: string | undefined): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  const name = browserName(navigator.userAgent) || 'Browser';
  await ask(scope, subscribeWebPush, { endpoint, keys, name, ...(replaces === undefined ? {} : { replaces }) });
}
