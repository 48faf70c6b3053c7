import { describe, expect, it, test } from 'vitest';
import type { PersonId } from '#base/ids.ts';
import type { Identity } from '#contract/endpoint.ts';
import { factNames, facts } from '#contract/facts.ts';
import type { FactName, Facts } from '#contract/facts.ts';
import { audienceOf, isAddressedTo } from './audience.ts';

const identity = (role: 'admin' | 'user', personId: PersonId | undefined): Identity => ({
  kind: 'token',
  id: personId ?? (`token_${role}` as const),
  personId,
  role,
});
const admin = identity('admin', undefined);
const owner = identity('user', 'person_owner');
const other = identity('user', 'person_other');
const nobodys = identity('user', undefined);

const lookups = {
  ownerOfDevice: (deviceId: string) => (deviceId === 'dev_owned' ? 'person_owner' : undefined),
  personsOfCall: (callId: string) => (callId === 'call_owned' ? (['person_owner', 'person_third'] as const) : []),
  personsOfEscalation: (id: string) => (id === 'esc_owned' ? (['person_owner'] as const) : []),
};

/** Ids of every kind: the audience of a fact decides which one counts. */
const owned = { personId: 'person_owner', deviceId: 'dev_owned', callId: 'call_owned', escalationId: 'esc_owned' };
const unowned = { personId: null, deviceId: 'dev_unowned', callId: 'call_unowned', escalationId: 'esc_unowned' };

function hears(name: FactName, ids: object): Record<string, boolean> {
  const persons = audienceOf(name, ids as Facts[FactName], lookups);
  const all = { admin, owner, other, nobodys };
  return Object.fromEntries(Object.entries(all).map(([who, one]) => [who, isAddressedTo(one, persons)]));
}

const expected: Readonly<Record<FactName, 'admins and its owner' | 'admins'>> = {
  'device.created': 'admins and its owner',
  'device.changed': 'admins and its owner',
  'device.deleted': 'admins and its owner',
  'device.registered': 'admins and its owner',
  'device.unregistered': 'admins and its owner',
  'device.revoked': 'admins and its owner',
  'device.refused': 'admins and its owner',
  'device.responding': 'admins and its owner',
  'device.unknown': 'admins',
  'twilio.changed': 'admins',
  'test-call.changed': 'admins and its owner',
  'call.started': 'admins and its owner',
  'call.changed': 'admins and its owner',
  'leg.changed': 'admins and its owner',
  'call.answered': 'admins and its owner',
  'call.ended': 'admins and its owner',
  'outgoing.refused': 'admins and its owner',
  'outbox.failing': 'admins',
  'outbox.recovered': 'admins',
  'voicemail.left': 'admins and its owner',
  'voicemail.transcribed': 'admins and its owner',
  'voicemail.heard': 'admins and its owner',
  'voicemail.changed': 'admins and its owner',
  'voicemail.deleted': 'admins and its owner',
  'message.received': 'admins and its owner',
  'message.changed': 'admins and its owner',
  'auto-replies.changed': 'admins and its owner',
  'recording.changed': 'admins and its owner',
  'recording.suspended': 'admins',
  'recording.resumed': 'admins',
  'dnd.changed': 'admins and its owner',
  'child-line.changed': 'admins',
  'call-approval.changed': 'admins and its owner',
  'person.created': 'admins and its owner',
  'person.changed': 'admins and its owner',
  'person.deleted': 'admins and its owner',
  'escalation.started': 'admins and its owner',
  'escalation.changed': 'admins and its owner',
  'escalation.taken': 'admins and its owner',
  'escalation.exhausted': 'admins and its owner',
  'escalation.cancelled': 'admins and its owner',
  'escalation.stood-down': 'admins and its owner',
  'storage.failed': 'admins',
  'alerts.changed': 'admins',
  'storage.recovered': 'admins',
  'device.brute-forced': 'admins',
  'login.locked': 'admins',
  'login.unlocked': 'admins',
  'contact.created': 'admins and its owner',
  'contact.changed': 'admins and its owner',
  'contact.deleted': 'admins and its owner',
  'contacts.imported': 'admins and its owner',
  'blocklist-entry.created': 'admins and its owner',
  'blocklist-entry.changed': 'admins and its owner',
  'blocklist-entry.deleted': 'admins and its owner',
  'blocklist.imported': 'admins and its owner',
  'spam-list.created': 'admins',
  'spam-list.changed': 'admins',
  'address-book.changed': 'admins',
  'spam-list.deleted': 'admins',
  'number.created': 'admins',
  'number.changed': 'admins',
  'number.deleted': 'admins',
  'trunk.changed': 'admins',
  'routes.changed': 'admins',
  'ring-group.created': 'admins',
  'ring-group.changed': 'admins',
  'ring-group.deleted': 'admins',
  'escalation-chain.created': 'admins',
  'escalation-chain.changed': 'admins',
  'escalation-chain.deleted': 'admins',
  'routing-settings.changed': 'admins',
  'delivery.changed': 'admins and its owner',
  'notification-settings.changed': 'admins',
  'notification-preferences.changed': 'admins and its owner',
  'notification-target.changed': 'admins and its owner',
  'webhook-destination.changed': 'admins',
  'webhook-delivery.changed': 'admins',
};

describe('who hears a fact live', () => {
  it.each(Object.entries(expected))('%s: %s', (name, who) => {
    expect(hears(name as FactName, owned)).toEqual({
      admin: true,
      owner: who === 'admins and its owner',
      other: false,
      nobodys: false,
    });
  });

  it.each(factNames)('%s of the house itself, or of a phone without an owner: admins alone', (name) => {
    expect(hears(name, unowned)).toEqual({ admin: true, owner: false, other: false, nobodys: false });
    expect(audienceOf(name, unowned as unknown as Facts[FactName], lookups)).toEqual([]);
  });

  it.each(['dnd.changed', 'contact.created', 'contact.changed', 'contact.deleted', 'contacts.imported'] as const)(
    '%s of the whole house: everybody, as all see it in the list',
    (name) => {
      expect(hears(name, { personId: null, deviceId: null })).toEqual({ admin: true, owner: true, other: true, nobodys: true });
    },
  );
});

test.each(factNames)('%s carries what its audience is found by', (name) => {
  const { audience, payload } = facts[name];
  const keys = {
    person: 'personId',
    device: 'deviceId',
    call: 'callId',
    escalation: 'escalationId',
    shared: 'personId',
    admin: undefined,
  };
  const key = keys[audience];
  if (key !== undefined) expect(Object.keys('shape' in payload ? payload.shape : {})).toContain(key);
});
