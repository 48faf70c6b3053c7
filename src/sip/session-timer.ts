import { parseHeaderInteger, parseNameAddr, tokens } from './headers.ts';
import type { HeaderMap } from './srf-types.ts';

/** RFC 4028 section 5: no session may be refreshed more often. */
const minSessionSeconds = 90;

/** How the far side's offer of a session timer is answered. `own`: Session-Expires of our later requests in the dialog. */
export type TimerNegotiation =
  | { readonly kind: 'too-small'; readonly minSeconds: number }
  | { readonly kind: 'agreed'; readonly headers: Record<string, string>; readonly ownSessionExpires: string }
  | { readonly kind: 'none' };

/** Answers an INVITE (RFC 4028 section 9). `seconds` 0: no timer unless the caller wants one. */
export function negotiateTimer(request: HeaderMap, seconds: number): TimerNegotiation {
  const wanted = parseSessionExpires(request['session-expires'] ?? request['x']);
  const isSupported = tokens(request['supported']).includes('timer') || tokens(request['require']).includes('timer');
  if (wanted === undefined) {
    if (seconds === 0) return { kind: 'none' };
    const callerMinSeconds = parseHeaderInteger(request['min-se']) ?? minSessionSeconds;
    // A caller that does not know timers is refreshed by us (section 9, the table's second line).
    return agreed(Math.max(seconds, callerMinSeconds), isSupported ? 'uac' : 'uas');
  }
  if (wanted.seconds < minSessionSeconds) return { kind: 'too-small', minSeconds: minSessionSeconds };
  return agreed(wanted.seconds, wanted.refresher ?? (isSupported ? 'uac' : 'uas'));
}

/** Headers of an INVITE of ours. */
export function timerOffer(seconds: number, minSeconds = minSessionSeconds): Record<string, string> {
  if (seconds === 0) return {};
  return { 'Session-Expires': String(Math.max(seconds, minSeconds)), 'Min-SE': String(minSeconds) };
}

/** What a 2xx to our INVITE agreed on, for our later requests; undefined: no timer. */
export function timerAgreed(response: HeaderMap): string | undefined {
  const granted = parseSessionExpires(response['session-expires'] ?? response['x']);
  return granted === undefined ? undefined : `${granted.seconds};refresher=${granted.refresher ?? 'uac'}`;
}

function agreed(seconds: number, refresher: 'uac' | 'uas'): TimerNegotiation {
  const headers: Record<string, string> = { 'Session-Expires': `${seconds};refresher=${refresher}` };
  if (refresher === 'uac') headers['Require'] = 'timer';
  // In a request of ours the roles are the other way round.
  return { kind: 'agreed', headers, ownSessionExpires: `${seconds};refresher=${refresher === 'uac' ? 'uas' : 'uac'}` };
}

function parseSessionExpires(
  text: string | undefined,
): { readonly seconds: number; readonly refresher: 'uac' | 'uas' | undefined } | undefined {
  const seconds = parseHeaderInteger(text);
  if (text === undefined || seconds === undefined) return undefined;
  const refresher = parseNameAddr(text)?.params.get('refresher');
  return { seconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}
