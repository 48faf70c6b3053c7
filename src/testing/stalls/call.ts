import { setTimeout as sleep } from 'node:timers/promises';
import type { PhoneCall, SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import type { CallKind } from './call-kinds.ts';

/** More than a phone rings (5 s here) and than anything is repeated (64·T1, 32 s). */
const callTimeoutMs = 45_000;

export type CallOutcome = {
  readonly kind: CallKind;
  readonly call: PhoneCall;
  /** What the caller was answered within the call. */
  readonly later: readonly string[];
  readonly problem: string | undefined;
};

type CallPlan = { readonly kind: CallKind; readonly dialled: string; readonly random: (below: number) => number };

/** One call from the first INVITE until it is over, as its caller sees it. */
export async function placeCall(phone: SimulatedPhone, { kind, dialled, random }: CallPlan): Promise<CallOutcome> {
  const call = phone.call(dialled);
  const later: string[] = [];
  if (kind.caller === 'cancels') {
    await cancelSoon(call, random);
    if (call.state !== 'ended' && call.state !== 'answered') phone.hangup(call).catch(() => {});
  }
  const outcome = (problem?: string): CallOutcome => ({ kind, call, later, problem });
  if (!(await eventually(() => call.state === 'answered' || call.state === 'ended'))) return outcome('no final answer');
  if (call.state === 'ended') return outcome();
  if (kind.caller === 'waits') return outcome((await eventually(() => call.state === 'ended')) ? undefined : 'never hung up');
  await sleep(random(300));
  if (kind.caller === 'offers-again') later.push(`re-INVITE: ${await phone.reInvite(call)}`);
  later.push(`BYE: ${await phone.hangup(call)}`);
  return outcome();
}

/** While the house may not have taken it in yet, or about when who is called answers. */
async function cancelSoon(call: PhoneCall, random: (below: number) => number): Promise<void> {
  if (random(3) > 0) await eventually(() => call.state !== 'calling');
  await sleep(random(400));
}

export async function eventually(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + callTimeoutMs; performance.now() < end; await sleep(20))
    if (await condition()) return true;
  return false;
}
