import type { CallRecord } from './data.ts';

/** Without those in which the house rang a phone for a call that is among them, or that it went over to: that is the same call. */
export function withoutSetUps<One extends Pick<CallRecord, 'id' | 'purpose' | 'transferredFrom'>>(
  calls: readonly One[],
): readonly One[] {
  const followed = new Set(calls.map(({ transferredFrom }) => transferredFrom));
  return calls.filter(({ id, purpose }) => purpose !== 'dial' || !followed.has(id));
}
