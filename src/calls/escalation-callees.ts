import type { ContactId, DeviceId, PersonId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { RoutingFacts } from '#routing/decision.ts';
import { isDndActive } from '#routing/dnd.ts';
import type { EscalationTarget } from '#routing/escalation-chain.ts';
import type { EscalationCallee } from './escalation.ts';

export type CalleeSources = {
  readonly devices: { all(): readonly Device[]; byId(id: DeviceId): Device | undefined };
  readonly registrations: { of(deviceId: DeviceId): readonly unknown[] };
  readonly people: { all(): readonly { readonly id: PersonId; readonly name: string }[] };
  readonly dnd: (at: number) => RoutingFacts['dnd'];
  readonly isQuietHours: (device: Device, now: number) => boolean;
  /** Whether the house may call this number (E.164). */
  readonly mayCall: (number: string) => boolean;
  /** As the address book has them. */
  readonly nameOfContact: (id: ContactId) => string | undefined;
  readonly nameOfNumber: (number: string) => string | undefined;
};

type Moment = { readonly now: number; readonly ignoresDnd: boolean };

/** The phones and numbers that a target stands for at this moment, each with why it is not called; none where it is gone. */
export function calleesOf(target: EscalationTarget, sources: CalleeSources, moment: Moment): readonly EscalationCallee[] {
  switch (target.kind) {
    case 'person':
      return calleesOfPerson(target.id, sources, moment);
    case 'device': {
      const device = sources.devices.byId(target.id);
      return device === undefined ? [] : [calleeOfDevice(device, sources, moment)];
    }
    case 'contact':
      return [calleeOutside(target.number, sources.nameOfContact(target.id) ?? '', sources)];
    case 'number':
      return [calleeOutside(target.number, '', sources)];
  }
}

/** Also without a phone, so that it is seen that they could not be called. */
function calleesOfPerson(personId: PersonId, sources: CalleeSources, moment: Moment): readonly EscalationCallee[] {
  const name = nameOf(personId, sources);
  if (name === undefined) return [];
  const phones = sources.devices.all().filter((device) => device.enabled && device.personId === personId);
  if (phones.length > 0) return phones.map((device) => calleeOfDevice(device, sources, moment));
  return [{ personId, deviceId: undefined, number: undefined, name, outcome: 'offline' }];
}

function calleeOfDevice(device: Device, sources: CalleeSources, moment: Moment): EscalationCallee {
  const { id: deviceId, personId } = device;
  const name = (personId === undefined ? undefined : nameOf(personId, sources)) ?? device.name;
  const callee = { personId, deviceId, number: undefined, name };
  if (!device.enabled || sources.registrations.of(deviceId).length === 0) return { ...callee, outcome: 'offline' };
  return isSilent(device, sources, moment) ? { ...callee, outcome: 'dnd' } : callee;
}

function calleeOutside(number: string, contactName: string, { mayCall, nameOfNumber }: CalleeSources): EscalationCallee {
  const name = contactName || (nameOfNumber(number) ?? '');
  const callee = { personId: undefined, deviceId: undefined, number, name };
  return mayCall(number) ? callee : { ...callee, outcome: 'not-allowed' };
}

function isSilent(device: Device, { dnd, isQuietHours }: CalleeSources, { now, ignoresDnd }: Moment): boolean {
  if (ignoresDnd) return false;
  const { id, personId } = device;
  const { house, persons, devices } = dnd(now);
  const switches = [house, devices.get(id), personId === undefined ? undefined : persons.get(personId)];
  return switches.some((one) => isDndActive(one, now)) || isQuietHours(device, now);
}

function nameOf(personId: PersonId, { people }: CalleeSources): string | undefined {
  return people.all().find(({ id }) => id === personId)?.name;
}
