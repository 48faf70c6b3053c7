import type { Timer } from '#base/clock.ts';
import type { Trunks } from '#calls/ports.ts';
import type { SourceAddress } from '#devices/registration.ts';
import type { InviteDestination } from '#sip/call/invite-destination.ts';
import type { SrfRequest } from '#sip/message/srf-types.ts';
import { Trunk } from './trunk.ts';
import type { TrunkDeps, TrunkTarget } from './trunk.ts';
import type { TrunkCall } from './inbound-call.ts';
import type { TrunkSettings } from './settings.ts';
import type { TrunkStatus } from './status.ts';

/** Some ask for a day and work again within a minute. */
const maxBackOffSeconds = 600;

export type TrunkState = { readonly name: string; readonly isReady: boolean; readonly status: TrunkStatus };

/** All trunks: which of them sent a request, and which take an outbound call. */
export class TrunkPeers implements Trunks {
  readonly #deps: TrunkDeps;
  readonly #trunks = new Map<string, Trunk>();
  readonly #backingOff = new Map<string, Timer>();
  /** Names, the first choice first. */
  #order: readonly string[] = [];
  #isStopped = false;

  constructor(deps: TrunkDeps, settings: readonly TrunkSettings[]) {
    this.#deps = deps;
    for (const one of settings) this.#trunks.set(one.name, new Trunk(deps, one));
  }

  /**
   * Trunks that are registered, or need not be, come first. One that asked for a pause (RFC 3261 section 21.5.4) gets it as long as
   * another one is ready; emergency calls use it all the same.
   */
  names(isEmergency = false): readonly string[] {
    const usable = [...this.#trunks.values()].filter(({ acceptsOutbound }) => acceptsOutbound);
    const available = usable.filter(({ name }) => !this.#backingOff.has(name));
    const chosen = isEmergency || !available.some(({ isReady }) => isReady) ? usable : available;
    return this.#ordered(chosen)
      .toSorted((a, b) => Number(b.isReady) - Number(a.isReady))
      .map(({ name }) => name);
  }

  /** From now on. A trunk that is not named comes after those that are. */
  setOrder(names: readonly string[]): void {
    this.#order = names;
  }

  #ordered(trunks: readonly Trunk[]): readonly Trunk[] {
    const place = ({ name }: Trunk) => (this.#order.includes(name) ? this.#order.indexOf(name) : this.#order.length);
    return trunks.toSorted((a, b) => place(a) - place(b));
  }

  /** A trunk sent 503 with Retry-After. The latest one counts. */
  backOff(name: string, seconds: number): void {
    const pauseSeconds = Math.min(seconds, maxBackOffSeconds);
    this.#endBackOff(name);
    this.#backingOff.set(
      name,
      this.#deps.clock.after(pauseSeconds * 1000, () => this.#backingOff.delete(name)),
    );
    this.#deps.log.warn({ trunk: name, seconds: pauseSeconds }, 'Trunk sent 503 with Retry-After; other trunks are used first');
  }

  #endBackOff(name: string): void {
    this.#backingOff.get(name)?.cancel();
    this.#backingOff.delete(name);
  }

  /** For health: whether each trunk takes calls, as far as we know. */
  states(): readonly TrunkState[] {
    return this.#ordered([...this.#trunks.values()]).map(({ name, isReady, status }) => ({ name, isReady, status }));
  }

  /** Registers with the trunks that need it; called after every connection to the engine. */
  start(): void {
    for (const trunk of this.#trunks.values()) trunk.start();
  }

  /** Settles when every registration is removed, or its trunk does not respond. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const name of [...this.#backingOff.keys()]) this.#endBackOff(name);
    await Promise.all([...this.#trunks.values()].map((trunk) => trunk.stop()));
  }

  /**
   * Replaces the trunk of this name, or removes it (`undefined`). Calls through it go on, and so does its registration where nothing of that
   * has changed. `renamed`: the name that it had until now.
   */
  async set(name: string, settings: TrunkSettings | undefined, renamed?: string): Promise<void> {
    const old = this.#trunks.get(renamed ?? name);
    if (this.#isStopped || (settings !== undefined && old?.hasSettings(settings) === true)) return;
    const next = settings === undefined ? undefined : new Trunk(this.#deps, settings, old);
    this.#endBackOff(renamed ?? name);
    if (renamed !== undefined) this.#trunks.delete(renamed);
    if (next === undefined) this.#trunks.delete(name);
    else this.#trunks.set(name, next);
    // Both may have the same Contact: the old one must be unregistered before the new one registers.
    await old?.stop(next);
    if (!this.#isStopped && next !== undefined && this.#trunks.get(name) === next) next.start(old);
  }

  /** The call in a trunk's INVITE; undefined for an INVITE from elsewhere. */
  identify(request: SrfRequest): TrunkCall | undefined {
    for (const trunk of this.#trunks.values()) {
      const call = trunk.identify(request);
      if (call !== undefined) return call;
    }
    return undefined;
  }

  isTrunkSource(source: SourceAddress): boolean {
    return [...this.#trunks.values()].some((trunk) => trunk.isFrom(source));
  }

  destination(name: string, target: TrunkTarget): InviteDestination | undefined {
    return this.#trunks.get(name)?.destination(target);
  }
}
