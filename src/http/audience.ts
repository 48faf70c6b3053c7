import type { Identity } from '#contract/endpoint.ts';
import { facts } from '#contract/facts.ts';
import type { FactName, Facts } from '#contract/facts.ts';

/** What http has to look up to know whom a fact concerns. */
export type AudienceLookups = {
  /** The owner of a phone; undefined where it has none. */
  readonly ownerOfDevice: (deviceId: string) => string | undefined;
  /** Whose phones the call rang or came from. */
  readonly personsOfCall: (callId: string) => readonly string[];
};

type AudienceIds = { readonly personId?: string | null; readonly deviceId?: string; readonly callId?: string };

/** The persons whom a fact concerns; every admin gets it besides. */
export function audienceOf<Name extends FactName>(name: Name, fact: Facts[Name], lookups: AudienceLookups): readonly string[] {
  // Which of these a payload carries is held by the type of its audience.
  const { personId, deviceId = '', callId = '' } = fact as AudienceIds;
  switch (facts[name].audience) {
    case 'person':
      return present(personId);
    case 'device':
      return present(lookups.ownerOfDevice(deviceId));
    case 'call':
      return lookups.personsOfCall(callId);
    case 'admin':
      return [];
  }
}

/** Whether a fact that concerns `persons` is for this identity: an admin gets all, a user their own. */
export function isAddressedTo({ role, personId }: Identity, persons: readonly string[]): boolean {
  return role === 'admin' || (personId !== undefined && persons.includes(personId));
}

function present(personId: string | null | undefined): readonly string[] {
  return personId === null || personId === undefined ? [] : [personId];
}
