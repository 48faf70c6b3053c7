import type { CallId, DeviceId, EscalationId, PersonId } from '#base/ids.ts';
import type { Identity } from '#contract/endpoint.ts';
import { facts } from '#contract/facts.ts';
import type { FactName, Facts } from '#contract/facts.ts';

/** What http has to look up to know whom a fact concerns. */
export type AudienceLookups = {
  /** The owner of a phone; undefined where it has none. */
  readonly ownerOfDevice: (deviceId: DeviceId) => PersonId | undefined;
  /** Whose phones the call rang or came from. */
  readonly personsOfCall: (callId: CallId) => readonly PersonId[];
  /** Whom it may ask. */
  readonly personsOfEscalation: (escalationId: EscalationId) => readonly PersonId[];
};

type AudienceIds = {
  readonly personId?: PersonId | null;
  readonly deviceId?: DeviceId | null;
  readonly callId?: CallId;
  readonly escalationId?: EscalationId;
};

/** The persons whom a fact concerns. */
export type Addressees = readonly PersonId[] | 'everybody';

/** Whom a fact concerns; every admin gets it besides. */
export function audienceOf<Name extends FactName>(name: Name, fact: Facts[Name], lookups: AudienceLookups): Addressees {
  // Which of these a payload carries is held by the type of its audience.
  const { personId, deviceId, callId, escalationId } = fact as AudienceIds;
  switch (facts[name].audience) {
    case 'person':
      return present(personId);
    case 'device':
      return present(typeof deviceId === 'string' ? lookups.ownerOfDevice(deviceId) : undefined);
    case 'call':
      return callId === undefined ? [] : lookups.personsOfCall(callId);
    case 'escalation':
      return escalationId === undefined ? [] : lookups.personsOfEscalation(escalationId);
    case 'shared':
      return personId === null && (deviceId ?? null) === null ? 'everybody' : present(personId);
    case 'admin':
      return [];
  }
}

/** Whether a fact that concerns `persons` is for this identity: an admin gets all, a user their own. */
export function isAddressedTo({ role, personId }: Identity, persons: Addressees): boolean {
  return role === 'admin' || persons === 'everybody' || (personId !== undefined && persons.includes(personId));
}

function present(personId: PersonId | null | undefined): readonly PersonId[] {
  return personId === null || personId === undefined ? [] : [personId];
}
