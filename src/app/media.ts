// Composes the media relay out of the options.
// Called by app.ts.
// Must stay true: a house without a relay still starts, and health says so.
import { isIPv4 } from 'node:net';
import type { Probe } from '#contract/system.ts';
import { MediaRelay } from '#media/media-relay.ts';
import { relayHealth } from '#media/relay-health.ts';
import type { AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type MediaRoom = {
  readonly mediaRelay: MediaRelay;
  /** Settles when the relay answers or is known not to; never rejects. */
  readonly started: Promise<void>;
  readonly health: Probe;
  readonly face: RoomFace;
};

type MediaDeps = Pick<AppContext, 'options' | 'clock' | 'log' | 'stack'> & {
  /** Whether there is a trunk, whose calls are relayed. */
  readonly hasTrunk: () => boolean;
};

/** The relay for calls through trunks. */
export async function composeMediaRelay({ options, clock, log, stack, hasTrunk }: MediaDeps): Promise<MediaRoom> {
  const { media, sip } = options;
  const externalIp = sip.externalIp !== undefined && isIPv4(sip.externalIp) ? sip.externalIp : undefined;
  const { mode, ports, stunServer, address = namedAddress(sip.listen) } = media;
  const mediaRelay = await MediaRelay.create({
    clock,
    log: log.child({ room: 'media' }),
    options: { mode, ports, address, externalIp, stunServer },
  });
  stack.defer(() => mediaRelay.stop());
  const health = () => relayHealth(mediaRelay, hasTrunk());
  return { mediaRelay, started: mediaRelay.start(), health, face: faceOf({ probes: { 'media relay': health } }) };
}

/** Where phones use one address for SIP, media comes from there too. */
function namedAddress(listen: readonly string[]): string | undefined {
  const addresses = listen.map((one) => one.split(':')[1] ?? '');
  return addresses.find((address) => isIPv4(address) && address !== '0.0.0.0');
}
