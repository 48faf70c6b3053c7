import type { LegOutcome } from '#calls/call.ts';
import type { Verdict } from '#calls/verdict.ts';
import { callVerdicts } from '#contract/call-verdicts.ts';

/** The reason phrases of the statuses we send (RFC 3261 section 21 and the RFCs of the extensions). */
const phrases: Readonly<Record<number, string>> = {
  180: 'Ringing',
  181: 'Call Is Being Forwarded',
  182: 'Queued',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
  421: 'Extension Required',
  422: 'Session Interval Too Small',
  423: 'Interval Too Brief',
  433: 'Anonymity Disallowed',
  439: 'First Hop Lacks Outbound Support',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  484: 'Address Incomplete',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  489: 'Bad Event',
  491: 'Request Pending',
  493: 'Undecipherable',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Server Time-out',
  513: 'Message Too Large',
  580: 'Precondition Failure',
  600: 'Busy Everywhere',
  603: 'Decline',
  604: 'Does Not Exist Anywhere',
  606: 'Not Acceptable',
};

export function reasonPhrase(status: number): string | undefined {
  return phrases[status];
}

/** Only statuses that drachtio-srf knows can be forwarded; others become the generic one of their class (RFC 3261 section 8.1.3.2). */
export function forwardableStatus(status: number): number {
  if (phrases[status] !== undefined) return status;
  if (status < 200) return 183;
  if (status < 300) return 200;
  if (status >= 600) return 600;
  return status >= 500 ? 500 : 400;
}

/** What refused a call, and whether it had rung before. */
export type Refuser = { readonly isTrunk: boolean; readonly hasRung: boolean };

/** The outcome of a leg that was refused with this status. */
export function outcomeOfStatus(status: number, { isTrunk, hasRung }: Refuser): LegOutcome {
  if (status >= 300 && status < 400) return 'redirected';
  switch (status) {
    case 486:
    case 600:
      return 'busy';
    case 603:
    case 607:
      return 'declined';
    case 404:
    case 410:
    case 604:
      // From a phone: its registration is stale; the caller has dialled a valid extension.
      return isTrunk ? 'unknown-number' : 'unreachable';
    case 484:
      return isTrunk ? 'unknown-number' : 'refused';
    case 415:
    case 488:
    case 606:
      return 'media-refused';
    case 408:
    case 480:
      // It has rung, so it was reached: the callee's own ring time-out.
      return hasRung ? 'no-answer' : 'unreachable';
    case 430:
    case 502:
    case 503:
    case 504:
      return 'unreachable';
    case 487:
      return hasRung ? 'no-answer' : 'refused';
    default:
      return status >= 500 ? 'error' : 'refused';
  }
}

/** The final response to a caller who was never connected. */
export function statusOf(verdict: Verdict): number {
  if (verdict.disposition === 'failed' && verdict.reason === 'unreachable') return 503;
  return callVerdicts[verdict.reason].sipStatus;
}
