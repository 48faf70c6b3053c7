// Owns the diagnosis of a call: one true cause, what mends it, and what became of each phone.
// Called by diagnosis-routes.ts.
// Must stay true: pure; nothing is said that the record or the house of now does not hold.
import type { DeviceId } from '#base/ids.ts';
import type { CallLeg } from './call.ts';
import { callCases } from './diagnosis-cases.ts';
import { calledLegs, nameOf, namesWith, reasonsWith, toDiagnosis } from './diagnosis-facts.ts';
import type { CallFacts, Diagnosis, Found, PhoneShown } from './diagnosis-facts.ts';

export function diagnoseCall(facts: CallFacts): Diagnosis {
  return { ...toDiagnosis(causeOf(facts)), phones: phonesOf(facts) };
}

function causeOf(facts: CallFacts): Found {
  const { verdict } = facts.record;
  if (verdict === undefined) return { code: 'in-progress' };
  if (verdict.disposition === 'answered') return { code: 'answered', names: namesWith(facts.legs, 'answered') };
  return callCases[verdict.reason](facts);
}

function phonesOf({ legs, record }: CallFacts): readonly PhoneShown[] {
  const called = calledLegs(legs).map((leg) => ({
    deviceId: leg.deviceId,
    name: nameOf(leg),
    outcome: leg.outcome,
    rangSeconds: rangSeconds(leg),
  }));
  const inPeace = reasonsWith(record.reasons, 'dnd-device')
    .filter(({ deviceId }) => !called.some((one) => one.deviceId === deviceId))
    .map(({ deviceId, name }) => ({ deviceId: deviceId as DeviceId, name, outcome: 'dnd' as const, rangSeconds: undefined }));
  return [...called, ...inPeace];
}

function rangSeconds({ ringingAt, answeredAt, endedAt }: CallLeg): number | undefined {
  const end = answeredAt ?? endedAt;
  return ringingAt === undefined || end === undefined ? undefined : Math.max(0, Math.round((end - ringingAt) / 1000));
}
