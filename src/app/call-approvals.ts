// Composes what parents answer about callers whom a child's line does not know.
// Called by the compose function of calls: it takes part in the decision, and acts on calls.
// Must stay true: it reaches calls only when one is asked about, since calls are made after it.
import type { PersonId } from '#base/ids.ts';
import { callApprovalRoutes } from '#calls/call-approval-routes.ts';
import { CallApprovalStore } from '#calls/call-approval-store.ts';
import { CallApprovals } from '#calls/call-approvals.ts';
import type { Calls } from '#calls/calls.ts';
import type { CdrStore } from '#calls/cdr-store.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Devices } from '#devices/devices.ts';
import type { Blocklist } from '#routing/blocklist.ts';
import type { LineHolder } from '#routing/child-line.ts';
import type { ChildLines } from '#routing/child-lines.ts';
import type { AppContext, Storage } from './context.ts';
import type { PeopleRoom } from './people.ts';

export type ApprovalDeps = {
  readonly devices: Pick<Devices, 'byId'>;
  readonly people: { all(): readonly { readonly id: PersonId; readonly name: string }[] } & Pick<
    PeopleRoom['people'],
    'onRemoved'
  >;
  readonly lines: ChildLines;
  readonly blocklist: Pick<Blocklist, 'addAll'>;
  readonly cdrs: Pick<CdrStore, 'get'>;
  readonly calls: () => Calls;
};

export function composeCallApprovals(
  { clock, newId, events, log, stack }: AppContext,
  { db, writes }: Pick<Storage, 'db' | 'writes'>,
  { devices, people, lines, blocklist, cdrs, calls }: ApprovalDeps,
): { readonly approvals: CallApprovals; readonly routes: readonly Route[] } {
  const ownerOf = (id: string): PersonId | undefined => devices.byId(id as `dev_${string}`)?.personId;
  const parentsOf = (holders: readonly LineHolder[]): readonly PersonId[] => {
    const targets = holders.flatMap((holder) => lines.facts().get(holder)?.parents ?? []);
    const persons = targets.flatMap((target) =>
      target.kind === 'person' ? target.id : target.kind === 'device' ? (ownerOf(target.id) ?? []) : [],
    );
    return [...new Set(persons)];
  };
  const approvals = new CallApprovals({
    store: new CallApprovalStore(db),
    writes,
    clock,
    newId,
    events,
    log: log.child({ room: 'calls' }),
    lines,
    blocklist,
    parentsOf,
    calls: () => ({
      recordOf: (callId) => calls().get(callId)?.record ?? cdrs.get(callId),
      isRinging: (callId) => calls().get(callId)?.phase === 'ringing',
      block: (callId) => calls().get(callId)?.stop('blocked'),
      letThrough: (callId) => calls().ringAnew(callId),
    }),
  });
  stack.defer(approvals.start());
  stack.defer(
    events.on('device.deleted', ({ deviceId }) => {
      writes
        .write(() => approvals.release(deviceId))
        .then(
          (forget) => forget(),
          (error: unknown) => log.debug({ err: error }, 'Questions about a removed phone stay'),
        );
    }),
  );
  people.onRemoved([(personId) => approvals.release(personId)]);
  const nameOf = (holder: LineHolder) =>
    devices.byId(holder as `dev_${string}`)?.name ?? people.all().find(({ id }) => id === holder)?.name ?? '';
  return { approvals, routes: callApprovalRoutes({ approvals, parentsOf, nameOf }) };
}
