import type { PingResult } from '#devices/phone-presence.ts';
import type { Registration } from '#devices/registration.ts';
import type { Sip } from '#sip/sip.ts';

/** Asks a phone whether it is there. While the SIP engine is away nothing is known of any phone. */
export async function pingPhone(sip: Pick<Sip, 'ping' | 'isConnected'>, registration: Registration): Promise<PingResult> {
  if (!sip.isConnected) return undefined;
  const milliseconds = await sip.ping(registration);
  if (milliseconds !== undefined) return { milliseconds };
  return sip.isConnected ? 'silent' : undefined;
}
