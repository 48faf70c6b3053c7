import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { Facts } from '#contract/facts.ts';

/** What is asked about a device: where its registrations come from now. */
type Registrations = { of(deviceId: string): readonly { readonly source: { readonly address: string } }[] };

type Engine = { trust(address: string): void; untrust(address: string): void };

export type TrustedPhonesParts = {
  readonly events: Events<Facts>;
  readonly registrations: Registrations;
  readonly engine: Engine;
  readonly clock: Clock;
};

/** A phone that refreshes from another address tells no fact, so its addresses are looked at again now and then. */
const lookAgainMs = 60_000;

/** Tells the engine from which addresses phones are registered, because those are never limited. */
export class TrustedPhones {
  readonly #parts: TrustedPhonesParts;
  readonly #addressesOf = new Map<string, ReadonlySet<string>>();
  /** Devices per address: two phones behind one router share it. */
  readonly #uses = new Map<string, number>();
  #endings: (() => void)[] = [];
  #timer: Timer | undefined;

  constructor(parts: TrustedPhonesParts) {
    this.#parts = parts;
  }

  /** `deviceIds` are those that may have registrations from before. */
  start(deviceIds: Iterable<string>): void {
    const { events, clock } = this.#parts;
    for (const deviceId of deviceIds) this.#look(deviceId);
    const names = ['device.registered', 'device.unregistered', 'device.changed', 'device.deleted'] as const;
    this.#endings = names.map((name) => events.on(name, ({ deviceId }) => this.#look(deviceId)));
    this.#timer = clock.every(lookAgainMs, () => {
      for (const deviceId of this.#addressesOf.keys()) this.#look(deviceId);
    });
  }

  stop(): void {
    for (const end of this.#endings.splice(0)) end();
    this.#timer?.cancel();
  }

  #look(deviceId: string): void {
    const before = this.#addressesOf.get(deviceId) ?? new Set();
    const now = new Set(this.#parts.registrations.of(deviceId).map(({ source }) => source.address));
    for (const address of now) if (!before.has(address)) this.#use(address, 1);
    for (const address of before) if (!now.has(address)) this.#use(address, -1);
    if (now.size === 0) this.#addressesOf.delete(deviceId);
    else this.#addressesOf.set(deviceId, now);
  }

  #use(address: string, change: 1 | -1): void {
    const before = this.#uses.get(address) ?? 0;
    const after = before + change;
    if (after === 0) this.#uses.delete(address);
    else this.#uses.set(address, after);
    if (before === 0) this.#parts.engine.trust(address);
    if (after === 0) this.#parts.engine.untrust(address);
  }
}
