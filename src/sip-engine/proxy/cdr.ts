import type { CoreDeps } from '../user-agent/core-context.ts';
import type { SipMessage } from '../message/message.ts';

type ProxyCdrDeps = Pick<CoreDeps, 'router' | 'settings'>;

/** The call records of one proxied INVITE: its forks, their responses, and the response to the caller. */
export type SearchCdrs = {
  sent(copy: SipMessage): void;
  received(response: SipMessage): void;
  answered(response: SipMessage): void;
};

export function searchCdrs({ router, settings }: ProxyCdrDeps): SearchCdrs | undefined {
  if (!settings.cdrs) return undefined;
  return {
    sent: (message) => router.cdr({ event: 'attempt', source: 'application', message }),
    received(message) {
      if (message.status < 300) router.cdr({ event: 'start', source: 'network', detail: 'proxy-uac', message });
      else router.cdr({ event: 'stop', source: 'network', detail: reasonOf(message), message });
    },
    answered(message) {
      if (message.status < 300) router.cdr({ event: 'start', source: 'application', detail: 'proxy-uas', message });
      else router.cdr({ event: 'stop', source: 'application', detail: reasonOf(message), message });
    },
  };
}

/** A BYE that is forwarded ends the call on both sides of us. */
export function forwardCdr({ router, settings }: ProxyCdrDeps, message: SipMessage): void {
  if (!settings.cdrs || message.method !== 'BYE') return;
  router.cdr({ event: 'stop', source: 'network', detail: 'normal-release', message });
  router.cdr({ event: 'stop', source: 'application', detail: 'normal-release', message });
}

function reasonOf(response: SipMessage): string {
  return response.status === 487 ? 'call-canceled' : 'call-rejected';
}
