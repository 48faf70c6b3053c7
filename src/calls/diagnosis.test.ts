import { describe, expect, it } from 'vitest';
import type { CallId, DeviceId, LegId, NumberId } from '#base/ids.ts';
import { callDispositions, callReasons, isReasonOf } from '#contract/call-verdicts.ts';
import type { CallReason } from '#contract/call-verdicts.ts';
import { legOutcomes } from '#contract/calls.ts';
import { causeCodes, mendingCodes } from '#contract/diagnosis.ts';
import type { CallLeg, CallRecord, LegOutcome } from './call.ts';
import { diagnosePhone } from './diagnose-phone.ts';
import type { PhoneFacts } from './diagnose-phone.ts';
import { diagnoseCall } from './diagnosis.ts';
import type { CallFacts, HouseNow } from './diagnosis-facts.ts';
import type { Verdict } from './verdict.ts';

const at = 1_000_000;
const nobody = { deviceId: undefined, personId: undefined, number: '', name: '' };
const kitchen = 'dev_kitchen' as DeviceId;

const record: CallRecord = {
  id: 'call_1' as CallId,
  direction: 'inbound',
  startedAt: at,
  ringingAt: undefined,
  answeredAt: undefined,
  endedAt: at + 30_000,
  verdict: undefined,
  dialled: '+14165550100',
  caller: { ...nobody, number: '+442079460123', name: 'Mum' },
  callee: nobody,
  number: '+14165550100',
  trunk: 'twilio',
  transferredFrom: undefined,
  requestedBy: undefined,
  reasons: [],
};

function leg(name: string, outcome: LegOutcome | undefined, more: Partial<CallLeg> = {}): CallLeg {
  return {
    id: `leg_${name}` as LegId,
    role: 'callee',
    deviceId: `dev_${name.toLowerCase()}` as DeviceId,
    personId: undefined,
    name,
    trunk: undefined,
    address: 'udp 192.0.2.7:5060',
    sipCallId: 'x',
    startedAt: at,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: at + 30_000,
    sipStatus: undefined,
    outcome,
    ...more,
  };
}

const house: HouseNow = {
  device: (id) => (id === kitchen ? { name: 'Kitchen', state: 'offline' as const, fault: undefined } : undefined),
  isDndOn: () => true,
  hasBlocklistEntry: () => true,
  number: () => ({ id: 'did_1' as NumberId, isOn: false, hasOwner: false }),
  numberOfRule: () => 'did_1' as NumberId,
  destinationToAllow: () => 'LV',
};

function diagnose(reason: CallReason, more: Partial<CallRecord> = {}, given: Partial<Omit<CallFacts, 'record'>> = {}) {
  const disposition = callDispositions.find((one) => one !== 'answered' && isReasonOf(one, reason)) ?? 'answered';
  const verdict = { disposition, reason } as Verdict;
  return diagnoseCall({ record: { ...record, verdict, ...more }, legs: [], house, ...given });
}

describe('a call', () => {
  it.each(callReasons)('that ends for a reason has one cause, whatever else is known of it: %s', (reason) => {
    const dispositions = callDispositions.filter((one) => isReasonOf(one, reason));
    for (const disposition of dispositions) {
      for (const outcome of [undefined, ...legOutcomes]) {
        const verdict = { disposition, reason } as Verdict;
        const legs = outcome === undefined ? [] : [leg('Kitchen', outcome)];
        const { cause, mendings, phones } = diagnoseCall({ record: { ...record, verdict }, legs, house });
        expect(causeCodes).toContain(cause.code);
        for (const { code } of mendings) expect(mendingCodes).toContain(code);
        expect(phones.map((one) => one.outcome)).toEqual(legs.map((one) => one.outcome));
      }
    }
  });

  it('that nobody took says which phones rang, and how long', () => {
    const legs = [
      leg('Kitchen', 'no-answer', { ringingAt: at + 2_000 }),
      leg('Office', 'offline'),
      leg('Hall', 'no-answer', { ringingAt: at + 5_000 }),
    ];
    const { cause, phones } = diagnose('no-answer', { ringingAt: at + 2_000 }, { legs });
    expect(cause).toEqual({ code: 'rang', names: ['Kitchen', 'Hall'], values: { seconds: 28 } });
    expect(phones.map(({ name, rangSeconds }) => [name, rangSeconds])).toEqual([
      ['Kitchen', 28],
      ['Office', undefined],
      ['Hall', 25],
    ]);
  });

  it('that no phone rang for does not say that one did', () => {
    expect(diagnose('no-answer', {}, { legs: [leg('Kitchen', 'no-answer')] }).cause).toEqual({
      code: 'no-ringing',
      names: ['Kitchen'],
      values: {},
    });
    expect(diagnose('caller-cancelled').cause.code).toBe('gave-up-early');
    // The network rang, and no leg tells whom.
    expect(diagnose('caller-cancelled', { ringingAt: at }).cause.code).toBe('caller-cancelled');
    expect(diagnose('no-answer', { ringingAt: at }, { legs: [leg('Kitchen', 'no-answer')] }).cause.code).toBe('no-answer');
  });

  it('to phones that were offline names them, and what helps those that still are', () => {
    const legs = [leg('Kitchen', 'offline')];
    expect(diagnose('offline', {}, { legs })).toMatchObject({
      cause: { code: 'phones-offline', names: ['Kitchen'] },
      isMended: false,
      mendings: [{ code: 'open-phone', values: { deviceId: kitchen } }],
    });
    const back = {
      ...house,
      device: () => ({ name: 'Kitchen', state: 'online' as const, fault: 'wrong-password' as const }),
    };
    expect(diagnose('offline', {}, { legs, house: back })).toMatchObject({ isMended: true, mendings: [] });
    const off = { ...house, device: () => ({ name: 'Kitchen', state: 'off' as const, fault: undefined }) };
    expect(diagnose('offline', {}, { legs, house: off }).mendings).toEqual([
      { code: 'phone-on', values: { deviceId: kitchen, name: 'Kitchen' } },
    ]);
  });

  it.each([
    ['wrong-password', ['new-password', 'open-phone']],
    ['slowed-down', ['new-password', 'open-phone']],
    ['wrong-realm', ['open-phone']],
    ['wrong-name', ['open-phone']],
    [undefined, ['open-phone']],
  ] as const)('to a phone that is still offline, and last did this wrong: %s, offers what mends that', (fault, codes) => {
    const legs = [leg('Kitchen', 'offline')];
    const now = { ...house, device: () => ({ name: 'Kitchen', state: 'offline' as const, fault }) };
    expect(diagnose('offline', {}, { legs, house: now }).mendings.map(({ code }) => code)).toEqual(codes);
  });

  it('that do not disturb kept silent says whose it was, and offers to switch off what is still on', () => {
    const reasons = [{ code: 'dnd-person', params: { personId: 'person_anna', name: 'Anna', until: at } }] as const;
    expect(diagnose('dnd', { reasons })).toMatchObject({
      cause: { code: 'dnd-person', names: ['Anna'], values: { until: at } },
      mendings: [{ code: 'dnd-off', values: { of: 'person', id: 'person_anna', name: 'Anna' } }],
      isMended: false,
    });
    expect(diagnose('dnd', { reasons }, { house: { ...house, isDndOn: () => false } })).toMatchObject({
      mendings: [],
      isMended: true,
    });
  });

  it('shows the phones that were left in peace beside those that rang', () => {
    const reasons = [{ code: 'dnd-device', params: { deviceId: 'dev_office', name: 'Office', until: null } }] as const;
    const legs = [leg('Kitchen', 'no-answer', { ringingAt: at })];
    expect(diagnose('no-answer', { reasons }, { legs }).phones.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['Kitchen', 'no-answer'],
      ['Office', 'dnd'],
    ]);
  });

  it.each([
    ['blocklist', [{ code: 'blocklist', params: { entryId: 'block_1', kind: 'exact', reason: '' } }], 'blocklist', 'unblock'],
    ['spam-list', [{ code: 'spam-list', params: { listId: 'l', name: 'BNetzA', importedAt: 0 } }], 'spam-list-of', 'add-contact'],
    ['spam', [], 'spam', 'add-contact'],
    ['by-route', [{ code: 'route-matched', params: { routeId: 'route_1', name: 'Night' } }], 'rule-voicemail', 'open-rule'],
    ['busy-by-route', [{ code: 'route-matched', params: { routeId: 'route_1', name: 'Night' } }], 'rule-busy', 'open-rule'],
    [
      'quiet-hours',
      [{ code: 'child-line-quiet', params: { holder: 'dev_1', name: 'Leo' } }],
      'quiet-hours-of',
      'open-child-line',
    ],
    [
      'not-on-list',
      [{ code: 'child-line-caller', params: { holder: 'dev_1', name: 'Leo' } }],
      'not-on-list-of',
      'open-child-line',
    ],
    [
      'not-on-list',
      [{ code: 'child-line-called', params: { holder: 'dev_1', name: 'Leo' } }],
      'not-on-list-of',
      'open-child-line',
    ],
    ['switched-off', [], 'switched-off', 'number-on'],
    ['no-owner', [], 'no-owner', 'open-number'],
    ['no-trunk', [], 'no-trunk', 'open-trunks'],
    ['no-devices', [], 'no-devices', 'add-phone'],
    ['anonymous', [], 'anonymous', 'open-routing'],
    ['internal', [], 'internal', 'open-logs'],
  ] as const)('that ended because of %s leads to what mends it', (reason, reasons, code, mending) => {
    const found = diagnose(reason, { reasons });
    expect([found.cause.code, found.mendings[0]?.code]).toEqual([code, mending]);
  });

  it('to a country that is not allowed offers to allow just that', () => {
    const more = { direction: 'outbound', callee: { ...nobody, number: '+37120000000' } } as const;
    expect(diagnose('destination-not-allowed', more).mendings[0]).toEqual({
      code: 'allow-destination',
      values: { destination: 'LV' },
    });
    const allowed = { ...house, destinationToAllow: () => undefined };
    expect(diagnose('destination-not-allowed', more, { house: allowed })).toMatchObject({ isMended: true, mendings: [] });
  });

  it('that was answered says by whom, and one that goes on that it does', () => {
    const verdict = { disposition: 'answered', reason: 'caller-hung-up' } as const;
    const legs = [leg('Kitchen', 'answered'), leg('Office', 'answered-elsewhere')];
    expect(diagnoseCall({ record: { ...record, verdict }, legs, house }).cause).toMatchObject({
      code: 'answered',
      names: ['Kitchen'],
    });
    expect(diagnoseCall({ record, legs: [], house }).cause.code).toBe('in-progress');
  });
});

describe('a phone', () => {
  const fine: PhoneFacts = {
    deviceId: kitchen,
    name: 'Kitchen',
    extension: '11',
    state: 'online',
    fault: undefined,
    dnd: [],
    quietLine: undefined,
    isInCall: false,
    rungBy: ['+14165550100'],
  };

  it.each([
    ['phone-off', { state: 'off' }, 'phone-on'],
    ['phone-offline', { state: 'offline' }, 'open-phone'],
    ['phone-offline', { state: 'offline', fault: 'wrong-password' }, 'new-password'],
    ['phone-offline', { state: 'offline', fault: 'wrong-transport' }, 'open-phone'],
    ['phone-silent', { state: 'silent' }, 'open-phone'],
    ['phone-silent', { state: 'silent', fault: 'wrong-password' }, 'new-password'],
    ['phone-refused', { state: 'refused', fault: 'wrong-password' }, 'new-password'],
    // It signs in from elsewhere with the right one.
    ['phone-fine', { fault: 'wrong-password' }, undefined],
    ['phone-dnd-device', { dnd: [{ subject: { of: 'device', id: kitchen }, name: 'Kitchen', until: at }] }, 'dnd-off'],
    ['phone-dnd-house', { dnd: [{ subject: { of: 'house' }, name: '', until: undefined }] }, 'dnd-off'],
    ['phone-quiet', { quietLine: { holder: kitchen, name: 'Kitchen' } }, 'open-child-line'],
    ['phone-in-call', { isInCall: true }, undefined],
    ['phone-not-rung', { rungBy: [] }, 'open-routing'],
    ['phone-fine', {}, undefined],
  ] as const)('says the first thing that keeps it silent: %s', (code, facts, mending) => {
    const found = diagnosePhone({ ...fine, ...facts });
    expect([found.cause.code, found.mendings[0]?.code]).toEqual([code, mending]);
  });
});
