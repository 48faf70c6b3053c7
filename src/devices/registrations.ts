import { isoTime } from '#base/clock.ts';
import type { Clock, Timer } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { Log } from '#base/log.ts';
import type { DeviceId } from '#base/ids.ts';
import type { offlineReasons } from '#contract/devices.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { withoutFlow } from './closed-flow.ts';
import type { RegistrationStore } from './registration-store.ts';
import { isSameSource } from './registration.ts';
import type { Registration, SourceAddress } from './registration.ts';

export type RegistrationsDeps = {
  readonly store: RegistrationStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly events: Events<Facts>;
  readonly log: Log;
  /** The name of a device, for the log. */
  readonly nameOf?: (deviceId: DeviceId) => string | undefined;
};

export type BindingChange = {
  readonly deviceId: DeviceId;
  /** All bindings of the device afterwards. */
  readonly bindings: readonly Registration[];
  readonly stored: readonly Registration[];
  readonly removed: readonly Registration[];
  /** Why bindings end. */
  readonly reason?: OfflineReason;
};

export type OfflineReason = (typeof offlineReasons)[number];

/** Since when a device has no registration, in milliseconds since the Unix epoch, and why. */
export type Offline = { readonly since: number; readonly reason: OfflineReason };

const sweepMs = 5_000;
const none: readonly Registration[] = [];

/**
 * Where devices can be reached. Calls ring by what is in memory; the table is what a restart loads. While nothing can be written, phones
 * still ring: their registrations are in memory alone.
 */
export class Registrations {
  readonly #deps: RegistrationsDeps;
  readonly #byDevice = new Map<DeviceId, readonly Registration[]>();
  /** Registrations per source address. */
  readonly #sources = new Map<string, number>();
  /** Devices whose registrations could not be stored. */
  readonly #unsaved = new Set<DeviceId>();
  /** When devices lost their last registration since the start. */
  readonly #offline = new Map<DeviceId, Offline>();
  #size = 0;
  #sweep: Timer | undefined;

  constructor(deps: RegistrationsDeps) {
    this.#deps = deps;
  }

  /** Loads what the last run left, and begins to sweep. */
  start(): void {
    const { store, clock } = this.#deps;
    const byDevice = new Map<DeviceId, Registration[]>();
    for (const registration of store.live(clock.now())) {
      const bindings = byDevice.get(registration.deviceId);
      if (bindings === undefined) byDevice.set(registration.deviceId, [registration]);
      else bindings.push(registration);
    }
    for (const [deviceId, bindings] of byDevice) this.#set(deviceId, bindings);
    this.#sweep = clock.every(sweepMs, () => {
      void this.#dropExpired();
      void this.#retryUnsaved();
    });
  }

  stop(): void {
    this.#sweep?.cancel();
  }

  /** The unexpired ones of one device. */
  of(deviceId: DeviceId): readonly Registration[] {
    const bindings = this.#byDevice.get(deviceId as DeviceId);
    if (bindings === undefined) return none;
    const now = this.#deps.clock.now();
    return bindings.every(({ expiresAt }) => expiresAt > now) ? bindings : bindings.filter(({ expiresAt }) => expiresAt > now);
  }

  /** Since when and why a device has none; undefined where it has, or has had none since the start. */
  offline(deviceId: DeviceId): Offline | undefined {
    return this.#offline.get(deviceId);
  }

  /** It was deleted. */
  forget(deviceId: DeviceId): void {
    this.#offline.delete(deviceId);
  }

  /** The devices that have registrations, some of which may have expired a moment ago. */
  deviceIds(): Iterable<DeviceId> {
    return this.#byDevice.keys();
  }

  /** Whether a device is registered from this address, by any port. */
  isRegisteredFrom(address: string): boolean {
    return this.#sources.has(address);
  }

  /** Registrations in memory. */
  get size(): number {
    return this.#size;
  }

  /** Takes effect at once; resolves when it is stored, or when the storage has failed and memory alone knows it. */
  async apply({ deviceId, bindings, stored, removed, reason = 'signed-off' }: BindingChange): Promise<void> {
    const before = this.#byDevice.get(deviceId) ?? none;
    const addresses = new Map(before.map(({ id, source }) => [id, source.address]));
    const kept = new Set(stored.map(({ id }) => id));
    const compacted = bindings.map((binding) => (kept.has(binding.id) ? compact(binding) : binding));
    this.#set(deviceId, compacted, reason);
    await this.#store(deviceId, stored, removed);
    for (const { id, contactUri, expiresAt, source } of stored) {
      // A refresh is not reported unless the phone has moved.
      if (addresses.get(id) !== source.address) this.#emitRegistered(deviceId, contactUri, expiresAt);
    }
    if (before.length > 0 && bindings.length === 0) this.#emitUnregistered(deviceId, 'removed');
  }

  /** The clock was set: each lasts as long as it was granted, as in the table. */
  shiftDueTimes(byMs: number): void {
    for (const [deviceId, { since, reason }] of this.#offline) this.#offline.set(deviceId, { since: since + byMs, reason });
    for (const [deviceId, bindings] of this.#byDevice) {
      this.#byDevice.set(
        deviceId,
        bindings.map((one) => ({ ...one, registeredAt: one.registeredAt + byMs, expiresAt: one.expiresAt + byMs })),
      );
    }
  }

  /** Forgets a device that may no longer be reached. Its rows go too, unless they went with the device. */
  async drop(deviceId: DeviceId): Promise<void> {
    const removed = this.#byDevice.get(deviceId) ?? none;
    await this.apply({ deviceId, bindings: [], stored: [], removed, reason: 'revoked' });
  }

  /** A connection closed: bindings that came over it and have no other way end, so that a later client on the same port gets none of their calls. */
  flowClosed(closed: SourceAddress): void {
    if (this.#sources.has(closed.address)) this.#endFlows((source) => isSameSource(source, closed));
  }

  /** The SIP engine stopped, or has just started: no earlier connection is open. */
  connectionsLost(): void {
    this.#endFlows(({ protocol }) => protocol !== 'udp');
  }

  #endFlows(isClosed: (source: SourceAddress) => boolean): void {
    for (const [deviceId, bindings] of this.#byDevice) {
      const closed = bindings.filter(({ source }) => isClosed(source));
      if (closed.length === 0) continue;
      const stored = closed.flatMap((binding) => withoutFlow(binding) ?? []);
      const left = new Map(stored.map((binding) => [binding.id, binding]));
      const removed = closed.filter(({ id }) => !left.has(id));
      const kept = bindings.flatMap((binding) => left.get(binding.id) ?? (closed.includes(binding) ? [] : binding));
      this.apply({ deviceId, bindings: kept, stored, removed, reason: 'connection-closed' }).catch((error: unknown) => {
        this.#deps.log.error({ device: deviceId, err: error }, 'Registrations of a closed connection not stored');
      });
    }
  }

  async #store(deviceId: DeviceId, stored: readonly Registration[], removed: readonly Registration[]): Promise<void> {
    const { store, writes, log } = this.#deps;
    if (stored.length === 0 && removed.length === 0) return;
    try {
      await writes.write(() => {
        for (const { id } of removed) store.remove(id);
        for (const registration of stored) store.put(registration);
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'unavailable') {
        this.#unsaved.add(deviceId);
        log.warn({ device: deviceId }, 'Registration kept in memory only');
        return;
      }
      // The device was deleted while its phone registered.
      this.#set(deviceId, []);
      throw error;
    }
  }

  /** Stores registrations kept in memory only, as soon as the disk takes them. */
  async #retryUnsaved(): Promise<void> {
    const { store, writes, log } = this.#deps;
    if (this.#unsaved.size === 0) return;
    const devices = [...this.#unsaved];
    this.#unsaved.clear();
    try {
      await writes.write(() => {
        for (const deviceId of devices) store.replace(deviceId, this.#byDevice.get(deviceId) ?? none);
      });
      log.info({ devices: devices.length }, 'Registrations kept in memory stored');
    } catch (error) {
      if (error instanceof AppError && error.code === 'unavailable') for (const deviceId of devices) this.#unsaved.add(deviceId);
      else log.error({ err: error }, 'Registrations kept in memory not stored');
    }
  }

  async #dropExpired(): Promise<void> {
    const { store, writes, clock, log } = this.#deps;
    const now = clock.now();
    const gone: DeviceId[] = [];
    let hasExpired = false;
    for (const [deviceId, bindings] of this.#byDevice) {
      const live = bindings.filter(({ expiresAt }) => expiresAt > now);
      if (live.length === bindings.length) continue;
      hasExpired = true;
      this.#set(deviceId, live, 'expired');
      if (live.length === 0) gone.push(deviceId);
    }
    if (!hasExpired) return;
    try {
      await writes.write(() => store.removeExpired(now));
    } catch (error) {
      // The next start skips them anyway.
      log.debug({ err: error }, 'Expired registrations stay in the database');
    }
    for (const deviceId of gone) this.#emitUnregistered(deviceId, 'expired');
  }

  #set(deviceId: DeviceId, bindings: readonly Registration[], reason: OfflineReason = 'revoked'): void {
    for (const { source } of this.#byDevice.get(deviceId) ?? none) this.#countSource(source.address, -1);
    for (const { source } of bindings) this.#countSource(source.address, 1);
    if (bindings.length > 0) {
      this.#byDevice.set(deviceId, bindings);
      this.#offline.delete(deviceId);
    } else if (this.#byDevice.delete(deviceId)) this.#offline.set(deviceId, { since: this.#deps.clock.now(), reason });
  }

  #countSource(address: string, change: 1 | -1): void {
    this.#size += change;
    const count = (this.#sources.get(address) ?? 0) + change;
    if (count === 0) this.#sources.delete(address);
    else this.#sources.set(address, count);
  }

  #emitRegistered(deviceId: DeviceId, contact: string, expiresAt: number): void {
    this.#deps.log.info({ device: deviceId, name: this.#nameOf(deviceId), contact }, 'Phone registered');
    this.#deps.events.emit('device.registered', { deviceId, contact, expiresAt: isoTime(expiresAt) });
  }

  #emitUnregistered(deviceId: DeviceId, reason: 'removed' | 'expired'): void {
    this.#deps.log.info({ device: deviceId, name: this.#nameOf(deviceId), reason }, 'Phone no longer registered');
    this.#deps.events.emit('device.unregistered', { deviceId, reason });
  }

  #nameOf(deviceId: DeviceId): string | undefined {
    return this.#deps.nameOf?.(deviceId);
  }
}

/** With strings of its own: substrings of a message keep the whole message in memory for as long as the phone is registered. */
function compact(registration: Registration): Registration {
  const { params, source, path } = registration;
  return {
    ...registration,
    contactUri: copyString(registration.contactUri),
    params:
      params.size === 0
        ? params
        : new Map([...params].map(([name, value]) => [copyString(name), value === null ? null : copyString(value)])),
    path: path.map(copyString),
    instanceId: registration.instanceId === undefined ? undefined : copyString(registration.instanceId),
    source: { ...source, address: copyString(source.address) },
    userAgent: registration.userAgent === undefined ? undefined : copyString(registration.userAgent),
    callId: copyString(registration.callId),
  };
}

function copyString(text: string): string {
  return Buffer.from(text).toString();
}
