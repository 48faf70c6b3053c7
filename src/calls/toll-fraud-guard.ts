// Owns the protection against toll fraud, the outbound call limits: a stolen password costs little and is noticed. Where calls may go, how many, how long.
// Called by calls.ts for every call to a trunk, and by the routes by which an admin allows a destination.
// Must stay true: an emergency call never comes here, and what an admin allowed is on the disk.
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { DeviceId } from '#base/ids.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import { normalizeAddress } from '#base/private-address.ts';
import type { Facts } from '#contract/facts.ts';
import type { HealthStatus } from '#contract/system.ts';
import type { Device } from '#devices/device.ts';
import { homeCountries } from '#numbers/destination.ts';
import type { ShortCost } from '#numbers/short-numbers.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { previouslyCalledDestinations, outgoingRefusal } from './outgoing-decision.ts';
import type { OutgoingLimits, OutgoingRefusal, OutgoingUsage } from './outgoing-decision.ts';
import { OutgoingTalkTime } from './outgoing-talk-time.ts';
import { describeRefusal, OutgoingRefusals } from './outgoing-refusals.ts';
import type { RecentRefusal } from './outgoing-refusals.ts';
import type { AllowedDestination, OutgoingStore } from './outgoing-store.ts';
import type { RegistrationLookup } from './ports.ts';
import type { Verdict } from './verdict.ts';

export type TollFraudGuardDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<Events<Facts>, 'emit'>;
  readonly store: OutgoingStore;
  readonly writes: WriteBatch;
  readonly registrations: RegistrationLookup;
  readonly country: string;
  readonly limits: OutgoingLimits;
  /** Whether an address is private or of a network this machine is in. */
  readonly isLocalAddress: (address: string) => boolean;
};

/** An outbound call in progress. */
export type ActiveOutgoingCall = { readonly deviceId: DeviceId | undefined; readonly talkTimeMs: number };

export type OutgoingAttempt = {
  /** Undefined where the house itself calls. */
  readonly device: Device | undefined;
  readonly number: string;
  readonly shortCost: ShortCost | undefined;
  /** The address that asked for it. */
  readonly source: string | undefined;
  readonly ongoing: readonly ActiveOutgoingCall[];
};

const dayMs = 86_400_000;

export class TollFraudGuard {
  readonly #deps: TollFraudGuardDeps;
  readonly #minutes = new OutgoingTalkTime();
  readonly #refusals: OutgoingRefusals;
  #allowed: ReadonlyMap<string, AllowedDestination> = new Map();

  constructor(deps: TollFraudGuardDeps) {
    this.#deps = deps;
    this.#refusals = new OutgoingRefusals(deps.clock);
  }

  get limits(): OutgoingLimits {
    return this.#deps.limits;
  }

  get home(): readonly string[] {
    return homeCountries(this.#deps.country);
  }

  get allowed(): readonly AllowedDestination[] {
    return [...this.#allowed.values()];
  }

  get recentRefusals(): readonly RecentRefusal[] {
    return this.#refusals.all();
  }

  /** Loads what is allowed; at the first start of a house that has made calls before, also where it called. */
  start(): void {
    const { store, clock, log } = this.#deps;
    try {
      if (!store.isSeeded) this.#seed();
      this.#allowed = new Map(store.all().map((one) => [one.destination, one]));
      const [now, monotonic] = [clock.now(), clock.monotonic()];
      for (const { deviceId, endedAt, milliseconds } of store.talkTimesSince(now - dayMs))
        this.#minutes.add({ deviceId: deviceId ?? undefined, milliseconds, endedAt: monotonic - Math.max(0, now - endedAt) });
    } catch (error) {
      log.error({ err: error }, 'Allowed destinations cannot be read: only domestic calls go out');
    }
  }

  /** Why a call may not go out. A refusal is reported: the person who runs the house may not know of it otherwise. */
  refusal(attempt: OutgoingAttempt): Verdict | undefined {
    const { country, limits } = this.#deps;
    const { device, number, shortCost } = attempt;
    const ofPhone = attempt.ongoing.filter(({ deviceId }) => deviceId === device?.id);
    const refused = outgoingRefusal(
      {
        number,
        shortCost,
        isFromKnownSource: this.#isTrunkSource(attempt),
        phone: device === undefined ? { calls: 0, minutes: 0 } : this.#usage(ofPhone, device.id),
        house: this.#usage(attempt.ongoing),
      },
      { country, limits, allowed: new Set(this.#allowed.keys()) },
    );
    if (refused !== undefined) this.#report(attempt, refused);
    return refused?.verdict;
  }

  /** Whether a rule may forward a call to this number (E.164): where a phone may call as far as the destination goes. */
  isAllowedDestination(number: string): boolean {
    return this.destinationToAllow(number) === undefined;
  }

  /** What would have to be allowed so that this number (E.164) may be called; undefined: nothing. */
  destinationToAllow(number: string): string | undefined {
    const { country, limits } = this.#deps;
    const unused = { calls: 0, minutes: 0 };
    const facts = { number, shortCost: undefined, isFromKnownSource: true, phone: unused, house: unused };
    return outgoingRefusal(facts, { country, limits, allowed: new Set(this.#allowed.keys()) })?.destination;
  }

  /** An outbound call is over. */
  ended({ deviceId, talkTimeMs }: ActiveOutgoingCall): void {
    this.#minutes.add({ deviceId, milliseconds: talkTimeMs, endedAt: this.#deps.clock.monotonic() });
  }

  /** Rejects with `unavailable` where it cannot be kept. */
  async allow(destination: string): Promise<AllowedDestination> {
    const { store, writes, clock, log } = this.#deps;
    const allowed = { destination, because: 'allowed', allowedAt: clock.now() } as const;
    await writes.write(() => store.put(allowed));
    this.#allowed = new Map([...this.#allowed, [destination, allowed]]);
    this.#refusals.forget(destination);
    log.info({ destination }, 'Calls to a destination are allowed');
    return allowed;
  }

  /** Returns whether it was allowed before. */
  async forbid(destination: string): Promise<boolean> {
    const { store, writes, log } = this.#deps;
    if (!this.#allowed.has(destination)) return false;
    await writes.write(() => store.remove(destination));
    this.#allowed = new Map([...this.#allowed].filter(([one]) => one !== destination));
    log.info({ destination }, 'Calls to a destination are no longer allowed');
    return true;
  }

  health(): { readonly status: HealthStatus; readonly message: string } {
    const refused = this.recentRefusals.at(-1);
    if (refused === undefined) return { status: 'ok', message: 'None was refused in the last day' };
    return { status: 'degraded', message: describeRefusal(refused) };
  }

  #usage(ongoing: readonly ActiveOutgoingCall[], deviceId?: DeviceId): OutgoingUsage {
    const talkTimeMs = ongoing.reduce((sum, call) => sum + call.talkTimeMs, 0);
    const now = this.#deps.clock.monotonic();
    return { calls: ongoing.length, minutes: this.#minutes.of(now, deviceId) + talkTimeMs / 60_000 };
  }

  /** A password alone is not enough: the phone is registered where it calls from, or is on the local network. */
  #isTrunkSource({ device, source }: OutgoingAttempt): boolean {
    if (device === undefined || source === undefined || this.#deps.isLocalAddress(source)) return true;
    return this.#deps.registrations
      .of(device.id)
      .some((one) => normalizeAddress(one.source.address) === normalizeAddress(source));
  }

  #report({ device, number, source }: OutgoingAttempt, { verdict, destination }: OutgoingRefusal): void {
    const { reason } = verdict;
    const { log, events } = this.#deps;
    if (device === undefined) {
      log.warn({ to: maskNumber(number), destination, reason }, 'Outbound call of the house refused');
      return;
    }
    const isFirst = this.#refusals.add({ deviceId: device.id, deviceName: device.name, number, reason, destination });
    if (!isFirst) return;
    log.warn(
      { device: device.id, name: device.name, source, to: maskNumber(number), destination, reason },
      'Outbound call refused',
    );
    events.emit('outgoing.refused', { deviceId: device.id, reason, destination: destination ?? null });
  }

  /** Destinations called before stay allowed. */
  #seed(): void {
    const { store, clock, country, log } = this.#deps;
    const now = clock.now();
    const before = new Set(store.calledBefore().flatMap((number) => previouslyCalledDestinations(number, country)));
    for (const destination of before) store.put({ destination, because: 'called-before', allowedAt: now });
    store.seeded(now);
    if (before.size > 0) log.info({ destinations: before.size }, 'Destinations called before are allowed');
  }
}
