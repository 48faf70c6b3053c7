// Composes the media relay and the house's own voice out of the options.
// Called by app.ts.
// Must stay true: a house without a relay still starts, and health says so.
import type { Probe } from '#contract/system.ts';
import { primaryFirst } from '#media/local-address.ts';
import { MediaRelay } from '#media/media-relay.ts';
import { relayAddresses } from '#media/relay-addresses.ts';
import { relayHealth } from '#media/relay-health.ts';
import { Voice } from '#media/voice.ts';
import type { AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';

export type MediaRoom = {
  readonly mediaRelay: MediaRelay;
  readonly voice: Voice;
  /** Settles when the relay answers or is known not to; never rejects. */
  readonly started: Promise<void>;
  readonly health: Probe;
  readonly face: RoomFace;
};

type MediaDeps = Pick<AppContext, 'options' | 'clock' | 'log' | 'stack'> & {
  /** Whether there is a trunk, whose calls are relayed. */
  readonly hasTrunk: () => boolean;
  /** The IPv4 address of the interface that leads to the house, where the Supervisor says it. */
  readonly primaryAddress: () => string | undefined;
};

/** The relay for calls through trunks. */
export async function composeMediaRelay({ options, clock, log, stack, hasTrunk, primaryAddress }: MediaDeps): Promise<MediaRoom> {
  const { media, sip, house } = options;
  const { mode, ports, stunServer } = media;
  const chosen = relayAddresses({ ...sip, address: media.address });
  const addresses = primaryFirst(primaryAddress);
  const mediaRelay = new MediaRelay({
    clock,
    log: log.child({ room: 'media' }),
    options: { mode, ports, stunServer, ...chosen },
    addresses,
  });
  stack.defer(() => mediaRelay.stop());
  const voice = new Voice({
    clock,
    log: log.child({ room: 'media' }),
    options: { ...house, address: chosen.address, ports: media.voicePorts },
    addresses,
  });
  stack.defer(() => voice.stop());
  const health = () => relayHealth(mediaRelay, hasTrunk());
  return { mediaRelay, voice, started: mediaRelay.start(), health, face: faceOf({ probes: { 'media relay': health } }) };
}
