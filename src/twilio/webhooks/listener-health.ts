import type { PartHealth } from '#contract/system.ts';

type ListenerState = {
  /** Why it could not be opened when the public URL was set. */
  readonly problem: string | undefined;
  /** Undefined while it is closed. */
  readonly port: number | undefined;
  readonly refusedConnections: number;
};

/** How the public listener is, with what `webhooks` says of the requests that came. */
export function listenerHealth({ problem, port, refusedConnections }: ListenerState, webhooks: PartHealth): PartHealth {
  if (problem !== undefined) return { status: 'down', message: problem };
  if (port === undefined) return { status: 'ok', message: 'Off: no public URL is set (option public_url)' };
  const cut = refusedConnections === 0 ? '' : `; ${refusedConnections} connections of bad sources cut`;
  return { status: webhooks.status, message: `Listens on port ${port}; ${webhooks.message}${cut}` };
}
