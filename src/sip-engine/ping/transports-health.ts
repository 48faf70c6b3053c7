import { withBrackets } from '../message/addresses.ts';
import type { PingedListener } from './listener-pings.ts';

export type TransportsHealth = { readonly status: 'ok' | 'degraded' | 'down'; readonly message: string };

/** No application is connected to the engine: it refuses phones with this. */
const unavailable = 503;

export function transportsHealth(listeners: readonly PingedListener[]): TransportsHealth {
  if (listeners.length === 0)
    return { status: 'down', message: 'The SIP engine listens nowhere: phones cannot register or call' };
  const silent = listeners.flatMap((listener) => {
    const why = whyOf(listener);
    return why === undefined ? [] : [`${describe(listener)} (${why})`];
  });
  if (silent.length === 0) {
    const protocols = [...new Set(listeners.map(({ protocol }) => protocol.toUpperCase()))];
    return { status: 'ok', message: `Answers OPTIONS by ${protocols.join(', ')}` };
  }
  const effect = 'phones that use it cannot register or call';
  return silent.length === listeners.length
    ? { status: 'down', message: `OPTIONS is answered nowhere: ${silent.join(', ')}: phones cannot register or call` }
    : { status: 'degraded', message: `OPTIONS is not answered by ${silent.join(', ')}: ${effect}` };
}

function whyOf({ outcome }: PingedListener): string | undefined {
  if (outcome.kind === 'failed') return outcome.why;
  return outcome.status === unavailable ? 'refused with 503' : undefined;
}

function describe({ protocol, address, port }: PingedListener): string {
  return `${protocol.toUpperCase()} ${withBrackets(address)}:${port}`;
}
