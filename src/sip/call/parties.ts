import type { Party } from '#calls/call.ts';
import type { PlacedCall } from '#calls/ports.ts';
import type { AnsweredLeg } from './outbound-leg.ts';

/** Who calls, as the record of the call says. */
export function callerParty(call: PlacedCall | undefined): Party {
  return call?.record.caller ?? unknownParty;
}

/** Who answered on that leg: a phone of the house, else whom the record names. */
export function calleeParty({ device }: AnsweredLeg, call: PlacedCall | undefined): Party {
  if (device === undefined) return call?.record.callee ?? unknownParty;
  const { id, personId, extension, name } = device;
  return { deviceId: id, personId, number: extension, name };
}

const unknownParty: Party = { deviceId: undefined, personId: undefined, number: '', name: '' };
