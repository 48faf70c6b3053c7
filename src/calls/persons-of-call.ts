import type { CallId, PersonId } from '#base/ids.ts';
import type { CallLeg } from './call.ts';

type Legs = Iterable<Pick<CallLeg, 'personId'>>;

export type PersonsOfCallDeps = {
  readonly calls: { get(callId: CallId): { readonly legs: Legs } | undefined };
  readonly cdrs: { legsOf(callId: CallId): Legs };
};

/** Whose phones a call came from or rang, while it goes on and afterwards: they see it in the list, and live. */
export function personsOfCall(callId: CallId, { calls, cdrs }: PersonsOfCallDeps): readonly PersonId[] {
  const legs = calls.get(callId)?.legs ?? cdrs.legsOf(callId);
  return [...new Set([...legs].flatMap(({ personId }) => personId ?? []))];
}

/** The same of a call that has a record; undefined where there is none. */
export function personsOfRecord(
  callId: CallId,
  deps: PersonsOfCallDeps & { readonly cdrs: { get(callId: CallId): unknown } },
): readonly PersonId[] | undefined {
  return deps.cdrs.get(callId) === undefined ? undefined : personsOfCall(callId, deps);
}
