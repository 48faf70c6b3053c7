import { describe, expect, it } from 'vitest';
import type { Device } from '#devices/device.ts';
import type { ChildLine } from './child-line.ts';
import { decide } from './decide.ts';
import type { CallerFacts, CallQuestion, RoutingFacts } from './decision.ts';
import { dndOff } from './dnd.ts';
import type { RingGroup } from './ring-group.ts';
import { initialRoutingSettings } from './routing-settings.ts';

const phone = (id: string, change: Partial<Device> = {}) => ({
  device: {
    id: `dev_${id}` as const,
    name: id,
    extension: '100',
    username: id,
    type: 'softphone',
    transports: ['udp'],
    personId: undefined,
    recordingEnabled: false,
    sha256: false,
    enabled: true,
    createdAt: 0,
    ...change,
  } satisfies Device,
  isRegistered: true,
});
const kids = phone('kids', { personId: 'person_mia' });
const mum = phone('mum', { personId: 'person_mum' });
const guest = phone('guest');

const line: ChildLine = {
  holder: 'person_mia',
  allowed: [{ kind: 'number', number: '+4930901820' }],
  contactGroups: ['Family'],
  isHouseAllowed: true,
  parents: [{ kind: 'person', id: 'person_mum' }],
  quiet: [],
  isQuietForParents: false,
};
const night = { weekdays: [], from: '20:00', to: '07:00', dates: [], holidays: 'any', timeZone: undefined } as const;

const facts: RoutingFacts = {
  devices: [kids, mum, guest],
  persons: [
    { id: 'person_mia', name: 'Mia', hasMailbox: true },
    { id: 'person_mum', name: 'Mum', hasMailbox: true },
  ],
  routes: [],
  groups: [],
  chains: [],
  dnd: { house: dndOff, persons: new Map(), devices: new Map() },
  childLines: new Map([[line.holder, line]]),
  states: () => undefined,
  emergencyUntil: undefined,
  settings: initialRoutingSettings({ timeZone: 'Europe/Berlin', spamThreshold: 0.7, ringSeconds: 30 }),
  isReachable: true,
  isFull: false,
  mayForward: () => true,
};

const stranger: CallerFacts = {
  kind: 'outside',
  deviceId: undefined,
  personId: undefined,
  number: '+4915112345678',
  isWithheld: false,
  name: '',
  country: 'DE',
  spamScore: undefined,
  contact: undefined,
  houseContactGroups: [],
  approvedLines: [],
  dialledAt: undefined,
  blocked: undefined,
  listed: undefined,
  lastCallAt: undefined,
};
const grandma = { ...stranger, number: '+4930901820' };
const from = ({ device: { id, personId, extension } }: typeof kids): CallerFacts => ({
  ...stranger,
  kind: 'device',
  deviceId: id,
  personId,
  number: extension,
});

const mias: CallQuestion['called'] = {
  kind: 'number',
  number: { id: 'num_1', number: '+4930555', name: '', ownerPersonId: 'person_mia', voiceEnabled: true, createdAt: 0 },
};
const houses: CallQuestion['called'] = { kind: 'number', number: { ...mias.number, ownerPersonId: 'person_mum' } };
const family: RingGroup = {
  id: 'group_all',
  name: 'All',
  extension: '60',
  members: [
    { kind: 'device', id: 'dev_kids' },
    { kind: 'device', id: 'dev_mum' },
  ],
  order: 'all',
  seconds: 30,
  createdAt: 0,
};

type Asked = {
  readonly caller?: CallerFacts;
  readonly called?: CallQuestion['called'];
  readonly line?: Partial<ChildLine>;
  readonly facts?: Partial<RoutingFacts>;
  /** In the zone of the house, or UTC with a Z. */
  readonly at?: string;
};

function asked({
  caller = stranger,
  called = mias,
  line: change = {},
  facts: more = {},
  at = '2026-12-01T12:00+01:00',
}: Asked): string {
  const via = caller.kind === 'device' ? 'internal' : 'trunk';
  const lines = new Map([[line.holder, { ...line, ...change }]]);
  const { plan, reasons } = decide({ caller, called, via }, { ...facts, childLines: lines, ...more }, Date.parse(at));
  return `${planText(plan)} | ${reasons.map(({ code }) => code).join(' ')}`;
}

function planText(plan: ReturnType<typeof decide>['plan']): string {
  switch (plan.kind) {
    case 'ring': {
      const rung = plan.steps.flatMap(({ deviceIds, forwards }) => [...deviceIds, ...forwards]).join('+');
      const then = plan.then.kind === 'voicemail' ? plan.then.personId : plan.then.kind;
      return `ring ${rung} then ${then}${plan.approval === undefined ? '' : ` for ${plan.approval.name}`}`;
    }
    case 'voicemail':
      return `voicemail ${plan.personId} ${plan.reason}`;
    case 'reject':
      return `reject ${plan.verdict.disposition}/${plan.verdict.reason}`;
    default:
      return plan.kind;
  }
}

describe('a child’s line', () => {
  it.each<[string, Asked, string]>([
    ['rings for a number on its list', { caller: grandma }, 'ring dev_kids then person_mia | default'],
    [
      'rings for a contact of a group on its list',
      { caller: { ...stranger, houseContactGroups: ['family'] } },
      'ring dev_kids then person_mia | default',
    ],
    [
      'does not ring for a contact that is in the child’s own address book alone',
      { caller: { ...stranger, contact: { id: 'contact_1', name: 'Uncle', groups: ['family'] } } },
      'ring dev_mum then person_mum for Mia | default child-line-caller parents-asked',
    ],
    [
      'rings a parent for an unknown caller',
      {},
      'ring dev_mum then person_mum for Mia | default child-line-caller parents-asked',
    ],
    [
      'rings a parent for a number on its list that is hidden',
      { caller: { ...grandma, isWithheld: true } },
      'ring dev_mum then person_mum for Mia | default child-line-caller parents-asked',
    ],
    [
      'rings a parent’s mobile, which counts as the parent',
      { line: { parents: [{ kind: 'number', number: '+4917012345' }] } },
      'ring +4917012345 then hang-up for Mia | default child-line-caller parents-asked',
    ],
    [
      'rings a parent’s mobile also while the child’s own do not disturb is on',
      {
        line: { parents: [{ kind: 'number', number: '+4917012345' }] },
        facts: { dnd: { ...facts.dnd, persons: new Map([['person_mia', { isOn: true, until: undefined }]]) } },
      },
      'ring +4917012345 then hang-up for Mia | default child-line-caller parents-asked',
    ],
    [
      'gives an unknown caller the mailbox of a parent and never the child’s',
      { facts: { devices: [kids, { ...mum, isRegistered: false }] } },
      'voicemail person_mum offline | default child-line-caller parents-asked offline',
    ],
    [
      'refuses an unknown caller where there is no parent to ask',
      { line: { parents: [] } },
      'reject missed/not-on-list | default child-line-caller',
    ],
    [
      'is left out where others ring for an unknown caller',
      { called: { kind: 'group', group: family } },
      'ring dev_mum then hang-up | child-line-caller',
    ],
    ['does not change whom other numbers ring', { called: houses }, 'ring dev_mum then person_mum | default'],
    [
      'rings for help that calls back, whoever it is',
      { facts: { emergencyUntil: Date.parse('2026-12-01T12:10+01:00') } },
      'ring dev_kids+dev_mum+dev_guest then person_mum | emergency-callback',
    ],
    [
      'rings for a phone of the house',
      { caller: from(guest), called: { kind: 'device', device: kids.device } },
      'ring dev_kids then person_mia | ',
    ],
    [
      'does not ring for a phone of the house that is not on its list',
      { caller: from(guest), called: { kind: 'device', device: kids.device }, line: { isHouseAllowed: false } },
      'reject missed/not-on-list | child-line-caller',
    ],
    [
      'rings for a parent’s phone in any case',
      { caller: from(mum), called: { kind: 'device', device: kids.device }, line: { isHouseAllowed: false } },
      'ring dev_kids then person_mia | ',
    ],
    [
      'calls no phone of the house that is not on its list',
      { caller: from(kids), called: { kind: 'device', device: guest.device }, line: { isHouseAllowed: false } },
      'reject failed/call-not-permitted | child-line-called',
    ],
    [
      'calls a ring group on its list',
      {
        caller: from(kids),
        called: { kind: 'group', group: family },
        line: { isHouseAllowed: false, allowed: [{ kind: 'group', id: 'group_all' }] },
      },
      'ring dev_mum then hang-up | ',
    ],
  ])('%s', (_what, given, expected) => expect(asked(given)).toBe(expected));
});

describe('quiet hours of a child’s line', () => {
  const quiet = { quiet: [night] };
  const fromMum = { caller: from(mum), called: { kind: 'device', device: kids.device } } as const;
  it.each<[string, Asked, string]>([
    [
      'do not ring it',
      { caller: grandma, at: '2026-12-01T23:30+01:00' },
      'voicemail person_mia quiet-hours | default child-line-quiet',
    ],
    [
      'last past midnight',
      { caller: grandma, at: '2026-12-02T06:59+01:00' },
      'voicemail person_mia quiet-hours | default child-line-quiet',
    ],
    ['end in the morning', { caller: grandma, at: '2026-12-02T07:00+01:00' }, 'ring dev_kids then person_mia | default'],
    ['let parents through', { ...fromMum, at: '2026-12-01T23:30+01:00' }, 'ring dev_kids then person_mia | '],
    [
      'hold for parents where that is set',
      { ...fromMum, line: { ...quiet, isQuietForParents: true }, at: '2026-12-01T23:30+01:00' },
      'voicemail person_mia quiet-hours | child-line-quiet',
    ],
    [
      'refuse its own calls',
      { caller: from(kids), called: { kind: 'device', device: guest.device }, at: '2026-12-01T23:30+01:00' },
      'reject failed/call-not-permitted-now | child-line-quiet',
    ],
    [
      'let it call a parent',
      { caller: from(kids), called: { kind: 'device', device: mum.device }, at: '2026-12-01T23:30+01:00' },
      'ring dev_mum then person_mum | ',
    ],
    [
      'hold in the hour that the night has twice',
      { caller: grandma, line: { quiet: [{ ...night, from: '02:00', to: '03:00' }] }, at: '2026-10-25T01:30:00Z' },
      'voicemail person_mia quiet-hours | default child-line-quiet',
    ],
    [
      'that lie in the hour which the night leaves out last no time',
      { caller: grandma, line: { quiet: [{ ...night, from: '02:00', to: '03:00' }] }, at: '2026-03-29T01:00:00Z' },
      'ring dev_kids then person_mia | default',
    ],
  ])('%s', (_what, given, expected) => expect(asked({ line: quiet, ...given })).toBe(expected));
});
