import type { SupervisedSelf } from './supervisor.ts';

/** By the ports that our config.yaml declares. */
const declared = { '5060/udp': 'udp', '5060/tcp': 'tcp' } as const;

/**
 * Where phones are to reach us by the port map of the app's page, as the option `sip_listen` says it: on the host's network Docker maps
 * nothing, so its numbers are ours to follow. Undefined where it says nothing, or switches everything off.
 */
export function listenByNetwork(network: SupervisedSelf['network']): readonly string[] | undefined {
  const listen = Object.entries(declared).flatMap(([key, protocol]) => {
    const port = network[key] ?? undefined;
    return port === undefined ? [] : [`${protocol}:0.0.0.0:${port}`];
  });
  return listen.length === 0 ? undefined : listen;
}
