// Owns what each reason of a call means to whoever asks why it did not ring.
// Called by diagnosis.ts.
// Must stay true: the table is whole by its type; where nothing more is known than the reason, the reason is the cause.
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { CallReason } from '#contract/call-verdicts.ts';
import type { LegOutcome } from './call.ts';
import { calledLegs, dndOff, nameOf, namesWith, phoneBack, reasonsWith } from './diagnosis-facts.ts';
import type { CallFacts, CauseCode, Found, Mending } from './diagnosis-facts.ts';

type Case = (facts: CallFacts) => Found;

const alerts: Mending = { code: 'open-alerts', values: {} };
const logs: Mending = { code: 'open-logs', values: {} };
const outgoing: Mending = { code: 'open-outgoing', values: {} };
const trunks: Mending = { code: 'open-trunks', values: {} };
const routing: Mending = { code: 'open-routing', values: {} };

/** Nothing more is known, and these may help. */
function plain(code: CallReason, ...mendings: readonly Mending[]): Case {
  return () => ({ code, mendings });
}

export const callCases: Readonly<Record<CallReason, Case>> = {
  // Of calls that were answered, or that somebody meant to end.
  'caller-hung-up': plain('caller-hung-up'),
  'callee-hung-up': plain('callee-hung-up'),
  'hung-up-by-house': plain('hung-up-by-house'),
  transferred: plain('transferred'),
  replaced: plain('replaced'),
  'session-expired': plain('session-expired'),
  'too-long': plain('too-long', outgoing),
  'made-room': plain('made-room'),
  // Nobody took it.
  'no-answer': (facts) => rang(facts, 'rang') ?? called(facts) ?? { code: 'no-answer' },
  'caller-cancelled': (facts) => rang(facts, 'gave-up') ?? early(facts),
  declined: (facts) => atPhones(facts, 'declined', { code: 'declined-by', outcomes: ['declined'] }),
  busy: (facts) => atPhones(facts, 'busy', { code: 'busy-at', outcomes: ['busy'] }),
  // No phone could ring.
  offline: (facts) => atPhones(facts, 'offline', { code: 'phones-offline', outcomes: ['offline'] }),
  unreachable: (facts) =>
    facts.record.direction === 'outbound'
      ? { code: 'unreachable', mendings: [trunks] }
      : atPhones(facts, 'unreachable', { code: 'phones-unreachable', outcomes: ['unreachable'] }),
  'no-devices': plain('no-devices', { code: 'add-phone', values: {} }),
  'phone-error': (facts) => ({ code: 'phone-error', ...phoneMending(facts, ['error']) }),
  redirected: (facts) => ({ code: 'redirected', ...phoneMending(facts, ['redirected']) }),
  'media-refused': (facts) => ({ code: 'media-refused', ...phoneMending(facts, ['media-refused']) }),
  'no-media': plain('no-media', alerts),
  'not-acknowledged': ({ record }) => ({
    code: 'not-acknowledged',
    mendings: openPhone(record.caller.deviceId, record.caller.name),
  }),
  revoked: revoked,
  'calling-itself': plain('calling-itself'),
  loop: plain('loop', routing),
  // The house let it not ring.
  dnd,
  'quiet-hours': (facts) => childLine(facts, 'quiet-hours', 'quiet-hours-of'),
  'not-on-list': (facts) => childLine(facts, 'not-on-list', 'not-on-list-of'),
  blocklist,
  'spam-list': (facts) => ({
    ...named('spam-list', 'spam-list-of', reasonsWith(facts.record.reasons, 'spam-list')[0]?.name),
    mendings: trust(facts),
  }),
  spam: (facts) => ({ code: 'spam', mendings: [...trust(facts), routing] }),
  anonymous: plain('anonymous', routing),
  challenge: (facts) => ({ code: 'challenge', mendings: [...trust(facts), routing] }),
  'by-route': (facts) => rule(facts, 'by-route', 'rule-voicemail'),
  'busy-by-route': (facts) => rule(facts, 'busy-by-route', 'rule-busy'),
  'rejected-by-route': (facts) => rule(facts, 'rejected-by-route', 'rule-rejected'),
  announcement: (facts) => rule(facts, 'announcement', 'rule-announcement'),
  // The number.
  'switched-off': ({ record, house }) => {
    const number = ourNumber(record, house);
    const mendings =
      number?.isOn === false
        ? ([{ code: 'number-on', values: { numberId: number.id, name: record.number ?? '' } }] as const)
        : [];
    return { code: 'switched-off', mendings, isMended: number?.isOn === true };
  },
  'no-owner': ({ record, house }) => {
    const number = ourNumber(record, house);
    const mendings =
      number?.hasOwner === false
        ? ([{ code: 'open-number', values: { numberId: number.id, name: record.number ?? '' } }] as const)
        : [];
    return { code: 'no-owner', mendings, isMended: number?.hasOwner === true };
  },
  'unknown-number': plain('unknown-number'),
  'invalid-number': plain('invalid-number'),
  'unknown-service-code': plain('unknown-service-code'),
  // Calls outside.
  'no-trunk': plain('no-trunk', trunks),
  'trunk-refused': plain('trunk-refused', trunks),
  'destination-not-allowed': destination,
  'call-not-permitted': plain('call-not-permitted', outgoing),
  'call-not-permitted-now': plain('call-not-permitted-now', outgoing),
  'outgoing-limit': plain('outgoing-limit', outgoing),
  'minutes-used-up': plain('minutes-used-up', outgoing),
  'not-registered-here': ({ record }) => ({
    code: 'not-registered-here',
    mendings: openPhone(record.caller.deviceId, record.caller.name),
  }),
  // The house itself.
  'too-many-calls': plain('too-many-calls'),
  'engine-lost': plain('engine-lost', logs),
  interrupted: plain('interrupted', logs),
  internal: plain('internal', logs),
};

const notThere: readonly LegOutcome[] = ['offline', 'unreachable', 'error', 'media-refused', 'no-media'];

/** Phones said that they ring. */
function rang(facts: CallFacts, code: 'rang' | 'gave-up'): Found | undefined {
  const { record, legs } = facts;
  const rung = calledLegs(legs).filter(({ ringingAt }) => ringingAt !== undefined);
  if (rung.length === 0) return undefined;
  const first = Math.min(...rung.map(({ ringingAt }) => ringingAt ?? Infinity));
  const last = Math.max(...rung.map(({ endedAt }) => endedAt ?? record.endedAt ?? first));
  const seconds = Math.max(0, Math.round((last - first) / 1000));
  return { code, names: [...new Set(rung.map(nameOf))], values: { seconds }, mendings: phoneMending(facts, notThere).mendings };
}

/** Where the call rang and its legs do not tell at whom, no more is said. */
function early(facts: CallFacts): Found {
  const code = facts.record.ringingAt === undefined ? 'gave-up-early' : 'caller-cancelled';
  return { code, ...phoneMending(facts, notThere) };
}

/** They were called and said nothing. */
function called(facts: CallFacts): Found | undefined {
  if (facts.record.ringingAt !== undefined) return undefined;
  const names = namesWith(facts.legs, 'no-answer');
  return names.length === 0 ? undefined : { code: 'no-ringing', names, ...phoneMending(facts, [...notThere, 'no-answer']) };
}

type AtPhones = { readonly code: CauseCode; readonly outcomes: readonly LegOutcome[] };

/** The same happened at these phones; where no leg tells which, the reason alone is known. */
function atPhones(facts: CallFacts, reason: CallReason, { code, outcomes }: AtPhones): Found {
  const names = namesWith(facts.legs, ...outcomes);
  const mends = outcomes.some((outcome) => notThere.includes(outcome)) ? phoneMending(facts, outcomes) : {};
  return names.length === 0 ? { code: reason, ...mends } : { code, names, ...mends };
}

/** What helps phones that are not there; nothing for those that are back. */
function phoneMending({ legs, house }: CallFacts, outcomes: readonly LegOutcome[]) {
  const phones = calledLegs(legs).flatMap(({ deviceId, outcome }) => {
    const device = deviceId === undefined ? undefined : house.device(deviceId);
    return deviceId === undefined || device === undefined || outcome === undefined || !outcomes.includes(outcome)
      ? []
      : [{ deviceId, ...device }];
  });
  const mendings = phones.flatMap(({ deviceId, name, state, fault }): readonly Mending[] => {
    if (state === 'off') return [{ code: 'phone-on', values: { deviceId, name } }];
    if (state !== 'online') return phoneBack(deviceId, name, fault);
    return outcomes.includes('offline') ? [] : openPhone(deviceId, name);
  });
  const isMended = phones.length > 0 && outcomes.includes('offline') && phones.every(({ state }) => state === 'online');
  return { mendings: once(mendings), isMended };
}

function openPhone(deviceId: DeviceId | undefined, name: string): readonly Mending[] {
  return deviceId === undefined ? [] : [{ code: 'open-phone', values: { deviceId, name } }];
}

function revoked({ record, house }: CallFacts): Found {
  const side = record.callee.deviceId === undefined ? record.caller : record.callee;
  const device = side.deviceId === undefined ? undefined : house.device(side.deviceId);
  if (side.deviceId === undefined || device === undefined) return { code: 'revoked' };
  const values = { deviceId: side.deviceId, name: device.name };
  return {
    code: 'revoked',
    mendings: device.state === 'off' ? [{ code: 'phone-on', values }] : [],
    isMended: device.state === 'online',
  };
}

function dnd({ record, house }: CallFacts): Found {
  const found = [
    ...reasonsWith(record.reasons, 'dnd-house').map(
      ({ until }) => ({ code: 'dnd-house', until, name: '', subject: { of: 'house' } }) as const,
    ),
    ...reasonsWith(record.reasons, 'dnd-person').map(
      ({ until, personId, name }) =>
        ({ code: 'dnd-person', until, name, subject: { of: 'person', id: personId as PersonId } }) as const,
    ),
    ...reasonsWith(record.reasons, 'dnd-device').map(
      ({ until, deviceId, name }) =>
        ({ code: 'dnd-device', until, name, subject: { of: 'device', id: deviceId as DeviceId } }) as const,
    ),
  ];
  const [first] = found;
  if (first === undefined) return { code: 'dnd' };
  const on = found.filter(({ subject }) => house.isDndOn(subject));
  return {
    code: first.code,
    names: found.filter(({ code, name }) => code === first.code && name !== '').map(({ name }) => name),
    values: { until: first.until },
    mendings: on.map(({ subject, name }) => dndOff(subject, name)),
    isMended: on.length === 0,
  };
}

function childLine({ record }: CallFacts, reason: CallReason, code: CauseCode): Found {
  const from = reason === 'quiet-hours' ? 'child-line-quiet' : 'child-line-caller';
  const [line] = [...reasonsWith(record.reasons, from), ...reasonsWith(record.reasons, 'child-line-called')];
  if (line === undefined) return { code: reason };
  return { code, names: [line.name], mendings: [{ code: 'open-child-line', values: { holder: line.holder, name: line.name } }] };
}

function blocklist({ record, house }: CallFacts): Found {
  const [entry] = reasonsWith(record.reasons, 'blocklist');
  if (entry === undefined) return { code: 'blocklist' };
  const isThere = house.hasBlocklistEntry(entry.entryId);
  const name = record.caller.name || record.caller.number;
  return {
    code: 'blocklist',
    mendings: isThere ? [{ code: 'unblock', values: { entryId: entry.entryId, name } }] : [],
    isMended: !isThere,
  };
}

/** Who is a contact is let through. */
function trust({ record }: CallFacts): readonly Mending[] {
  const { number } = record.caller;
  return number === '' ? [] : [{ code: 'add-contact', values: { number, name: record.caller.name || number } }];
}

function rule({ record, house }: CallFacts, reason: CallReason, code: CauseCode): Found {
  const found = reasonsWith(record.reasons, 'route-matched').at(-1);
  if (found === undefined) return { code: reason, mendings: [routing] };
  const numberId = house.numberOfRule(found.routeId);
  const { routeId, name } = found;
  return {
    ...named(reason, code, name),
    // A rule that was deleted since cannot be opened.
    mendings: numberId === undefined ? [] : [{ code: 'open-rule', values: { routeId, numberId, name } }],
    isMended: numberId === undefined,
  };
}

function named(plainCode: CallReason, code: CauseCode, name: string | undefined): Found {
  return name === undefined || name === '' ? { code: plainCode } : { code, names: [name] };
}

function destination({ record, house }: CallFacts): Found {
  const { number } = record.callee;
  const missing = number.startsWith('+') ? house.destinationToAllow(number) : undefined;
  if (!number.startsWith('+')) return { code: 'destination-not-allowed', mendings: [outgoing] };
  return {
    code: 'destination-not-allowed',
    mendings: missing === undefined ? [] : [{ code: 'allow-destination', values: { destination: missing } }, outgoing],
    isMended: missing === undefined,
  };
}

function ourNumber({ number }: CallFacts['record'], house: CallFacts['house']) {
  return number === undefined ? undefined : house.number(number);
}

function once(mendings: readonly Mending[]): readonly Mending[] {
  return [...new Map(mendings.map((one) => [JSON.stringify(one), one])).values()];
}
