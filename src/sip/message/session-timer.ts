import { parseHeaderInteger, parseNameAddr, tokens } from './headers.ts';
import type { HeaderMap } from './srf-types.ts';

/** The minimum of RFC 4028 section 5. */
const minSessionSeconds = 90;

/** The response to the far side's session timer. `ownSessionExpires`: Session-Expires of our later requests in the dialog. */
export type TimerNegotiation =
  | { readonly kind: 'too-small'; readonly minSeconds: number }
  | { readonly kind: 'agreed'; readonly headers: Record<string, string>; readonly ownSessionExpires: string }
  | { readonly kind: 'none' };

/** The session timer for our 2xx to an INVITE (RFC 4028 section 9). `seconds` 0: none unless the caller asks for one. */
export function negotiateTimer(request: HeaderMap, seconds: number): TimerNegotiation {
  const wanted = parseSessionExpires(request['session-expires'] ?? request['x']);
  const isSupported = tokens(request['supported']).includes('timer') || tokens(request['require']).includes('timer');
  if (wanted === undefined) {
    if (seconds === 0) return { kind: 'none' };
    const callerMinSeconds = parseHeaderInteger(request['min-se']) ?? minSessionSeconds;
    // We refresh for a caller that does not support timers (section 9, second row of the table).
    return agreed(Math.max(seconds, callerMinSeconds), isSupported ? 'uac' : 'uas');
  }
  if (wanted.seconds < minSessionSeconds) return { kind: 'too-small', minSeconds: minSessionSeconds };
  return agreed(wanted.seconds, wanted.refresher ?? (isSupported ? 'uac' : 'uas'));
}

/** The session timer headers of our INVITE. */
export function timerOffer(seconds: number, minSeconds = minSessionSeconds): Record<string, string> {
  if (seconds === 0) return {};
  return { 'Session-Expires': String(Math.max(seconds, minSeconds)), 'Min-SE': String(minSeconds) };
}

/** The session timer in a 2xx to our INVITE, as Session-Expires of our later requests; undefined: none. */
export function timerAgreed(response: HeaderMap): string | undefined {
  const granted = parseSessionExpires(response['session-expires'] ?? response['x']);
  return granted === undefined ? undefined : `${granted.seconds};refresher=${granted.refresher ?? 'uac'}`;
}

function agreed(seconds: number, refresher: 'uac' | 'uas'): TimerNegotiation {
  const headers: Record<string, string> = { 'Session-Expires': `${seconds};refresher=${refresher}` };
  if (refresher === 'uac') headers['Require'] = 'timer';
  // In our own requests the roles are reversed.
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
