// Composes what limits where the house sends something to.
// Called by app.ts.
// Must stay true: no request of the house reaches the house itself, whoever says where it goes.
import type { Clock } from '#base/clock.ts';
import type { Fence } from '#notify/fence/fence.ts';
import type { HttpRoom } from './http.ts';
import { formatListeners } from './sip-engine.ts';
import type { SipEngineHandle } from './sip-engine.ts';
import type { WebhooksRoom } from './webhooks.ts';

type FenceDeps = {
  readonly clock: Clock;
  readonly http: Pick<HttpRoom, 'ports'>;
  readonly engine: Pick<SipEngineHandle, 'port' | 'hostports' | 'listening'>;
  readonly webhooks: Pick<WebhooksRoom, 'address'>;
};

export function composeFence({ clock, http, engine, webhooks }: FenceDeps): Fence {
  const phonePorts = () =>
    formatListeners(engine.listening() ?? engine.hostports).map((listener) => Number(/\d+$/.exec(listener)?.[0]));
  const publicPort = () => webhooks.address()?.port ?? [];
  return { clock, ownPorts: () => [http.ports(), engine.port, phonePorts(), publicPort()].flat() };
}
