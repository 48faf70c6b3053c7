// Composes the relay of sound out of the options.
// Called by calls.ts.
// Must stay true: a house without a relay still starts, and says so.
import { isIPv4 } from 'node:net';
import { Sound } from '#media/sound.ts';
import type { Surroundings } from './context.ts';

/** The relay for calls through trunks, and the promise that it answers or is known not to. */
export async function openSound({ options, clock, log, stack }: Surroundings) {
  const { media, sip } = options;
  const externalIp = sip.externalIp !== undefined && isIPv4(sip.externalIp) ? sip.externalIp : undefined;
  const { mode, ports, stunServer, address = namedAddress(sip.listen) } = media;
  const sound = await Sound.create({
    ...{ clock, log: log.child({ room: 'media' }) },
    options: { mode, ports, address, externalIp, stunServer },
  });
  stack.defer(() => sound.stop());
  return { sound, started: sound.start() };
}

/** A house that nothing leads out of misses no relay: its phones send to each other. */
export function soundHealth(sound: Sound, hasTrunk: boolean): ReturnType<Sound['health']> {
  if (hasTrunk || sound.problem === undefined) return sound.health();
  return {
    status: 'ok',
    message: `Nothing to relay: there is no trunk, and phones send to each other. With one: ${sound.problem}`,
  };
}

/** Where phones are told one address, sound comes from there too. */
function namedAddress(listen: readonly string[]): string | undefined {
  const addresses = listen.map((one) => one.split(':')[1] ?? '');
  return addresses.find((address) => isIPv4(address) && address !== '0.0.0.0');
}
