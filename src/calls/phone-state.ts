import type { DeviceId } from '#base/ids.ts';
import type { CallLeg, CallPhase, CallRecord } from './call.ts';

export const phoneStates = ['idle', 'ringing', 'dialing', 'in_call', 'held'] as const;
export type PhoneState = (typeof phoneStates)[number];

/** A call in progress, as far as one of its phones goes. */
type Progress = { readonly record: CallRecord; readonly phase: CallPhase; readonly legs: Iterable<CallLeg> };

/** What a phone with several calls is in: the one that its owner speaks in, rings for, dials, or holds. */
const byPrecedence: readonly PhoneState[] = ['in_call', 'ringing', 'dialing', 'held'];

export type PhoneCall<Call extends Progress> = {
  readonly state: PhoneState;
  /** The call that makes it so, and which side of it the phone is. */
  readonly of?: { readonly call: Call; readonly side: 'caller' | 'callee' };
};

export function phoneCall<Call extends Progress>(deviceId: DeviceId, calls: Iterable<Call>): PhoneCall<Call> {
  const found = [...calls].flatMap((call) => [...call.legs].flatMap((leg) => partOf(call, leg, deviceId) ?? []));
  for (const state of byPrecedence) {
    const decisive = found.find((one) => one.state === state);
    if (decisive !== undefined) return decisive;
  }
  return { state: 'idle' };
}

function partOf<Call extends Progress>(call: Call, leg: CallLeg, deviceId: DeviceId): PhoneCall<Call> | undefined {
  if (leg.deviceId !== deviceId || leg.endedAt !== undefined) return undefined;
  const { phase } = call;
  const side = leg.role;
  if (phase !== 'ringing') return leg.answeredAt === undefined ? undefined : { state: phase, of: { call, side } };
  if (side === 'caller') return { state: 'dialing', of: { call, side } };
  return leg.ringingAt === undefined ? undefined : { state: 'ringing', of: { call, side } };
}
