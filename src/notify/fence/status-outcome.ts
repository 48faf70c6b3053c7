import type { DeliveryReason } from '#contract/notification-kinds.ts';
import type { Exchange, Outcome } from '../kinds/channel.ts';
import type { FenceFailure } from './fence.ts';
import type { FencedResult } from './fenced-request.ts';

/** More is not waited for, whatever a service says. */
const maxRetryAfterSeconds = 86_400;

/** Statuses after which the same request may be accepted later (RFC 9110, RFC 6585, RFC 8470). */
const temporary = new Set([408, 425, 429]);

const reasons: Readonly<Record<number, DeliveryReason>> = {
  401: 'refused-login',
  403: 'refused-login',
  404: 'target-gone',
  410: 'target-gone',
  413: 'too-large',
};

type Headers = Readonly<Record<string, string>>;

/** What a reply makes of an attempt. `now` in milliseconds: `Retry-After` may be a date. */
export function outcomeOfStatus(status: number, headers: Headers, now: number): Outcome {
  const detail = `The server answered with status ${status}`;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (temporary.has(status) || status >= 500) {
    const retryAfterSeconds = retryAfter(headers['retry-after'], now);
    const reason = status === 408 || status >= 500 ? (status === 503 || status === 507 ? 'busy' : 'server-error') : 'busy';
    return { kind: 'temporary', reason, detail, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
  if (status >= 300 && status < 400) {
    const to = headers['location'] === undefined ? '' : ` and sends on to ${originOf(headers['location'])}`;
    return { kind: 'permanent', reason: 'redirect-refused', detail: `${detail}${to}` };
  }
  return { kind: 'permanent', reason: reasons[status] ?? 'refused-content', detail };
}

/** What a request makes of an attempt that got no reply. What is not reached now may be later, also for want of a good certificate. */
export function outcomeOfFailure({ kind, reason, detail }: FenceFailure): Outcome {
  if (kind === 'blocked') return { kind: 'permanent', reason, detail };
  return { kind: 'temporary', reason, detail, ...(kind === 'cut-off' ? { inDoubt: true } : {}) };
}

/** Both, with what was asked and answered: `request` holds no secret. */
export function outcomeOf(result: FencedResult, request: string, now: number): Outcome {
  const outcome = result.kind === 'replied' ? outcomeOfStatus(result.status, result.headers, now) : outcomeOfFailure(result);
  return { ...outcome, reply: exchangeOf(result, request) };
}

/** Of each no more than this is kept. */
const maxExchangeBytes = 2048;

export function exchangeOf(result: FencedResult, request: string): Exchange {
  const replied = result.kind === 'replied' ? result : undefined;
  return { request: cut(request), status: replied?.status, reply: cut(replied?.body.toString() ?? '') };
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= maxExchangeBytes) return text;
  // A character that the end cuts in two becomes a sign of that, which is left out.
  return `${Buffer.from(text)
    .subarray(0, maxExchangeBytes - 4)
    .toString()
    .replace(/\uFFFD+$/, '')}…`;
}

/** Seconds from now, of a number of them or a date (RFC 9110 section 10.2.3); undefined where it says neither. */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const isDate = value.endsWith(' GMT');
  const seconds = isDate ? Math.ceil((Date.parse(value) - now) / 1000) : /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
  return Number.isNaN(seconds) ? undefined : Math.min(maxRetryAfterSeconds, Math.max(0, seconds));
}

/** A location may hold a secret behind its host. */
function originOf(location: string): string {
  return URL.parse(location)?.origin ?? 'another path';
}
