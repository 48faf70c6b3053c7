import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { DeviceId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';

type SourceAddress = { readonly protocol: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'; readonly address: string; readonly port: number };

/** Where the registrations of a device come from now. */
type RegistrationsPort = { of(deviceId: DeviceId): readonly { readonly source: SourceAddress }[] };

type TrustPort = {
  registrationAdded(sourceAddress: SourceAddress): void;
  registrationRemoved(sourceAddress: SourceAddress): void;
};

export type TrustedSourcesDeps = {
  readonly events: Events<Facts>;
  readonly registrations: RegistrationsPort;
  readonly engine: TrustPort;
  readonly clock: Clock;
};

/** A phone that refreshes from another address emits no fact, so its addresses are read again now and then. */
const refreshMs = 60_000;

/** Gives the engine the addresses at which phones are registered, each proven by its digest: untrusted sources never take their capacity. */
export class TrustedSources {
  readonly #deps: TrustedSourcesDeps;
  /** Joined by commas: a set for each of very many phones would take more memory than their registrations. */
  readonly #addressesOf = new Map<DeviceId, string>();
  /** Registrations per address: several accounts of one telephone share it. */
  readonly #uses = new Map<string, number>();
  #unsubscribers: (() => void)[] = [];
  #timer: Timer | undefined;

  constructor(deps: TrustedSourcesDeps) {
    this.#deps = deps;
  }

  /** `deviceIds` are those that may have registrations from before. */
  start(deviceIds: Iterable<DeviceId>): void {
    const { events, clock } = this.#deps;
    for (const deviceId of deviceIds) this.#refresh(deviceId);
    const names = ['device.registered', 'device.unregistered', 'device.changed', 'device.deleted'] as const;
    this.#unsubscribers = names.map((name) => events.on(name, ({ deviceId }) => this.#refresh(deviceId)));
    this.#timer = clock.every(refreshMs, () => {
      for (const deviceId of this.#addressesOf.keys()) this.#refresh(deviceId);
    });
  }

  stop(): void {
    for (const end of this.#unsubscribers.splice(0)) end();
    this.#timer?.cancel();
  }

  #refresh(deviceId: DeviceId): void {
    const before = this.#addressesOf.get(deviceId) ?? '';
    const now = joined(this.#deps.registrations.of(deviceId));
    if (now === before) return;
    if (now === '') this.#addressesOf.delete(deviceId);
    else this.#addressesOf.set(deviceId, now);
    for (const one of split(now)) this.#use(one, 1);
    for (const one of split(before)) this.#use(one, -1);
  }

  #use(sourceAddress: string, change: 1 | -1): void {
    const before = this.#uses.get(sourceAddress) ?? 0;
    const after = before + change;
    if (after === 0) this.#uses.delete(sourceAddress);
    else this.#uses.set(sourceAddress, after);
    if (before === 0) this.#deps.engine.registrationAdded(parseSourceAddress(sourceAddress));
    if (after === 0) this.#deps.engine.registrationRemoved(parseSourceAddress(sourceAddress));
  }
}

function joined(registrations: ReturnType<RegistrationsPort['of']>): string {
  const addresses = registrations.map(({ source }) => `${source.protocol} ${source.address} ${source.port}`);
  return addresses.length < 2 ? (addresses[0] ?? '') : [...new Set(addresses)].join(',');
}

function split(addresses: string): string[] {
  return addresses === '' ? [] : addresses.split(',');
}

function parseSourceAddress(text: string): SourceAddress {
  const [protocol, address = '', port] = text.split(' ');
  return { protocol: protocol as SourceAddress['protocol'], address, port: Number(port) };
}
