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
  /** Joined by spaces: a set for each of very many phones would take more memory than their registrations. */
  readonly #addressesOf = new Map<string, string>();
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
    const before = this.#addressesOf.get(deviceId) ?? '';
    const now = joined(this.#parts.registrations.of(deviceId));
    if (now === before) return;
    if (now === '') this.#addressesOf.delete(deviceId);
    else this.#addressesOf.set(deviceId, now);
    for (const address of split(now)) this.#use(address, 1);
    for (const address of split(before)) this.#use(address, -1);
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

function joined(registrations: ReturnType<Registrations['of']>): string {
  const [first] = registrations;
  if (first === undefined || registrations.length === 1) return first?.source.address ?? '';
  return [...new Set(registrations.map(({ source }) => source.address))].join(' ');
}

function split(addresses: string): string[] {
  return addresses === '' ? [] : addresses.split(' ');
}
