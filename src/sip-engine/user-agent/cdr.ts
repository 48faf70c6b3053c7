import type { CoreContext } from './core-context.ts';
import type { SipMessage } from '../message/message.ts';

type Source = 'network' | 'application';

/** Why a call ended, in the terms of drachtio-server. */
export type CdrStop =
  | 'normal-release'
  | 'call-rejected'
  | 'call-canceled'
  | 'session-expired'
  | 'ack-timeout'
  | 'system-initiated-termination';

export function cdrAttempt(context: CoreContext, source: Source, message: SipMessage): void {
  if (context.settings.cdrs) context.router.cdr({ event: 'attempt', source, message });
}

export function cdrStart(context: CoreContext, role: 'uas' | 'uac', message: SipMessage): void {
  if (!context.settings.cdrs) return;
  context.router.cdr({ event: 'start', source: role === 'uas' ? 'application' : 'network', detail: role, message });
}

export function cdrStop(context: CoreContext, message: SipMessage, how: { source: Source; reason: CdrStop }): void {
  if (context.settings.cdrs) context.router.cdr({ event: 'stop', source: how.source, detail: how.reason, message });
}
