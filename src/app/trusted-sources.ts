import type { Clock, Timer } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { Facts } from '#contract/facts.ts';

type Place = { readonly protocol: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'; readonly address: string; readonly port: number };

/** What is asked about a device: where its registrations come from now. */
type Registrations = { of(deviceId: string): readonly { readonly source: Place }[] };

type Engine = { phoneCame(place: Place): void; phoneLeft(place: Place): void };

export type TrustedPhonesParts = {
  readonly events: Events<Facts>;
  readonly registrations: Registrations;
  readonly engine: Engine;
  readonly clock: Clock;
};

/** A phone that refreshes from another address tells no fact, so its addresses are looked at again now and then. */
const lookAgainMs = 60_000;

/** Tells the engine from which places phones are registered, each proven by its digest: strangers never take their room. */
export class TrustedPhones {
  readonly #parts: TrustedPhonesParts;
  /** Joined by commas: a set for each of very many phones would take more memory than their registrations. */
  readonly #placesOf = new Map<string, string>();
  /** Registrations per place: several accounts of one telephone share it. */
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
      for (const deviceId of this.#placesOf.keys()) this.#look(deviceId);
    });
  }

  stop(): void {
    for (const end of this.#endings.splice(0)) end();
    this.#timer?.cancel();
  }

  #look(deviceId: string): void {
    const before = this.#placesOf.get(deviceId) ?? '';
    const now = joined(this.#parts.registrations.of(deviceId));
    if (now === before) return;
    if (now === '') this.#placesOf.delete(deviceId);
    else this.#placesOf.set(deviceId, now);
    for (const place of split(now)) this.#use(place, 1);
    for (const place of split(before)) this.#use(place, -1);
  }

  #use(place: string, change: 1 | -1): void {
    const before = this.#uses.get(place) ?? 0;
    const after = before + change;
    if (after === 0) this.#uses.delete(place);
    else this.#uses.set(place, after);
    if (before === 0) this.#parts.engine.phoneCame(placeOf(place));
    if (after === 0) this.#parts.engine.phoneLeft(placeOf(place));
  }
}

function joined(registrations: ReturnType<Registrations['of']>): string {
  const places = registrations.map(({ source }) => `${source.protocol} ${source.address} ${source.port}`);
  return places.length < 2 ? (places[0] ?? '') : [...new Set(places)].join(',');
}

function split(places: string): string[] {
  return places === '' ? [] : places.split(',');
}

function placeOf(text: string): Place {
  const [protocol, address = '', port] = text.split(' ');
  return { protocol: protocol as Place['protocol'], address, port: Number(port) };
}
