import { describe, expect, test } from 'vitest';
import type { CallLeg, CallRecord, LegOutcome } from './call.ts';
import { whenAnswered, whenEnded, whenRinging, whenVoicemailLeft } from './call-occurrences.ts';
import type { CallOccurrence } from './call-occurrences.ts';
import type { Verdict } from './verdict.ts';

const outside = { deviceId: undefined, personId: undefined, number: '+14165550123', name: 'Doctor' };
const nobody = { deviceId: undefined, personId: undefined, number: '', name: '' };
const hall = { deviceId: 'dev_hall', personId: undefined, number: '10', name: 'Hall' } as const;
const annas = { deviceId: 'dev_anna1', personId: 'person_anna', number: '11', name: 'Desk' } as const;
const toAnna = { deviceId: undefined, personId: 'person_anna', number: '+14165550100', name: 'Home' } as const;

const inbound: CallRecord = {
  id: 'call_1',
  direction: 'inbound',
  startedAt: 0,
  ringingAt: undefined,
  answeredAt: undefined,
  endedAt: undefined,
  verdict: undefined,
  dialled: '+14165550100',
  caller: outside,
  callee: toAnna,
  number: '+14165550100',
  trunk: 'twilio',
  transferredFrom: undefined,
  reasons: [],
};
const internal: CallRecord = {
  ...inbound,
  direction: 'internal',
  caller: hall,
  callee: annas,
  number: undefined,
  trunk: undefined,
};
const outbound: CallRecord = { ...inbound, direction: 'outbound', caller: annas, callee: outside };

type Leg = { readonly device?: string; readonly person?: string; readonly rang?: boolean; readonly answered?: boolean };

function leg({ device, person, rang = true, answered = false }: Leg, role: CallLeg['role'] = 'callee'): CallLeg {
  return {
    id: `leg_${device}` as const,
    role,
    deviceId: device as `dev_${string}` | undefined,
    personId: person as `person_${string}` | undefined,
    name: device ?? '',
    trunk: device === undefined ? 'twilio' : undefined,
    address: '',
    sipCallId: '',
    startedAt: 0,
    ringingAt: rang ? 1 : undefined,
    answeredAt: answered ? 2 : undefined,
    endedAt: undefined,
    sipStatus: undefined,
    outcome: undefined as LegOutcome | undefined,
  };
}

const caller = leg({ rang: false }, 'caller');
const desk = { device: 'dev_anna1', person: 'person_anna' };
const mobile = { device: 'dev_anna2', person: 'person_anna' };
const bens = { device: 'dev_ben', person: 'person_ben' };
const isCalled = (legs: readonly Leg[]) => [caller, ...legs.map((one) => leg(one))];
const shown = (occurrences: readonly CallOccurrence[]) => occurrences.map(({ owner, type }) => `${owner} ${type}`).sort();

describe('a call that rings', () => {
  test.each<[string, readonly Leg[], readonly string[]]>([
    ['is incoming to the first phone, its owner and the house', [desk], ['dev_anna1', 'exchange', 'person_anna']],
    ['is incoming to the second phone of a person alone', [desk, mobile], ['dev_anna2']],
    ['is incoming to the phone of another person and to them', [desk, bens], ['dev_ben', 'person_ben']],
    ['is incoming to a phone once, though it rings by two contacts', [desk, { ...bens }, { ...bens }], []],
    [
      'is incoming to whom it rings when it is the first that rings',
      [{ ...desk, rang: false }, bens],
      ['dev_ben', 'exchange', 'person_ben'],
    ],
    [
      'is incoming to a phone that answers without a sign of ringing',
      [{ ...bens, rang: false, answered: true }],
      ['dev_ben', 'exchange', 'person_ben'],
    ],
    ['is incoming to a phone of nobody and the house', [{ device: 'dev_hall' }], ['dev_hall', 'exchange']],
  ])('%s', (_title, legs, owners) => {
    const rings = legs.at(-1)?.device as `dev_${string}`;
    const found = whenRinging({ record: inbound, legs: isCalled(legs) }, rings);
    expect(shown(found)).toEqual(owners.map((owner) => `${owner} incoming`));
  });

  test('is no call to a phone that the house rings because somebody asked it to dial for them', () => {
    const record = { ...internal, caller: { ...nobody, name: 'GoSIP' }, requestedBy: 'person_anna' } as const;
    const call = { record, legs: isCalled([desk]) };
    expect([whenRinging(call, 'dev_anna1'), whenAnswered(call)]).toEqual([[], []]);
    expect(whenEnded(call, { disposition: 'missed', reason: 'no-answer' })).toEqual([]);
    const dialled = { ...record, transferredFrom: 'call_0' } as const;
    expect(whenRinging({ record: dialled, legs: isCalled([bens]) }, 'dev_ben')).toHaveLength(3);
  });
});

describe('a call that somebody answers', () => {
  test('is answered by one phone and its owner, and over for the others that rang', () => {
    const legs = isCalled([desk, { ...mobile, answered: true }, bens, { device: 'dev_off', rang: false }]);
    expect(shown(whenAnswered({ record: inbound, legs }))).toEqual([
      'dev_anna1 ended',
      'dev_anna2 answered',
      'dev_ben ended',
      'exchange answered',
      'person_anna answered',
      'person_ben ended',
    ]);
  });

  test('is over for every phone that rang where it was forwarded to somebody outside', () => {
    const legs = [...isCalled([desk]), leg({ answered: true })];
    expect(shown(whenAnswered({ record: inbound, legs }))).toEqual(['dev_anna1 ended', 'exchange answered', 'person_anna ended']);
  });

  test('outside is answered for the house, and is not yet over for who called', () => {
    const legs = [leg(desk, 'caller'), leg({ answered: true })];
    expect(shown(whenAnswered({ record: outbound, legs }))).toEqual(['exchange answered']);
  });
});

const answered: Verdict = { disposition: 'answered', reason: 'caller-hung-up' };
const missed: Verdict = { disposition: 'missed', reason: 'no-answer' };
const voicemail: Verdict = { disposition: 'voicemail', reason: 'dnd' };
const cancelled: Verdict = { disposition: 'cancelled', reason: 'caller-cancelled' };
const blocked: Verdict = { disposition: 'blocked', reason: 'blocklist' };
const failed: Verdict = { disposition: 'failed', reason: 'unknown-number' };
const busy: Verdict = { disposition: 'busy', reason: 'busy' };

describe('a call that is over', () => {
  test.each<[string, CallRecord, readonly Leg[], Verdict, readonly string[]]>([
    [
      'is over for its sides alone, and for nobody who was told when it was answered',
      internal,
      [{ ...desk, answered: true }, bens],
      answered,
      ['dev_anna1 ended', 'dev_hall ended', 'exchange ended', 'person_anna ended'],
    ],
    [
      'is missed once by each phone and person that it rang',
      inbound,
      [desk, mobile, bens],
      missed,
      ['dev_anna1 missed', 'dev_anna2 missed', 'dev_ben missed', 'exchange missed', 'person_anna missed', 'person_ben missed'],
    ],
    [
      'is missed where the caller gives up',
      internal,
      [desk],
      cancelled,
      ['dev_anna1 missed', 'dev_hall ended', 'exchange missed', 'person_anna missed'],
    ],
    [
      'is missed by whom it was for in do not disturb, and by no phone',
      inbound,
      [],
      voicemail,
      ['exchange missed', 'person_anna missed'],
    ],
    ['is blocked for the house and whom it was for', inbound, [], blocked, ['exchange blocked', 'person_anna blocked']],
    [
      'is blocked for a phone that rang when a parent blocked it',
      inbound,
      [bens],
      blocked,
      ['dev_ben blocked', 'exchange blocked', 'person_anna blocked', 'person_ben blocked'],
    ],
    [
      'outside is over for who called, answered or not',
      outbound,
      [],
      busy,
      ['dev_anna1 ended', 'exchange ended', 'person_anna ended'],
    ],
    [
      'to a number that there is not is missed by nobody',
      { ...internal, callee: outside },
      [],
      failed,
      ['dev_hall ended', 'exchange ended'],
    ],
    ['from outside that ours cannot take is over', { ...inbound, callee: outside }, [], failed, ['exchange ended']],
    [
      'that was forwarded outside and answered there is over for whom it rang',
      inbound,
      [desk],
      answered,
      ['dev_anna1 ended', 'exchange ended', 'person_anna ended'],
    ],
    [
      'between two phones of one person is missed by the phone, and over for the person',
      { ...internal, caller: { ...annas, deviceId: 'dev_anna2' } },
      [desk],
      missed,
      ['dev_anna1 missed', 'dev_anna2 ended', 'exchange missed', 'person_anna ended'],
    ],
  ])('%s', (_title, record, legs, verdict, expected) => {
    expect(shown(whenEnded({ record, legs: isCalled(legs) }, verdict))).toEqual(expected);
  });

  test('that was a star code is that, and no call', () => {
    const record = { ...internal, callee: { ...outside, number: '*42' }, dialled: '*42' };
    const verdict = { disposition: 'failed', reason: 'unknown-service-code' } as const;
    expect(shown(whenEnded({ record, legs: [caller] }, verdict))).toEqual(['dev_hall star_code', 'exchange star_code']);
  });
});

test('a voicemail is told to whose it is, the house, and each phone that rang', () => {
  const legs = isCalled([desk, { ...bens, rang: false }]);
  expect(shown(whenVoicemailLeft(legs, 'person_anna'))).toEqual([
    'dev_anna1 voicemail',
    'exchange voicemail',
    'person_anna voicemail',
  ]);
  expect(shown(whenVoicemailLeft([], undefined))).toEqual(['exchange voicemail']);
});
