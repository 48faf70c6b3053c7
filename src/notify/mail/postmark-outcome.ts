import { isRecord, parseJson } from '#base/json.ts';
import type { CheckStep, DeliveryReason } from '#contract/notification-kinds.ts';
import type { FencedReply, FencedResult } from '../fence/fenced-request.ts';
import { outcomeOf } from '../fence/status-outcome.ts';
import type { CheckResult, Outcome } from '../kinds/channel.ts';

/** Why Postmark takes no mail, by its own codes (https://postmarkapp.com/developer/api/overview#error-codes). */
const reasons: Readonly<Record<number, DeliveryReason>> = {
  10: 'refused-login',
  300: 'refused-content',
  // The sender signature: not found, not confirmed.
  400: 'refused-sender',
  401: 'refused-sender',
  // The account: out of credit, waiting for approval, closed.
  405: 'refused-sender',
  406: 'refused-recipient',
  411: 'refused-content',
  412: 'refused-sender',
  413: 'refused-sender',
  // The message stream: not found, not for this kind of mail.
  1235: 'not-set-up',
  1236: 'not-set-up',
};
/** Maintenance, and too many at once: later it will do. */
const busy = new Set([100, 429]);
const inactiveRecipient = 406;
const forbiddenAttachment = 411;

export type PostmarkReply = { readonly code: number | undefined; readonly message: string };

export function replyOf({ body }: FencedReply): PostmarkReply {
  const said = parseJson(body.toString());
  const { ErrorCode: code, Message: message } = isRecord(said) ? said : {};
  return {
    code: typeof code === 'number' ? code : undefined,
    message: typeof message === 'string' ? message.slice(0, 1000) : '',
  };
}

/** `request`: what was asked, without secrets. `now` in milliseconds. */
export function postmarkOutcome(result: FencedResult, request: string, now: number): Outcome {
  const byStatus = outcomeOf(result, request, now);
  if (result.kind !== 'replied') return byStatus;
  const { code = 0, message } = replyOf(result);
  if (code === 0) return byStatus;
  const { reply } = byStatus;
  const said = { detail: `Postmark: ${message} (${code})`, ...(reply === undefined ? {} : { reply }) };
  if (busy.has(code)) return { kind: 'temporary', reason: 'busy', ...retryOf(byStatus), ...said };
  const reason = result.status === 413 ? 'too-large' : code === 300 ? ofRequest(message) : reasons[code];
  if (reason === undefined) return byStatus.kind === 'delivered' ? byStatus : { ...byStatus, ...said };
  return { kind: 'permanent', reason, ...said, ...(code === inactiveRecipient ? { isTargetGone: true } : {}) };
}

/** Whether the mail would have been taken without what is attached to it. */
export function isRefusedForAttachments(outcome: Outcome): boolean {
  if (outcome.kind !== 'permanent') return false;
  return outcome.reason === 'too-large' || outcome.detail.endsWith(`(${forbiddenAttachment})`);
}

export function isArrived(result: FencedResult): 'arrived' | 'absent' | 'unclear' {
  if (result.kind !== 'replied' || result.status !== 200) return 'unclear';
  const found = parseJson(result.body.toString());
  if (!isRecord(found) || typeof found['TotalCount'] !== 'number') return 'unclear';
  return found['TotalCount'] > 0 ? 'arrived' : 'absent';
}

const order: readonly CheckStep[] = ['address', 'connect', 'tls', 'certificate', 'token', 'server'];

/** Of the two questions of a check: whether the token is right, and whether the message stream is there. */
export function postmarkSteps(token: FencedResult, stream: FencedResult | undefined): CheckResult['steps'] {
  const failed = failureOf(token, 'token') ?? sandboxFailure(token) ?? (stream === undefined ? undefined : streamFailure(stream));
  const at = failed === undefined ? order.length : order.indexOf(failed.step);
  return order.map((step, index) => {
    if (failed !== undefined && index === at) return { ...failed, outcome: 'failed' };
    return { step, outcome: index < at ? 'ok' : 'skipped', detail: '' };
  });
}

type Failure = { readonly step: CheckStep; readonly reason: DeliveryReason; readonly detail: string };

/** It takes mails, counts them, and delivers none; which of both a server is cannot be changed. */
function sandboxFailure(result: FencedResult): Failure | undefined {
  const found = result.kind === 'replied' ? parseJson(result.body.toString()) : undefined;
  if (!isRecord(found) || found['DeliveryType'] !== 'Sandbox') return undefined;
  return {
    step: 'server',
    reason: 'not-set-up',
    detail: 'This server of Postmark is a sandbox, which delivers nothing: make a live one',
  };
}

function streamFailure(result: FencedResult): Failure | undefined {
  const failure = failureOf(result, 'server');
  if (failure !== undefined || result.kind !== 'replied') return failure;
  const found = parseJson(result.body.toString());
  const { ArchivedAt: archivedAt, MessageStreamType: type } = isRecord(found) ? found : {};
  const refused = { step: 'server', reason: 'not-set-up' } as const;
  if (typeof archivedAt === 'string') return { ...refused, detail: 'The message stream is archived' };
  return type === 'Inbound' ? { ...refused, detail: 'The message stream is for incoming mail' } : undefined;
}

function failureOf(result: FencedResult, asked: 'token' | 'server'): Failure | undefined {
  if (result.kind !== 'replied') return { step: stepOf(result.reason), reason: result.reason, detail: result.detail };
  const outcome = postmarkOutcome(result, '', 0);
  if (outcome.kind === 'delivered') return undefined;
  const { detail } = outcome;
  if (outcome.reason === 'refused-login') return { step: 'token', reason: 'refused-login', detail };
  const isMissing = asked === 'server' && (result.status === 404 || result.status === 422);
  return { step: asked, reason: isMissing ? 'not-set-up' : outcome.reason, detail };
}

function stepOf(reason: DeliveryReason): CheckStep {
  if (reason === 'name-unknown' || reason === 'address-forbidden') return 'address';
  return reason === 'certificate' ? 'certificate' : reason === 'tls-failed' ? 'tls' : 'connect';
}

/** 300 says what of it is wrong in words alone. */
function ofRequest(message: string): DeliveryReason {
  if (/'To'/.test(message)) return 'refused-recipient';
  return /'From'/.test(message) ? 'refused-sender' : 'refused-content';
}

function retryOf(outcome: Outcome): { readonly retryAfterSeconds?: number } {
  const seconds = outcome.kind === 'temporary' ? outcome.retryAfterSeconds : undefined;
  return seconds === undefined ? {} : { retryAfterSeconds: seconds };
}
