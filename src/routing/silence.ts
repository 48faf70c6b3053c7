import type { DeviceId, PersonId } from '#base/ids.ts';
import type { RoutingReason } from '#contract/routing-reasons.ts';
import type { Device } from '#devices/device.ts';
import { isDndActive } from './dnd.ts';
import { isTrusted } from './routing-scope.ts';
import type { RoutingScope } from './routing-scope.ts';
import { isSameGroup } from './same-group.ts';

type Level = 'house' | 'person' | 'device';

/** Whether do not disturb of the house keeps the call from ringing: one from outside. A family calls each other at night. */
export function isHouseSilent(scope: RoutingScope): boolean {
  const { house } = scope.facts.dnd;
  if (scope.call.caller.kind === 'device' || !isDndActive(house, scope.now)) return false;
  return isSilenced('house', { code: 'dnd-house', params: { until: house.until ?? null } }, scope);
}

export function isPersonSilent(personId: PersonId, scope: RoutingScope): boolean {
  const { dnd, persons } = scope.facts;
  const found = dnd.persons.get(personId);
  if (!isDndActive(found, scope.now)) return false;
  const name = persons.find(({ id }) => id === personId)?.name ?? '';
  return isSilenced('person', { code: 'dnd-person', params: { personId, name, until: found.until ?? null } }, scope);
}

/** By its own switch or its owner's. */
export function isDeviceSilent({ id, name, personId }: Pick<Device, 'id' | 'name' | 'personId'>, scope: RoutingScope): boolean {
  if (personId !== undefined && isPersonSilent(personId, scope)) return true;
  return hasOwnSilence(id, name, scope);
}

function hasOwnSilence(deviceId: DeviceId, name: string, scope: RoutingScope): boolean {
  const found = scope.facts.dnd.devices.get(deviceId);
  if (!isDndActive(found, scope.now)) return false;
  return isSilenced('device', { code: 'dnd-device', params: { deviceId, name, until: found.until ?? null } }, scope);
}

/** Do not disturb is on; VIPs and repeated calls get through. */
function isSilenced(level: Level, reason: RoutingReason, scope: RoutingScope): boolean {
  scope.add(reason);
  const through = breakThrough(level, scope);
  if (through === undefined) return true;
  scope.add(through);
  return false;
}

function breakThrough(level: Level, { call, facts, now }: RoutingScope): RoutingReason | undefined {
  const { caller } = call;
  const { contact, lastCallAt } = caller;
  const { vipGroups, repeatedCallMinutes: minutes, repeatedCallsOf } = facts.settings;
  const group = contact?.groups.find((one) => vipGroups.some((vip) => isSameGroup(vip, one)));
  if (contact !== undefined && group !== undefined) {
    return { code: 'vip-broke-through', params: { contactId: contact.id, name: contact.name, group, level } };
  }
  if (lastCallAt === undefined || caller.isWithheld || now - lastCallAt > minutes * 60_000) return undefined;
  if (minutes === 0 || (repeatedCallsOf === 'known' && !isTrusted(caller))) return undefined;
  return { code: 'repeated-call-broke-through', params: { lastCallAt, minutes, level } };
}
