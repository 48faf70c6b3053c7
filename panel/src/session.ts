// Owns who is signed in, and what the panel shows before somebody is.
import { getFirstSetup, logIn, logOut, runFirstSetup, whoAmI } from '#contract/auth.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call, callOnce, sessionState } from './api.ts';
import { clock } from './clock.ts';
import { lineBreaks } from './live.ts';
import { isIngress } from './place.ts';
import { toProblem } from './problem.ts';
import type { Problem } from './problem.ts';
import { Signal } from './signal.ts';

export type Me = EndpointReply<typeof whoAmI>;

export type Session =
  | { readonly kind: 'starting' }
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'set-up' }
  /** Home Assistant let somebody through whom the house does not, or something is broken. */
  | { readonly kind: 'no-access'; readonly problem: Problem }
  | { readonly kind: 'signed-in'; readonly me: Me };

export const session = new Signal<Session>({ kind: 'starting' });

const retryMs = 2_000;

/** Finds out who is here; goes on trying while the house does not answer. */
export async function startSession(): Promise<void> {
  try {
    session.value = { kind: 'signed-in', me: await call(whoAmI) };
    sessionState.value = 'open';
  } catch (error) {
    const problem = toProblem(error);
    if (problem.code === 'AWAY') clock.after(retryMs, () => void startSession());
    else if (problem.code === 'AUTHENTICATION_ERROR' && !isIngress) await offerSignIn();
    else session.value = { kind: 'no-access', problem };
  }
}

async function offerSignIn(): Promise<void> {
  try {
    const { isOpen } = await call(getFirstSetup);
    session.value = { kind: isOpen ? 'set-up' : 'sign-in' };
  } catch {
    clock.after(retryMs, () => void startSession());
  }
}

/** Another tab may have signed out, or somebody else in. */
lineBreaks.follow(() => void (session.value.kind === 'signed-in' && confirmMe()));

async function confirmMe(): Promise<void> {
  try {
    take(await call(whoAmI));
  } catch {
    // The line breaks again, or comes back.
  }
}

/** Throws a Problem where the house does not let them in. */
export async function signIn(given: { readonly username: string; readonly password: string }): Promise<void> {
  await callOnce(logIn, { body: given });
  await enter();
}

export async function setUp(given: Parameters<typeof call<typeof runFirstSetup>>[1]['body']): Promise<void> {
  await call(runFirstSetup, { body: given });
  await enter();
}

async function enter(): Promise<void> {
  take(await callOnce(whoAmI));
}

/** Somebody else must not see what the one before them had open. */
function take(me: Me): void {
  const before = session.value;
  if (before.kind === 'signed-in' && before.me.id !== me.id) {
    window.location.reload();
    return;
  }
  session.value = { kind: 'signed-in', me };
  sessionState.value = 'open';
}

export async function signOut(): Promise<void> {
  await call(logOut);
  window.location.reload();
}

/** Who is signed in; only where somebody is. */
export function me(): Me | undefined {
  return session.value.kind === 'signed-in' ? session.value.me : undefined;
}

export function isAdmin(): boolean {
  return me()?.role === 'admin';
}
