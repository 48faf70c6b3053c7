import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { isDeviceId } from '#base/ids.ts';
import type { CallApprovalId, PersonId } from '#base/ids.ts';
import { answerCallApproval, getCallApproval, listCallApprovals } from '#contract/call-approvals.ts';
import type { CallApprovalReply } from '#contract/call-approvals.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { answerInMemory } from '#contract/page.ts';
import type { LineHolder } from '#routing/child-line.ts';
import type { CallApproval } from './call-approval.ts';
import type { CallApprovals } from './call-approvals.ts';

export type CallApprovalRoutesDeps = {
  readonly approvals: CallApprovals;
  readonly parentsOf: (lines: readonly LineHolder[]) => readonly PersonId[];
  /** Of a phone or a person; empty where it is gone. */
  readonly nameOf: (holder: LineHolder) => string;
};

/** For admins, and for the parents of the lines; for anybody else they are not there. */
export function callApprovalRoutes({ approvals, parentsOf, nameOf }: CallApprovalRoutesDeps): readonly Route[] {
  const maySee = (identity: Identity | undefined, { lines }: CallApproval): boolean =>
    identity?.role === 'admin' || (identity?.personId !== undefined && parentsOf(lines).includes(identity.personId));
  const find = (id: CallApprovalId, identity: Identity | undefined): CallApproval => {
    const found = approvals.byId(id);
    if (found === undefined || !maySee(identity, found))
      throw new AppError('not-found', 'There is no such question about a caller');
    return found;
  };
  const toReply = (approval: CallApproval): CallApprovalReply => {
    const { id, callId, number, callerName, lines, askedAt, answeredAt, answeredBy } = approval;
    return {
      id,
      callId,
      callerName,
      number: number === '' ? null : number,
      lines: lines.map((holder) => ({
        deviceId: isDeviceId(holder) ? holder : null,
        personId: isDeviceId(holder) ? null : holder,
        name: nameOf(holder),
      })),
      state: approvals.stateOf(approval),
      askedAt: isoTime(askedAt),
      answeredAt: isoTimeOrNull(answeredAt),
      answeredBy: answeredBy ?? null,
    };
  };
  return [
    handle(listCallApprovals, ({ query, identity }) =>
      answerInMemory(
        query,
        approvals
          .all()
          .filter((one) => maySee(identity, one) && (query.state === undefined || approvals.stateOf(one) === query.state))
          .toReversed(),
        toReply,
      ),
    ),
    handle(getCallApproval, ({ params, identity }) => toReply(find(params.id, identity))),
    handle(answerCallApproval, async ({ params, body, identity }) => {
      const approval = find(params.id, identity);
      return toReply(await approvals.answer(approval, body.answer, { personId: identity?.personId, by: 'api' }));
    }),
  ];
}
