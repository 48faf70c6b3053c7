// Composes the answer to “why did it not ring?”: the house as it is now, for calls of the past and phones of today.
// Called by app.ts, after calls, which gather the facts of a call.
// Must stay true: a phone is rung in thought by the one decision that rings it in earnest.
import type { Device } from '#devices/device.ts';
import { diagnosisRoutes } from '#calls/diagnosis-routes.ts';
import type { DndSubject, HouseNow } from '#calls/diagnosis-facts.ts';
import type { PhoneFacts } from '#calls/diagnose-phone.ts';
import { lineContextAt } from '#calls/child-line-refusal.ts';
import { phoneCall } from '#calls/phone-state.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { OurNumber } from '#numbers/number.ts';
import type { Blocklist } from '#routing/blocklist.ts';
import { isLineQuiet, lineOfDevice } from '#routing/child-line.ts';
import { decide } from '#routing/decide.ts';
import { isDndActive } from '#routing/dnd.ts';
import type { CallsRoom } from './calls.ts';
import type { AppContext, RoomFace } from './context.ts';
import type { DevicesRoom } from './devices.ts';
import { faceOf } from './face.ts';
import type { PeopleRoom } from './people.ts';
import type { RoutingRoom } from './routing.ts';

type DiagnosisDeps = AppContext & {
  readonly calls: Pick<CallsRoom, 'calls' | 'cdrs' | 'gatherFacts' | 'destinationToAllow'>;
  readonly devices: Pick<DevicesRoom, 'devices' | 'registrations' | 'faults' | 'presence' | 'stateOf'>;
  readonly people: Pick<PeopleRoom['people'], 'all'>;
  readonly numbers: Numbers;
  readonly routing: Pick<RoutingRoom, 'dnd' | 'childLines' | 'sources'>;
  readonly blocklist: Pick<Blocklist, 'byId'>;
};

export function composeDiagnosis(deps: DiagnosisDeps): { readonly face: RoomFace } {
  const { devices, registrations, faults, presence } = deps.devices;
  const routes = diagnosisRoutes({
    store: deps.calls.cdrs,
    deviceOf: (id) => devices.byId(id),
    house: houseNow(deps),
    phoneFacts: (device) => phoneFacts(device, deps),
    absence: (id) => ({ offline: registrations.offline(id), fault: faults.of(id) }),
    ask: (id) => presence.check(id),
    ownerOfEntry: (id) => deps.blocklist.byId(id)?.personId,
  });
  return { face: faceOf({ routes }) };
}

function houseNow({ calls, devices, numbers, routing, blocklist }: DiagnosisDeps): HouseNow {
  return {
    device: (id) => {
      const device = devices.devices.byId(id);
      if (device === undefined) return undefined;
      return { name: device.name, state: devices.stateOf(device), fault: devices.faults.of(id)?.kind };
    },
    isDndOn: (subject) => routing.dnd.of(keyOf(subject)).isOn,
    hasBlocklistEntry: (id) => blocklist.byId(id)?.isEnabled === true,
    number: (number) => {
      const found = numbers.byNumber(number);
      return found === undefined
        ? undefined
        : { id: found.id, isOn: found.voiceEnabled, hasOwner: found.ownerPersonId !== undefined };
    },
    numberOfRule: (routeId) =>
      numbers.all().find(({ id }) => routing.sources.routesOf(id).some((rule) => rule.id === routeId))?.id,
    destinationToAllow: (number) => calls.destinationToAllow(number),
  };
}

function keyOf(subject: DndSubject) {
  if (subject.of === 'house') return {};
  return subject.of === 'person' ? { personId: subject.id } : { deviceId: subject.id };
}

function phoneFacts(device: Device, deps: DiagnosisDeps): PhoneFacts {
  const { id: deviceId, name, extension } = device;
  return {
    deviceId,
    name,
    extension,
    state: deps.devices.stateOf(device),
    fault: deps.devices.faults.of(deviceId)?.kind,
    dnd: dndOf(device, deps),
    quietLine: quietLineOf(device, deps),
    isInCall: phoneCall(deviceId, deps.calls.calls.list()).state !== 'idle',
    rungBy: deps.numbers
      .all()
      .filter((number) => isRungBy(device, number, deps))
      .map(({ number }) => number),
  };
}

function dndOf({ id, name, personId }: Device, { clock, people, routing }: DiagnosisDeps): PhoneFacts['dnd'] {
  const { house, persons, devices } = routing.dnd.facts(clock.now());
  const owner = people.all().find((person) => person.id === personId);
  const found = [
    { subject: { of: 'device', id }, name, dnd: devices.get(id) },
    ...(owner === undefined
      ? []
      : [{ subject: { of: 'person', id: owner.id }, name: owner.name, dnd: persons.get(owner.id) } as const]),
    { subject: { of: 'house' }, name: '', dnd: house },
  ] as const;
  return found.flatMap(({ subject, name: whose, dnd }) =>
    isDndActive(dnd, clock.now()) ? [{ subject, name: whose, until: dnd.until }] : [],
  );
}

function quietLineOf(device: Device, { clock, people, routing }: DiagnosisDeps): PhoneFacts['quietLine'] {
  const line = lineOfDevice(device, routing.childLines.facts());
  if (line === undefined || !isLineQuiet(line, lineContextAt(clock.now(), routing.sources))) return undefined;
  const owner = people.all().find(({ id }) => id === line.holder);
  return { holder: line.holder, name: owner?.name ?? device.name };
}

/** Whether a caller whom nobody knows makes it ring now. */
function isRungBy({ id }: Device, number: OurNumber, { calls, clock }: DiagnosisDeps): boolean {
  const now = clock.now();
  const nobody = { deviceId: undefined, personId: undefined, number: undefined, name: '', spamScore: undefined };
  const caller = { kind: 'outside', isWithheld: false, ...nobody } as const;
  const call = { called: { kind: 'number', number }, caller, via: 'trunk', isReachable: true, isFull: false } as const;
  const { question, facts } = calls.gatherFacts(call, now);
  const { plan } = decide(question, facts, now);
  return plan.kind === 'ring' && plan.steps.some(({ deviceIds }) => deviceIds.includes(id));
}
