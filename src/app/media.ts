// Composes the relay of sound out of the options.
// Called by calls.ts.
// Must stay true: a house without a relay still starts, and says so.
import { isIPv4 } from 'node:net';
import { MediaRelay } from '#media/media-relay.ts';
import type { AppContext } from './context.ts';

/** The relay for calls through trunks, and the promise that it answers or is known not to. */
export async function composeMediaRelay({ options, clock, log, stack }: AppContext) {
  const { media, sip } = options;
  const externalIp = sip.externalIp !== undefined && isIPv4(sip.externalIp) ? sip.externalIp : undefined;
  const { mode, ports, stunServer, address = namedAddress(sip.listen) } = media;
  const mediaRelay = await MediaRelay.create({
    clock,
    log: log.child({ room: 'media' }),
    options: { mode, ports, address, externalIp, stunServer },
  });
  stack.defer(() => mediaRelay.stop());
  return { sound: mediaRelay, started: mediaRelay.start() };
}

/** A house that nothing leads out of misses no relay: its phones send to each other. */
export function mediaRelayHealth(mediaRelay: MediaRelay, hasTrunk: boolean): ReturnType<MediaRelay['health']> {
  if (hasTrunk || mediaRelay.problem === undefined) return mediaRelay.health();
  return {
    status: 'ok',
    message: `Nothing to relay: there is no trunk, and phones send to each other. With one: ${mediaRelay.problem}`,
  };
}

/** Where phones are told one address, sound comes from there too. */
function namedAddress(listen: readonly string[]): string | undefined {
  const addresses = listen.map((one) => one.split(':')[1] ?? '');
  return addresses.find((address) => isIPv4(address) && address !== '0.0.0.0');
}
