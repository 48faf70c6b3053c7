import { isoTime } from '#base/clock.ts';
import type { SeenFault, UnknownPhone } from './device-faults.ts';

/** As the API shows it. */
export function describeFault(fault: SeenFault | undefined) {
  if (fault === undefined) return null;
  const { kind, given, sipStatus } = fault;
  return { kind, given: given ?? null, sipStatus, ...describeSeen(fault) };
}

export function describeUnknown(unknown: UnknownPhone) {
  return { name: unknown.name, ...describeSeen(unknown) };
}

function describeSeen({ source, userAgent, times, at }: SeenFault | UnknownPhone) {
  return { address: source.address, transport: source.protocol, userAgent: userAgent ?? null, times, at: isoTime(at) };
}
