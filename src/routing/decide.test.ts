import { describe, expect, it } from 'vitest';
import type { Device } from '#devices/device.ts';
import { decide } from './decide.ts';
import type { CallerFacts, CallQuestion, RoutingDecision, RoutingFacts } from './decision.ts';
import { dndOff } from './dnd.ts';
import type { EscalationChain } from './escalation-chain.ts';
import type { Route } from './route.ts';
import type { RingGroup } from './ring-group.ts';
import { initialRoutingSettings } from './routing-settings.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const minute = 60_000;

const device = (id: string, change: Partial<Device> = {}): Device => ({
  id: `dev_${id}` as const,
  name: id,
  extension: '100',
  username: id,
  type: 'softphone',
  transports: ['udp'],
  personId: 'person_anna',
  recordingEnabled: false,
  sha256: false,
  enabled: true,
  createdAt: 0,
  ...change,
});
const phone = (id: string, change: Partial<Device> = {}, isRegistered = true) => ({ device: device(id, change), isRegistered });

const number = {
  id: 'num_1',
  number: '+14165550100',
  name: 'Home',
  ownerPersonId: 'person_anna',
  voiceEnabled: true,
  createdAt: 0,
} as const;

const someone: CallerFacts = {
  kind: 'outside',
  deviceId: undefined,
  personId: undefined,
  number: '+12125550123',
  isWithheld: false,
  name: '',
  country: 'US',
  spamScore: undefined,
  contact: undefined,
  houseContactGroups: [],
  approvedLines: [],
  dialledAt: undefined,
  blocked: undefined,
  listed: undefined,
  lastCallAt: undefined,
};

const settings = initialRoutingSettings({ timeZone: 'America/Toronto', spamThreshold: 0.7, ringSeconds: 30 });

const quiet = { house: dndOff, persons: new Map(), devices: new Map() };
const on = { isOn: true, until: undefined };
const facts: RoutingFacts = {
  devices: [phone('desk'), phone('mobile'), phone('ben', { personId: 'person_ben' })],
  persons: [
    { id: 'person_anna', name: 'Anna', hasMailbox: true },
    { id: 'person_ben', name: 'Ben', hasMailbox: true },
  ],
  routes: [],
  groups: [],
  chains: [],
  dnd: quiet,
  childLines: new Map(),
  states: () => undefined,
  emergencyUntil: undefined,
  settings,
  isReachable: true,
  isFull: false,
  mayForward: () => true,
};

const route = (action: Route['action'], conditions: Partial<Route['conditions']> = {}): Route => ({
  id: 'route_1',
  numberId: 'num_1',
  name: 'Rule',
  isEnabled: true,
  conditions: { times: [], callers: [], states: [], ...conditions },
  action,
  createdAt: 0,
});
const ringBen: Route['action'] = {
  kind: 'ring',
  targets: [{ kind: 'person', id: 'person_ben' }],
  order: 'all',
  seconds: 20,
  then: { kind: 'voicemail', personId: undefined },
};

function shown({ plan, reasons }: RoutingDecision): string {
  return `${planText(plan)} | ${reasons.map(({ code }) => code).join(' ')}`;
}

function planText(plan: RoutingDecision['plan']): string {
  switch (plan.kind) {
    case 'ring': {
      const steps = plan.steps.map(
        ({ deviceIds, forwards, seconds, isScreened }) =>
          `${[...deviceIds, ...forwards].join('+')} ${seconds}${isScreened === true ? ' screened' : ''}`,
      );
      const then = 'personId' in plan.then ? `voicemail ${plan.then.personId}` : plan.then.kind;
      return `ring ${steps.join(', ')} then ${then}${plan.challenge === undefined ? '' : ' after a digit'}`.replaceAll(
        'dev_',
        '',
      );
    }
    case 'voicemail':
      return `voicemail ${plan.personId} ${plan.reason}${plan.challenge === undefined ? '' : ' after a digit'}`;
    case 'forward':
      return `forward ${plan.number} ${plan.seconds}${plan.isScreened ? ' screened' : ''} then ${plan.then.kind}`;
    case 'reject':
      return `${plan.tone} ${plan.verdict.disposition}/${plan.verdict.reason}`;
    case 'play':
      return `play ${plan.text}`;
  }
}

const owners = 'ring desk+mobile 30 then voicemail person_anna';
const blocked = { entryId: 'block_1', kind: 'exact', reason: 'Ads' } as const;
const listed = { listId: 'list_1', name: 'Reported', importedAt: now };
const school = { id: 'contact_1', name: 'School', groups: ['School', 'vip'] } as const;
const gran = { id: 'contact_2', name: 'Gran', groups: ['Family'] } as const;

type Case = {
  readonly caller?: Partial<CallerFacts>;
  readonly facts?: Partial<RoutingFacts>;
  readonly settings?: Partial<RoutingFacts['settings']>;
  readonly called?: CallQuestion['called'];
  readonly via?: CallQuestion['via'];
};

function answer({ caller = {}, facts: given = {}, settings: rules = {}, called, via = 'webhook' }: Case): string {
  const question: CallQuestion = { caller: { ...someone, ...caller }, called: called ?? { kind: 'number', number }, via };
  return shown(decide(question, { ...facts, settings: { ...settings, ...rules }, ...given }, now));
}

describe('a call from outside', () => {
  it.each<[string, Case, string]>([
    ['rings the owner’s phones', {}, `${owners} | default`],
    ['rings alike by trunk and by webhook', { via: 'trunk' }, `${owners} | default`],
    [
      'to a number that is off',
      { called: { kind: 'number', number: { ...number, voiceEnabled: false } } },
      'rejected blocked/switched-off | switched-off',
    ],
    [
      'to nobody',
      { called: { kind: 'number', number: { ...number, ownerPersonId: undefined } } },
      'rejected failed/no-owner | no-owner',
    ],
    ['too many at once', { facts: { isFull: true } }, 'busy failed/too-many-calls | too-many-calls'],
    [
      'that a rule forwards to where phones may not call',
      {
        facts: {
          mayForward: () => false,
          routes: [
            route({
              kind: 'forward',
              number: '+15550001',
              seconds: 20,
              isScreened: true,
              then: { kind: 'voicemail', personId: undefined },
            }),
          ],
        },
      },
      'voicemail person_anna redirected | route-matched forward-not-allowed',
    ],
    ['to somebody without a phone', { facts: { devices: [] } }, 'voicemail person_anna no-devices | default no-devices'],
    [
      'while all phones are off',
      { facts: { devices: [phone('desk', { enabled: false })] } },
      'voicemail person_anna no-devices | default no-devices',
    ],
    [
      'while all phones are away',
      { facts: { devices: [phone('desk', {}, false)] } },
      'voicemail person_anna offline | default offline',
    ],
    [
      'while the network cannot reach us',
      { facts: { isReachable: false } },
      'voicemail person_anna unreachable | default unreachable',
    ],
    ['that a trunk brought is here already', { facts: { isReachable: false }, via: 'trunk' }, `${owners} | default`],
    [
      'to somebody away without a mailbox',
      { facts: { devices: [], persons: [{ id: 'person_anna', name: 'Anna', hasMailbox: false }] } },
      'busy missed/no-devices | default no-devices',
    ],
  ])('%s', (_case, given, expected) => {
    expect(answer(given)).toBe(expected);
  });
});

describe('a rule that rings a chain of people', () => {
  const chain = (change: Partial<EscalationChain> = {}): EscalationChain => ({
    id: 'chain_1',
    name: 'Care',
    steps: [
      { targets: [{ kind: 'person', id: 'person_anna' }], seconds: 20 },
      {
        targets: [
          { kind: 'person', id: 'person_ben' },
          { kind: 'contact', id: 'contact_2', number: '+14165550111' },
        ],
        seconds: 40,
      },
    ],
    rounds: 1,
    pauseSeconds: 30,
    ignoresDnd: true,
    ifNobody: 'alert',
    createdAt: 0,
    ...change,
  });
  const escalate: Route['action'] = { kind: 'escalate', chainId: 'chain_1', then: { kind: 'reject' } };
  const round = 'desk+mobile 20 screened, ben++14165550111 40 screened';
  const annaQuiet = { ...quiet, persons: new Map([['person_anna', on] as const]) };

  it.each<[string, Partial<EscalationChain>, Partial<RoutingFacts>, string]>([
    ['step by step, everybody with a key to press', {}, {}, `ring ${round} then reject | route-matched escalation-chain`],
    [
      'again and again, for five minutes at most',
      { rounds: 20 },
      {},
      `ring ${Array.from({ length: 5 }, () => round).join(', ')} then reject | route-matched escalation-chain`,
    ],
    ['although do not disturb is on', {}, { dnd: annaQuiet }, `ring ${round} then reject | route-matched escalation-chain`],
    [
      'unless it is to leave those alone',
      { ignoresDnd: false },
      { dnd: annaQuiet },
      `ring ben 40 screened then reject | route-matched escalation-chain dnd-person`,
    ],
    [
      'without the number that may no longer be called',
      {},
      { mayForward: () => false },
      'ring desk+mobile 20 screened, ben 40 screened then reject | route-matched escalation-chain forward-not-allowed',
    ],
    [
      'of whom nobody is there any more',
      { steps: [{ targets: [{ kind: 'person', id: 'person_gone' }], seconds: 20 }] },
      {},
      'busy missed/no-devices | route-matched escalation-chain target-missing no-devices',
    ],
  ])('%s', (_what, change, given, expected) => {
    expect(answer({ facts: { routes: [route(escalate)], chains: [chain(change)], ...given } })).toBe(expected);
  });

  it('that was removed is broken, and skipped', () => {
    expect(answer({ facts: { routes: [route(escalate)], chains: [] } })).toBe(`${owners} | route-broken default`);
  });
});

describe('an unwanted caller', () => {
  const overruled = { spamScore: 1, listed };
  it.each<[string, Case, string]>([
    ['is blocked', { caller: { blocked } }, 'rejected blocked/blocklist | blocklist'],
    ['is blocked though a contact', { caller: { blocked, contact: gran } }, 'rejected blocked/blocklist | blocklist'],
    ['hides the number, which is allowed', { caller: { number: undefined, isWithheld: true } }, `${owners} | default`],
    [
      'hides the number, which is refused',
      { caller: { number: undefined, isWithheld: true }, settings: { anonymousPolicy: 'reject' } },
      'rejected blocked/anonymous | anonymous-refused',
    ],
    [
      'hides the number and gets the voicemail',
      { caller: { number: undefined, isWithheld: true }, settings: { anonymousPolicy: 'voicemail' } },
      'voicemail person_anna anonymous | anonymous-voicemail',
    ],
    ['is on a list', { caller: { listed } }, 'rejected blocked/spam-list | spam-list'],
    ['is above the threshold', { caller: { spamScore: 0.71 } }, 'rejected blocked/spam | spam-score'],
    ['is at the threshold', { caller: { spamScore: 0.7 } }, `${owners} | default`],
    ['is a contact', { caller: { ...overruled, contact: gran } }, `${owners} | trusted-contact trusted-contact default`],
    [
      'was called by the house',
      { caller: { ...overruled, dialledAt: now - 1 } },
      `${owners} | trusted-dialled trusted-dialled default`,
    ],
    [
      'must press a digit',
      { settings: { challenge: { digit: '4' } } },
      'ring desk+mobile 30 then voicemail person_anna after a digit | default challenge',
    ],
    [
      'must press a digit for the voicemail too',
      { settings: { challenge: { digit: '4' } }, facts: { devices: [] } },
      'voicemail person_anna no-devices after a digit | default no-devices challenge',
    ],
    [
      'must press a digit that the house itself asks for',
      { settings: { challenge: { digit: '4' } }, via: 'trunk' },
      'ring desk+mobile 30 then voicemail person_anna after a digit | default challenge',
    ],
    [
      'whom no phone rings for is not asked at a trunk, which has no voicemail to guard',
      { settings: { challenge: { digit: '4' } }, facts: { devices: [] }, via: 'trunk' },
      'voicemail person_anna no-devices | default no-devices',
    ],
    [
      'is not asked where the answer would take the voicemail of the network from them',
      { settings: { challenge: { digit: '4' } }, via: 'failover-trunk' },
      `${owners} | default challenge-impossible`,
    ],
    [
      'presses nothing where known',
      { settings: { challenge: { digit: '4' } }, caller: { contact: gran } },
      `${owners} | default`,
    ],
  ])('%s', (_case, given, expected) => {
    expect(answer(given)).toBe(expected);
  });
});

describe('after an emergency call', () => {
  const emergencyUntil = now + minute;
  const all = 'ring desk+mobile+ben 30 then voicemail person_anna | emergency-callback';
  it.each<[string, Case, string]>([
    ['a withheld number rings every phone', { caller: { number: undefined, isWithheld: true } }, all],
    ['the blocklist does not count', { caller: { blocked, listed, spamScore: 1 } }, all],
    ['do not disturb does not count', { facts: { dnd: { ...quiet, house: on, devices: new Map([['dev_desk', on]]) } } }, all],
    ['rules do not count', { facts: { routes: [route({ kind: 'reject', tone: 'busy' })] } }, all],
    ['nobody must press a digit', { settings: { challenge: { digit: '4' } } }, all],
    [
      'without a phone there is the voicemail',
      { facts: { devices: [] } },
      'voicemail person_anna no-devices | emergency-callback default no-devices',
    ],
  ])('%s', (_case, given, expected) => {
    expect(answer({ ...given, facts: { emergencyUntil, ...given.facts } })).toBe(expected);
  });

  it('the window ends', () => {
    expect(answer({ facts: { emergencyUntil: now }, caller: { blocked } })).toContain('blocklist');
  });
});

describe('do not disturb', () => {
  const house = { ...quiet, house: on };
  const anna = { ...quiet, persons: new Map([['person_anna', on]]) } as RoutingFacts['dnd'];
  const desk = { ...quiet, devices: new Map([['dev_desk', on]]) } as RoutingFacts['dnd'];
  it.each<[string, Case, string]>([
    ['of the house', { facts: { dnd: house } }, 'voicemail person_anna dnd | dnd-house'],
    ['of the house, over', { facts: { dnd: { ...quiet, house: { isOn: true, until: now } } } }, `${owners} | default`],
    [
      'of the house, not over',
      { facts: { dnd: { ...quiet, house: { isOn: true, until: now + 1 } } } },
      'voicemail person_anna dnd | dnd-house',
    ],
    ['of the owner', { facts: { dnd: anna } }, 'voicemail person_anna dnd | default dnd-person'],
    ['of one phone', { facts: { dnd: desk } }, 'ring mobile 30 then voicemail person_anna | default dnd-device'],
    [
      'of the owner, where a rule rings another person',
      { facts: { dnd: anna, routes: [route(ringBen)] } },
      'ring ben 20 then voicemail person_anna | route-matched',
    ],
    [
      'of the owner, where a rule forwards the call',
      {
        facts: {
          dnd: anna,
          routes: [route({ kind: 'forward', number: '+15550001', seconds: 20, isScreened: true, then: { kind: 'reject' } })],
        },
      },
      'busy missed/dnd | route-matched dnd-person',
    ],
    [
      'lets VIPs through',
      { facts: { dnd: house }, caller: { contact: school } },
      `${owners} | dnd-house vip-broke-through default`,
    ],
    ['keeps other contacts', { facts: { dnd: house }, caller: { contact: gran } }, 'voicemail person_anna dnd | dnd-house'],
    [
      'lets the second call through',
      { facts: { dnd: anna }, caller: { lastCallAt: now - 3 * minute } },
      `${owners} | default dnd-person repeated-call-broke-through`,
    ],
    [
      'keeps a second call that is too late',
      { facts: { dnd: house }, caller: { lastCallAt: now - 3 * minute - 1 } },
      'voicemail person_anna dnd | dnd-house',
    ],
    [
      'keeps a second call of a hidden number',
      { facts: { dnd: house }, caller: { lastCallAt: now - 1, isWithheld: true } },
      'voicemail person_anna dnd | dnd-house',
    ],
    [
      'keeps a second call of an unknown number where so set',
      { facts: { dnd: house }, caller: { lastCallAt: now - 1 }, settings: { repeatedCallsOf: 'known' } },
      'voicemail person_anna dnd | dnd-house',
    ],
    [
      'keeps a second call where so set',
      { facts: { dnd: house }, caller: { lastCallAt: now }, settings: { repeatedCallMinutes: 0 } },
      'voicemail person_anna dnd | dnd-house',
    ],
  ])('%s', (_case, given, expected) => {
    expect(answer(given)).toBe(expected);
  });
});

describe('a phone of the house', () => {
  const fromBen = { kind: 'device', deviceId: 'dev_ben', personId: 'person_ben', number: '102', country: undefined } as const;
  const desk = { kind: 'device', device: device('desk') } as const;
  const group = (members: RingGroup['members'], order: RingGroup['order'] = 'all'): CallQuestion['called'] => ({
    kind: 'group',
    group: { id: 'group_1', name: 'Parents', extension: '600', members, order, seconds: 15, createdAt: 0 },
  });
  it.each<[string, Case, string]>([
    ['rings another', { called: desk }, 'ring desk 30 then voicemail person_anna | '],
    [
      'does not call itself',
      { called: { kind: 'device', device: device('ben') } },
      'rejected failed/calling-itself | calling-itself',
    ],
    [
      'rings it while the house is not to be disturbed',
      { called: desk, facts: { dnd: { ...quiet, house: on } } },
      'ring desk 30 then voicemail person_anna | ',
    ],
    [
      'does not disturb a phone that is not to be disturbed',
      { called: desk, facts: { dnd: { ...quiet, devices: new Map([['dev_desk', on]]) } } },
      'voicemail person_anna dnd | dnd-device',
    ],
    [
      'is not screened',
      { called: desk, caller: { blocked, listed, spamScore: 1 } },
      'ring desk 30 then voicemail person_anna | ',
    ],
    [
      'rings a group but itself',
      {
        called: group([
          { kind: 'person', id: 'person_anna' },
          { kind: 'person', id: 'person_ben' },
        ]),
      },
      'ring desk+mobile 15 then hang-up | ',
    ],
    [
      'rings a group one after another',
      {
        called: group(
          [
            { kind: 'device', id: 'dev_desk' },
            { kind: 'device', id: 'dev_mobile' },
          ],
          'one-after-another',
        ),
      },
      'ring desk 15, mobile 15 then hang-up | ',
    ],
    [
      'rings those of a group that are still there',
      {
        called: group([
          { kind: 'device', id: 'dev_gone' },
          { kind: 'device', id: 'dev_mobile' },
        ]),
      },
      'ring mobile 15 then hang-up | target-missing',
    ],
    ['calls a number of the house', { caller: { blocked } }, `${owners} | default`],
  ])('%s', (_case, given, expected) => {
    expect(answer({ via: 'internal', ...given, caller: { ...fromBen, ...given.caller } })).toBe(expected);
  });
});
