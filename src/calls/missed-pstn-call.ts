import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { OurNumber } from '#numbers/number.ts';
import type { CdrStore } from './cdr-store.ts';
import type { PstnCaller } from './pstn-call-decision.ts';
import type { PstnCallStore } from './pstn-call-store.ts';
import { callerLegOf, newPstnCallRecord, skippedLegs } from './pstn-cdr.ts';
import type { DeviceLookup } from './ports.ts';

export type MissedPstnCallDeps = {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly newToken: () => string;
  readonly events: Events<Facts>;
  readonly log: Log;
  readonly store: PstnCallStore;
  readonly cdrs: CdrStore;
  readonly byNumber: (number: string) => OurNumber | undefined;
  readonly devices: Pick<DeviceLookup, 'ofPerson'>;
};

/** A call to one of our numbers that the network has and that never reached us; times in milliseconds since the Unix epoch. */
export type MissedCall = {
  readonly callSid: string;
  readonly dialled: string;
  readonly caller: PstnCaller;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly trunk: string;
  /** It was to come over a trunk: then the network may have asked for the voicemail under another call SID. */
  readonly isByTrunk: boolean;
};

/** How far the network's clock and ours may be apart, and the network take from one to the other. */
const clockSkewMs = 30_000;

/** Writes the record of a call that came while we were down; nothing where it is known or its number is not ours. */
export function recordMissedCall(missed: MissedCall, deps: MissedPstnCallDeps): boolean {
  const { store, cdrs, byNumber, devices, newId, newToken, events, log } = deps;
  const { callSid, dialled, caller, startedAt, endedAt, trunk } = missed;
  const number = byNumber(dialled);
  if (number === undefined || store.bySid(callSid) !== undefined) return false;
  const who = { trunk, number: number.number, caller: caller.number ?? '' };
  if (missed.isByTrunk && store.isRecovered({ ...who, from: startedAt - clockSkewMs, to: endedAt + clockSkewMs })) return false;
  const verdict = { disposition: 'missed', reason: 'unreachable' } as const;
  const opening = { id: newId('call'), now: startedAt, number, dialled, caller, trunk, reasons: [] };
  const record = { ...newPstnCallRecord(opening), endedAt: Math.max(startedAt, endedAt), verdict };
  const owner = number.ownerPersonId;
  const phones = owner === undefined ? [] : devices.ofPerson(owner).filter((device) => device.enabled);
  const legs = [
    callerLegOf(record, callSid, newId('leg')),
    ...(owner === undefined ? [] : skippedLegs({ record, phones, outcome: 'unreachable', now: startedAt, newId })),
  ];
  store.transaction(() => {
    cdrs.save(record, legs);
    const plan = { kind: 'reject', tone: 'rejected', verdict } as const;
    const rest = { phase: 'over', plan, challenge: undefined, afterDials: [], caller, createdAt: startedAt } as const;
    store.save({ ...rest, callSid, callId: record.id, token: newToken() });
  });
  log.info(
    { callId: record.id, from: maskNumber(caller.number ?? '') },
    'Missed PSTN call recorded: it came while we could not be reached',
  );
  events.emit('call.ended', { callId: record.id, disposition: verdict.disposition, reason: verdict.reason });
  return true;
}
