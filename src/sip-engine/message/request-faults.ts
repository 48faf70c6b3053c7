import type { SipMessage } from './message.ts';
import { isToken } from './scan.ts';

const mandatory = [
  ['from', 'From'],
  ['to', 'To'],
  ['call-id', 'Call-ID'],
  ['cseq', 'CSeq'],
] as const;

/**
 * What makes a request unfit for any transaction (RFC 3261 section 8.1.1), as the reason phrase of a 400 that names the header; undefined for
 * a valid one.
 */
export function faultOf(request: SipMessage): string | undefined {
  for (const [key, name] of mandatory) if (!request.has(key)) return `Missing ${name} Header`;
  const { cseq } = request;
  if (cseq === undefined || cseq.method !== request.method) return 'Bad CSeq Header';
  if (!isCallId(request.callId)) return 'Bad Call-ID Header';
  if (request.from === undefined || !isTag(request.fromTag)) return 'Bad From Header';
  if (request.to === undefined || !isTag(request.toTag)) return 'Bad To Header';
  // Without it dialogs cannot be distinguished.
  if (request.method === 'INVITE' && request.fromTag === undefined) return 'Missing From Tag';
  return undefined;
}

/** More than the grammar's `callid`, since phones also write = and ;. But a token delimiter of the control protocol would break the call there. */
export function isCallId(text: string): boolean {
  return /^[!-{}~]+$/.test(text);
}

function isTag(tag: string | undefined): boolean {
  return tag === undefined || isToken(tag);
}
