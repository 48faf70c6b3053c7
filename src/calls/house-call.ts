import type { RoutingDecision, CallQuestion } from '#routing/decision.ts';
import type { CallerFacts } from '#routing/decision.ts';
import type { Party } from './call.ts';
import type { PstnCaller } from './pstn-call-decision.ts';
import type { HouseRing } from './route-call.ts';

/** A call to a number, phone or group of ours, as the one who asks what becomes of it knows it. */
export type HouseCall = Pick<HouseRing, 'called'> & {
  readonly caller: HouseCaller;
  readonly via: CallQuestion['via'];
  /** Whether the network can hand it to us. */
  readonly isReachable: boolean;
  /** Whether there are too many calls at the moment. */
  readonly isFull: boolean;
};

export type HouseCaller = Pick<CallerFacts, 'kind' | 'deviceId' | 'personId' | 'number' | 'isWithheld' | 'name' | 'spamScore'>;

/** The decision, and who calls as far as the house knows. */
export type DecidedCall = RoutingDecision & { readonly caller: Pick<CallerFacts, 'name'> };

/** Decides what becomes of a call to the house: the one way for every caller. */
export type DecideCall = (call: HouseCall) => DecidedCall;

const e164 = /^\+[1-9]\d{6,14}$/;

export function callerOfParty(party: Party, kind: CallerFacts['kind']): HouseCaller {
  const { deviceId, personId, number, name } = party;
  const isNumber = kind === 'device' || e164.test(number);
  return {
    kind,
    deviceId,
    personId,
    name,
    number: isNumber ? number : undefined,
    isWithheld: number === '',
    spamScore: undefined,
  };
}

export function callerOfNotice({ number, isWithheld, name, spamScore }: PstnCaller): HouseCaller {
  return { kind: 'outside', deviceId: undefined, personId: undefined, number, isWithheld, name, spamScore };
}
