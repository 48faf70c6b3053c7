import { isIPv4 } from 'node:net';
import { isPrivate } from '#base/private-address.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { queryStun } from './stun.ts';

type PublicAddressDeps = {
  readonly clock: Clock;
  readonly log: Log;
  /** What the user says, which decides. */
  readonly externalIp: string | undefined;
  /** Asked only where the user named one. */
  readonly stunServer: { readonly host: string; readonly port: number } | undefined;
  /** The address the relay sends from. */
  readonly localAddress: string;
};

export type KnownAddress = {
  readonly address: string;
  readonly by: 'option' | 'trunk' | 'stun';
};

const requerySeconds = 600;
const maxTrunks = 1000;

/** Under which address the world sends us sound. */
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

  /** A trunk's answer to us said where our request came from. */
  learn(trunk: string, address: string): void {
    if (!isIPv4(address) || this.#seen.get(trunk) === address || this.#seen.size >= maxTrunks) return;
    this.#seen.set(trunk, address);
    this.#deps.log.info({ trunk, address }, 'The trunk sees us under this address');
  }

  /** What is told to the far side of `trunk`, or to a phone outside the house; undefined where it is the relay's own address, as far as we know. */
  for(trunk: string | undefined): string | undefined {
    const seen = trunk === undefined ? undefined : this.#seen.get(trunk);
    // A trunk inside the house, such as a gateway to an old line, sees no address of the router.
    if (seen !== undefined && isPrivate(seen)) return undefined;
    return this.known(trunk)?.address;
  }

  known(trunk?: string): KnownAddress | undefined {
    const { externalIp, localAddress } = this.#deps;
    if (externalIp !== undefined) return { address: externalIp, by: 'option' };
    const seen = trunk === undefined ? [...this.#seen.values()].find((one) => !isPrivate(one)) : this.#seen.get(trunk);
    if (seen !== undefined) return { address: seen, by: 'trunk' };
    if (this.#byStun !== undefined) return { address: this.#byStun, by: 'stun' };
    return isPrivate(localAddress) ? undefined : { address: localAddress, by: 'option' };
  }

  get stunProblem(): string | undefined {
    return this.#stunProblem;
  }

  async #query(): Promise<void> {
    const { clock, log, stunServer, localAddress } = this.#deps;
    if (stunServer === undefined) return;
    const answer = await queryStun(clock, { server: stunServer, localAddress });
    if (answer.kind === 'address') {
      this.#byStun = answer.address;
      this.#stunProblem = undefined;
      return;
    }
    if (this.#stunProblem === undefined) log.warn({ ...stunServer, why: answer.why }, 'The STUN server is of no use');
    this.#stunProblem = answer.why;
  }
}
