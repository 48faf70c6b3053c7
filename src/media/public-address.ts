import { isIPv4 } from 'node:net';
import { isPrivate } from '#base/private-address.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { queryStun } from './stun.ts';

type PublicAddressDeps = {
  readonly clock: Clock;
  readonly log: Log;
  /** The user's option, which takes precedence. */
  readonly externalIp: string | undefined;
  /** Queried only where the user has set one. */
  readonly stunServer: { readonly host: string; readonly port: number } | undefined;
  /** The local address of the relay; undefined while it does not run. */
  readonly localAddress: () => string | undefined;
};

export type KnownAddress = {
  readonly address: string;
  readonly by: 'option' | 'trunk' | 'stun';
};

const requerySeconds = 600;
const maxTrunks = 1000;

/** The public address for RTP: set by the user, learnt from a trunk, or asked of a STUN server. */
export class PublicAddress {
  readonly #deps: PublicAddressDeps;
  readonly #seen = new Map<string, string>();
  #byStun: string | undefined;
  #stunProblem: string | undefined;
  #timer: Timer | undefined;

  constructor(deps: PublicAddressDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#deps.stunServer === undefined || this.#deps.externalIp !== undefined) return;
    void this.#query();
    this.#timer = this.#deps.clock.every(requerySeconds * 1000, () => void this.#query());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** A trunk's response showed the source address of our request. */
  learn(trunk: string, address: string): void {
    if (!isIPv4(address) || this.#seen.get(trunk) === address || this.#seen.size >= maxTrunks) return;
    this.#seen.set(trunk, address);
    this.#deps.log.info({ trunk, address }, 'Trunk sees us at this address');
  }

  /** The address in session descriptions for `trunk`, or for a phone outside the house; undefined: the relay's own, as far as we know. */
  for(trunk: string | undefined): string | undefined {
    const seen = trunk === undefined ? undefined : this.#seen.get(trunk);
    // A trunk on the LAN, such as an analogue gateway, does not see the router's address.
    if (seen !== undefined && isPrivate(seen)) return undefined;
    return this.known(trunk)?.address;
  }

  known(trunk?: string): KnownAddress | undefined {
    const { externalIp } = this.#deps;
    if (externalIp !== undefined) return { address: externalIp, by: 'option' };
    const seen = trunk === undefined ? [...this.#seen.values()].find((one) => !isPrivate(one)) : this.#seen.get(trunk);
    if (seen !== undefined) return { address: seen, by: 'trunk' };
    if (this.#byStun !== undefined) return { address: this.#byStun, by: 'stun' };
    const local = this.#deps.localAddress();
    return local === undefined || isPrivate(local) ? undefined : { address: local, by: 'option' };
  }

  get stunProblem(): string | undefined {
    return this.#stunProblem;
  }

  async #query(): Promise<void> {
    const { clock, log, stunServer, localAddress } = this.#deps;
    if (stunServer === undefined) return;
    const answer = await queryStun(clock, { server: stunServer, localAddress: localAddress() });
    if (answer.kind === 'address') {
      this.#byStun = answer.address;
      this.#stunProblem = undefined;
      return;
    }
    if (this.#stunProblem === undefined) log.warn({ ...stunServer, why: answer.why }, 'STUN server returned no address');
    this.#stunProblem = answer.why;
  }
}
