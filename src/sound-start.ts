// Composes the relay of sound out of the options.
// Called by calls-start.ts.
// Must stay true: a house without a relay still starts, and says so.
import { isIPv4 } from 'node:net';
import { Sound } from '#media/sound.ts';
import type { Surroundings } from './surroundings.ts';

/** The relay for calls through trunks, and the promise that it answers or is known not to. */
export async function openSound({ options, clock, log, health, stack }: Surroundings) {
  const { media, sip } = options;
  const externalIp = sip.externalIp !== undefined && isIPv4(sip.externalIp) ? sip.externalIp : undefined;
  const { mode, ports, stunServer, address = namedAddress(sip.listen) } = media;
  const sound = await Sound.create({
    ...{ clock, log: log.child({ room: 'media' }) },
    options: { mode, ports, address, externalIp, stunServer },
  });
  stack.defer(() => sound.stop());
  health.watch('sound', () => sound.health());
  return { sound, started: sound.start() };
}

/** Where phones are told one address, sound comes from there too. */
function namedAddress(listen: readonly string[]): string | undefined {
  const addresses = listen.map((one) => one.split(':')[1] ?? '');
  return addresses.find((address) => isIPv4(address) && address !== '0.0.0.0');
}
