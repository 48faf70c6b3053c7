import { setTimeout as sleep } from 'node:timers/promises';
import type { PhoneCall, SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { Kind } from './kinds.ts';

/** More than a phone rings (5 s here) and than anything is repeated (64·T1, 32 s). */
const patienceMs = 45_000;

export type Placed = {
  readonly kind: Kind;
  readonly call: PhoneCall;
  /** What the caller was answered within the call. */
  readonly later: readonly string[];
  readonly problem: string | undefined;
};

type Wanted = { readonly kind: Kind; readonly dialled: string; readonly random: (below: number) => number };

/** One call from the first INVITE until it is over, as its caller sees it. */
export async function placeCall(phone: SimulatedPhone, { kind, dialled, random }: Wanted): Promise<Placed> {
  const call = phone.call(dialled);
  const later: string[] = [];
  if (kind.caller === 'cancels') {
    await giveUpSoon(call, random);
    if (call.state !== 'ended' && call.state !== 'answered') phone.hangup(call).catch(() => {});
  }
  const placed = (problem?: string): Placed => ({ kind, call, later, problem });
  if (!(await isSo(() => call.state === 'answered' || call.state === 'ended'))) return placed('no final answer');
  if (call.state === 'ended') return placed();
  if (kind.caller === 'waits') return placed((await isSo(() => call.state === 'ended')) ? undefined : 'never hung up');
  await sleep(random(300));
  if (kind.caller === 'offers-again') later.push(`re-INVITE: ${await phone.offerAgain(call)}`);
  later.push(`BYE: ${await phone.hangup(call)}`);
  return placed();
}

/** While the house may not have taken it in yet, or about when who is called answers. */
async function giveUpSoon(call: PhoneCall, random: (below: number) => number): Promise<void> {
  if (random(3) > 0) await isSo(() => call.state !== 'calling');
  await sleep(random(400));
}

export async function isSo(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(20)) if (await condition()) return true;
  return false;
}
