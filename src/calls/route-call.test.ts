import type { DeviceId, NumberId, PersonId } from '#base/ids.ts';
import { describe, expect, it } from 'vitest';
import type { Device } from '#devices/device.ts';
import type { OurNumber } from '#numbers/number.ts';
import type { HotlineCall } from '#routing/hotline.ts';
import type { RingGroup } from '#routing/ring-group.ts';
import { partyOf, routeCall } from './route-call.ts';
import type { CallRoute, DialFacts, HouseRing } from './route-call.ts';

const device = (extension: string, personId?: string, enabled = true): Device => ({
  id: `dev_${extension}` as DeviceId,
  name: `Phone ${extension}`,
  extension,
  username: extension,
  type: 'softphone',
  transports: ['udp'],
  personId: personId as PersonId | undefined,
  recordingEnabled: false,
  sha256: false,
  enabled,
  createdAt: 0,
});
const number = (text: string, ownerPersonId?: PersonId, voiceEnabled = true): OurNumber => ({
  id: `num_${text}` as NumberId,
  number: text,
  name: 'Home',
  ownerPersonId,
  voiceEnabled,
  createdAt: 0,
});

const devices = [
  device('20', 'person_eva'),
  device('21', 'person_eva'),
  device('22', 'person_eva', false),
  device('30'),
  device('40', 'person_tom'),
];
const numbers = [
  number('+14165550100', 'person_eva'),
  number('+14165550101'),
  number('+14165550102', 'person_tom', false),
  number('+14165550103', 'person_ann'),
];

const facts: DialFacts = {
  country: 'CA',
  devices: {
    byExtension: (extension) => devices.find((one) => one.extension === extension),
    byId: (id) => devices.find((one) => one.id === id),
    ofPerson: (person) => devices.filter((one) => one.personId === person),
  },
  hotlineOf: () => undefined,
  groupByExtension: (text) => (text === '60' ? ({ name: 'Family' } as RingGroup) : undefined),
  byNumber: (text) => numbers.find((one) => one.number === text),
  callerIdOf: (person) => numbers.find((one) => one.ownerPersonId === person && one.voiceEnabled),
  anyCallerId: () => numbers.find((one) => one.voiceEnabled),
  nameOf: (text, person) => (text === '+14165550199' ? (person === 'person_eva' ? 'Mum' : 'Mrs. Miller') : undefined),
};

function shownCalled(called: HouseRing['called']): string {
  if (called.kind === 'number') return called.number.number;
  return called.kind === 'device' ? called.device.extension : called.group.name;
}

function shown({ direction, ring, caller, number: ours }: CallRoute): string {
  switch (ring.kind) {
    case 'house':
      return `${direction}: ${shownCalled(ring.called)} from ${caller.name}`;
    case 'trunks':
      return `${direction}: ${ring.number} from ${ring.from.number}${ring.isEmergency ? ' emergency' : ''} ${ours}`;
    case 'nothing':
      return `${direction}: ${ring.verdict.disposition}/${ring.verdict.reason}`;
  }
}

describe('routeCall', () => {
  it.each([
    ['20', '21', 'internal: 21 from Phone 20'],
    ['20', '22', 'internal: 22 from Phone 20'],
    ['20', '20', 'internal: failed/calling-itself'],
    ['20', '99', 'internal: failed/unknown-number'],
    ['20', '*43', 'internal: failed/unknown-service-code'],
    ['20', 'bob', 'internal: failed/invalid-number'],
    ['20', '416 555 0199', 'outbound: +14165550199 from +14165550100 +14165550100'],
    ['30', '011 49 30 901820', 'outbound: +4930901820 from +14165550101 +14165550101'],
    ['40', '4165550199', 'outbound: +14165550199 from +14165550101 +14165550101'],
    ['20', '911', 'outbound: 911 from +14165550100 emergency +14165550100'],
    ['20', '112', 'outbound: 911 from +14165550100 emergency +14165550100'],
    ['20', '988', 'outbound: 988 from +14165550100 +14165550100'],
    ['20', '\u202a+14165550199\u202c', 'outbound: +14165550199 from +14165550100 +14165550100'],
    ['30', '911', 'outbound: 911 from +14165550101 emergency +14165550101'],
    ['20', '+14165550100', 'internal: +14165550100 from Phone 20'],
    ['30', '+14165550100', 'internal: +14165550100 from Phone 30'],
    ['30', '+14165550101', 'internal: +14165550101 from Phone 30'],
    ['30', '60', 'internal: Family from Phone 30'],
  ])('of %s dialling %s: %s', (from, dialled, expected) => {
    const caller = { kind: 'device', device: devices.find((one) => one.extension === from)! } as const;
    expect(shown(routeCall({ caller, dialled }, facts))).toBe(expected);
  });

  it.each([
    ['+14165550100', '+4930901820', 'inbound: +14165550100 from Doc'],
    ['4165550100', '', 'inbound: +14165550100 from Doc'],
    ['+14165550199', '', 'inbound: failed/unknown-number'],
    ['20', '', 'inbound: failed/unknown-number'],
    ['911', '', 'inbound: failed/unknown-number'],
  ])('of a trunk calling %s: %s', (dialled, from, expected) => {
    const caller = { kind: 'trunk', trunk: 't', number: from, name: 'Doc' } as const;
    expect(shown(routeCall({ caller, dialled }, facts))).toBe(expected);
  });

  const german: DialFacts = {
    ...facts,
    country: 'DE',
    byNumber: (text) =>
      ['+4922112345', '+49301234567', '+4915112345678', '+497111234567'].includes(text) ? number(text, 'person_eva') : undefined,
  };
  it.each([
    ['+4922112345', '+4915112345678', '+4915112345678'],
    ['022112345', '015112345678', '+4915112345678'],
    ['004922112345', '004915112345678', '+4915112345678'],
    ['22112345', '15112345678', '+4915112345678'],
    ['4922112345', '4915112345678', '+4915112345678'],
    ['4915112345678', '491716783150', '+491716783150'],
    ['497111234567', '49221123456', '+49221123456'],
    ['49301234567', '493012345678', '+493012345678'],
    ['tel:22112345;phone-context=+49', 'anonymous', 'anonymous'],
    // The trunk leaves the plus out of our number, so it does for a caller from France.
    ['4922112345', '33142685300', '+33142685300'],
  ])('rings for a German trunk’s call to %s, and shows its caller %s as %s', (dialled, from, shownAs) => {
    const caller = { kind: 'trunk', trunk: 't', number: from, name: 'Doc' } as const;
    const routed = routeCall({ caller, dialled }, german);
    expect([routed.ring.kind, routed.caller.number]).toEqual(['house', shownAs]);
  });

  it.each([
    ['20', 'Mum'],
    ['30', 'Mrs. Miller'],
  ])('names who is called outside as whoever calls knows them: phone %s', (from, name) => {
    const caller = { kind: 'device', device: devices.find((one) => one.extension === from)! } as const;
    expect(routeCall({ caller, dialled: '416 555 0199' }, facts).callee).toMatchObject({ number: '+14165550199', name });
    expect(routeCall({ caller, dialled: '416 555 0198' }, facts).callee.name).toBe('');
  });

  it('shows any number of the house in an emergency call, and in no other, where the caller has none', () => {
    const owned = { ...facts, callerIdOf: () => undefined };
    const caller = { kind: 'device', device: devices[3]! } as const;
    expect(shown(routeCall({ caller, dialled: '911' }, owned))).toBe('outbound: 911 from +14165550100 emergency +14165550100');
    expect(shown(routeCall({ caller, dialled: '4165550199' }, owned))).toBe('outbound: +14165550199 from  undefined');
  });

  it('hides the number where the phone asks for it, but not from an emergency service', () => {
    const caller = { kind: 'device', device: devices[0]!, privacy: 'requested' } as const;
    const privacyOf = (dialled: string) => {
      const { ring } = routeCall({ caller, dialled }, facts);
      return ring.kind === 'trunks' ? ring.from.privacy : ring.kind;
    };
    expect([privacyOf('4165550199'), privacyOf('988'), privacyOf('911')]).toEqual(['requested', 'requested', undefined]);
  });

  it('says what a short number costs, so that it is limited where it is premium', () => {
    const caller = { kind: 'device', device: devices[0]! } as const;
    const costOf = (dialled: string, country: string) => {
      const { ring } = routeCall({ caller, dialled }, { ...facts, country });
      return ring.kind === 'trunks' ? ring.shortCost : ring.kind;
    };
    expect([costOf('988', 'CA'), costOf('116123', 'DE'), costOf('4165550199', 'CA')]).toEqual(['free', 'free', undefined]);
  });

  it('presents the one who is transferred, at the cost of the one who transfers', () => {
    const caller = { kind: 'device', device: devices[0]!, party: partyOf(devices[4]!) } as const;
    expect(shown(routeCall({ caller, dialled: '30' }, facts))).toBe('internal: 30 from Phone 40');
    expect(shown(routeCall({ caller, dialled: '4165550199' }, facts))).toContain('from +14165550100');
    expect(shown(routeCall({ caller, dialled: '40' }, facts))).toBe('internal: failed/calling-itself');
  });

  it('knows no caller id where the house has no number, and still lets emergency calls out', () => {
    const bare = { ...facts, callerIdOf: () => undefined, anyCallerId: () => undefined };
    const caller = { kind: 'device', device: devices[0]! } as const;
    expect(shown(routeCall({ caller, dialled: '911' }, bare))).toBe('outbound: 911 from  emergency undefined');
  });

  const grandma = { kind: 'number', number: '+4930901820' } as const;
  it.each<[string, HotlineCall, string]>([
    ['', { applies: 'nothing-dialled', called: grandma }, 'outbound: +4930901820 from +14165550100 +14165550100 by hotline'],
    ['21', { applies: 'nothing-dialled', called: grandma }, 'internal: 21 from Phone 20'],
    ['21', { applies: 'always', called: grandma }, 'outbound: +4930901820 from +14165550100 +14165550100 by hotline'],
    ['*#99', { applies: 'always', called: { kind: 'device', device: devices[4]! } }, 'internal: 40 from Phone 20 by hotline'],
    [
      '',
      { applies: 'always', called: { kind: 'group', group: { name: 'Family' } as RingGroup } },
      'internal: Family from Phone 20 by hotline',
    ],
    [
      '',
      { applies: 'always', called: { kind: 'number', number: '+14165550102' } },
      'internal: +14165550102 from Phone 20 by hotline',
    ],
    ['911', { applies: 'always', called: grandma }, 'outbound: 911 from +14165550100 emergency +14165550100'],
  ])('of a phone with a hotline, dialling “%s”', (dialled, hotline, expected) => {
    const caller = { kind: 'device', device: devices[0]! } as const;
    const routed = routeCall({ caller, dialled }, { ...facts, hotlineOf: (id) => (id === 'dev_20' ? hotline : undefined) });
    expect(`${shown(routed)}${routed.reasons?.some(({ code }) => code === 'hotline') ? ' by hotline' : ''}`).toBe(expected);
  });

  it('transfers a call where it is transferred to, also from a phone with a hotline', () => {
    const caller = { kind: 'device', device: devices[0]!, party: partyOf(devices[4]!) } as const;
    const hotlineOf = (): HotlineCall => ({ applies: 'always', called: grandma });
    expect(shown(routeCall({ caller, dialled: '30' }, { ...facts, hotlineOf }))).toBe('internal: 30 from Phone 40');
  });
});
