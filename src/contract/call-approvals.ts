import { z } from 'zod';
import { approvalStates } from './approval-states.ts';
import { isoDateTime } from './date-time.ts';
import { endpoint } from './endpoint.ts';
import { callApprovalId } from './ids.ts';
import { listQuery, pageOf } from './page.ts';

const state = z.enum(approvalStates).meta({ id: 'ApprovalState' });

export const callApproval = z
  .object({
    id: callApprovalId,
    callId: z.string(),
    /** E.164; null where the caller hides it. */
    number: z.string().nullable(),
    /** As far as the house knows; may be empty. */
    callerName: z.string(),
    /** The children’s lines that do not know the caller. */
    lines: z.array(z.object({ deviceId: z.string().nullable(), personId: z.string().nullable(), name: z.string() })),
    state,
    askedAt: isoDateTime,
    answeredAt: isoDateTime.nullable(),
    /** Who answered; null where nobody did, or nobody knows who pressed the key. */
    answeredBy: z.string().nullable(),
  })
  .meta({ id: 'CallApproval' });

export type CallApprovalReply = z.input<typeof callApproval>;

export const listCallApprovals = endpoint({
  id: 'listCallApprovals',
  method: 'GET',
  path: '/call-approvals',
  access: 'user',
  summary: 'Callers whom a child’s line does not know; for its parents, and for admins',
  query: listQuery(['askedAt'], { state: state.optional() }),
  reply: pageOf(callApproval),
});

export const getCallApproval = endpoint({
  id: 'getCallApproval',
  method: 'GET',
  path: '/call-approvals/:id',
  access: 'user',
  summary: 'One caller whom a child’s line does not know',
  params: z.object({ id: callApprovalId }),
  reply: callApproval,
});

export const answerCallApproval = endpoint({
  id: 'answerCallApproval',
  method: 'POST',
  path: '/call-approvals/:id',
  access: 'user',
  status: 200,
  summary:
    'Let a caller through to the child once (this call where it still rings, else their next one within a day), always, or block them; may be answered again',
  params: z.object({ id: callApprovalId }),
  body: z.strictObject({ answer: z.enum(['once', 'always', 'block']).meta({ id: 'ApprovalAnswer' }) }),
  reply: callApproval,
});
