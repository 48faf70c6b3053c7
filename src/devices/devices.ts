// Owns the devices of the house: their names, owners and credentials.
// Called by the device routes, by calls (who is at an extension) and by the authenticator (whose credentials are these).
// Must stay true: memory holds what the database holds; a device's password is stored only sealed.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import type { DeviceId, NewId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { Listed } from '#contract/page.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { DeviceCredentials } from './authenticator.ts';
import type { Device } from './device.ts';
import { applyChange, assertValid, buildDevice, translateConstraintError } from './device-change.ts';
import type { DeviceChange, NewDevice } from './device-change.ts';
import { DeviceIndex } from './device-index.ts';
import type { DeviceQuery, DeviceRecord, DeviceStore } from './device-store.ts';
import type { DeviceSecrets } from './device-secrets.ts';
import { freeExtension } from './extension.ts';
import type { Registrations } from './registrations.ts';

export type DevicesDeps = {
  readonly store: DeviceStore;
  readonly writes: WriteBatch;
  readonly registrations: Registrations;
  readonly secrets: DeviceSecrets;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly log: Log;
  /** Emergency and service numbers of the country, which cannot be extensions. */
  readonly isReservedExtension?: (extension: string) => boolean;
  /** Extensions of ring groups. */
  readonly isGroupExtension?: (extension: string) => boolean;
};

/** A device and its new password, shown this once. */
export type DeviceWithSecret = { readonly device: Device; readonly secret: string };

export class Devices {
  readonly #deps: DevicesDeps;
  readonly #index = new DeviceIndex();

  constructor(deps: DevicesDeps) {
    this.#deps = deps;
  }

  /** Loads all devices; hashes of another realm are recomputed from the sealed passwords. */
  async start(): Promise<void> {
    const { store, secrets } = this.#deps;
    for (const record of store.all()) this.#index.put(record);
    const foreign = this.#index.all().filter((record) => !secrets.isOfRealm(record));
    await Promise.all(foreign.map((record) => this.#moveToRealm(record)));
  }

  /** Names of the devices whose passwords the key does not open. */
  undecryptable(): readonly string[] {
    const { secrets } = this.#deps;
    return this.#index.all().flatMap((record) => (secrets.canOpen(record) ? [] : [record.device.name]));
  }

  /** In memory, in no order. */
  all(): readonly Device[] {
    return this.#index.all().map(({ device }) => device);
  }

  byId(id: DeviceId): Device | undefined {
    return this.#index.byId(id)?.device;
  }

  byExtension(extension: string): Device | undefined {
    return this.#index.byExtension(extension);
  }

  byUsername(username: string): Device | undefined {
    return this.#index.byUsername(username)?.device;
  }

  ofPerson(personId: PersonId): readonly Device[] {
    return this.#index.ofPerson(personId);
  }

  /** For the authenticator: from memory, so that an unknown name takes no longer and no shorter than a known one. */
  readonly credentialsOf = (username: string): DeviceCredentials | undefined => this.#index.byUsername(username);

  /** What a device is set to; for an unknown name what a device of that name might be set to, always the same. */
  readonly needsSha256 = (name: string): boolean => {
    const known = this.#index.byUsername(name)?.device ?? this.#index.byExtension(name);
    if (known !== undefined) return known.sha256;
    const { withSha256, size } = this.#index;
    if (withSha256 === 0 || withSha256 === size) return withSha256 > 0;
    return this.#deps.secrets.decoyNeedsSha256(name);
  };

  list(query: DeviceQuery): Listed<Device> {
    return this.#deps.store.list(query);
  }

  /** Throws `not-found`. */
  get(id: DeviceId): Device {
    return this.#record(id).device;
  }

  /** Rejects with `invalid` or `conflict` and the field at fault. */
  async create(input: NewDevice): Promise<DeviceWithSecret> {
    const { store, clock, newId, secrets, log, events } = this.#deps;
    const { record, secret } = await this.#write(() => {
      const extension = input.extension ?? this.#nextExtension();
      const built = buildDevice(input, { id: newId('dev'), extension, createdAt: clock.now() });
      this.#assertValid(built);
      const made = secrets.renew(built);
      store.put(made.record);
      return made;
    });
    const { device } = record;
    this.#index.put(record);
    log.info({ device: device.id, extension: device.extension }, 'Device created');
    events.emit('device.created', { deviceId: device.id });
    return { device, secret };
  }

  /** Rejects with `not-found`, `invalid` or `conflict`. Registrations end where the device was disabled or renamed. */
  async change(id: DeviceId, change: DeviceChange): Promise<Device> {
    const record = await this.#write(() => {
      const before = this.#stored(id);
      const device = applyChange(before.device, change);
      this.#assertValid(device);
      const changed = device.username === before.device.username ? { ...before, device } : this.#rename(before, device);
      this.#deps.store.put(changed);
      return changed;
    });
    const { device } = record;
    const before = this.byId(device.id);
    this.#index.put(record);
    if (!device.enabled && before?.enabled !== false) this.#emitRevoked(device.id, 'disabled');
    if (!device.enabled || before?.username !== device.username) await this.#unregister(device.id);
    this.#deps.events.emit('device.changed', { deviceId: device.id });
    return device;
  }

  /** Makes a new password; the phone needs it to register again. */
  async resetSecret(id: DeviceId): Promise<DeviceWithSecret> {
    const { store, secrets, log, events } = this.#deps;
    const { record, secret } = await this.#write(() => {
      const made = secrets.renew(this.#stored(id).device);
      store.put(made.record);
      return made;
    });
    const { device } = record;
    this.#index.put(record);
    this.#emitRevoked(device.id, 'new-password');
    await this.#unregister(device.id);
    log.info({ device: device.id }, 'Password of a device reset');
    events.emit('device.changed', { deviceId: device.id });
    return { device, secret };
  }

  async delete(id: DeviceId): Promise<void> {
    const { id: deviceId, personId } = await this.#write(() => {
      const { device } = this.#stored(id);
      this.#deps.store.remove(device.id);
      return device;
    });
    this.#index.remove(deviceId);
    this.#emitRevoked(deviceId, 'deleted');
    await this.#unregister(deviceId);
    this.#deps.log.info({ device: deviceId }, 'Device deleted');
    this.#deps.events.emit('device.deleted', { deviceId, personId: personId ?? null });
  }

  /** After a person was removed: their devices belong to the house now, in the database already. */
  releasePerson(personId: PersonId): void {
    for (const { id } of this.ofPerson(personId)) {
      const record = this.#record(id);
      this.#index.put({ ...record, device: { ...record.device, personId: undefined } });
      this.#deps.events.emit('device.changed', { deviceId: id });
    }
  }

  async #write<Value>(run: () => Value): Promise<Value> {
    try {
      return await this.#deps.writes.write(run);
    } catch (error) {
      throw translateConstraintError(error);
    }
  }

  #record(id: DeviceId): DeviceRecord {
    const record = this.#index.byId(id);
    if (record === undefined) throw new AppError('not-found', 'There is no such device');
    return record;
  }

  /** Inside a write: sees the writes before it in the same transaction. */
  #stored(id: DeviceId): DeviceRecord {
    const record = this.#deps.store.byId(id);
    if (record === undefined) throw new AppError('not-found', 'There is no such device');
    return record;
  }

  #nextExtension(): string {
    const { isReservedExtension = () => false } = this.#deps;
    const extension = freeExtension((one) => !isReservedExtension(one) && !this.#isTaken(one, undefined));
    if (extension === undefined) throw new AppError('conflict', 'Every extension is taken', because('extensions-taken'));
    return extension;
  }

  #assertValid(device: Device): void {
    const { isReservedExtension: isReserved = () => false } = this.#deps;
    assertValid(device, { isReserved, isTaken: (name) => this.#isTaken(name, device.id) });
  }

  #isTaken(name: string, exceptId: DeviceId | undefined): boolean {
    const { store, isGroupExtension = () => false } = this.#deps;
    return store.isTaken(name, exceptId) || isGroupExtension(name);
  }

  #rename(before: DeviceRecord, device: Device): DeviceRecord {
    const renamed = this.#deps.secrets.rehash(before, device);
    if (renamed !== undefined) return renamed;
    throw new AppError(
      'conflict',
      'The password of this device cannot be read: make a new one before changing the username',
      because('password-unreadable'),
    );
  }

  async #moveToRealm(record: DeviceRecord): Promise<void> {
    const { store, secrets, writes, log } = this.#deps;
    const moved = secrets.rehash(record, record.device);
    if (moved === undefined) {
      log.error({ device: record.device.id }, 'A device needs a new password: its old one is for another realm');
      return;
    }
    this.#index.put(moved);
    try {
      await writes.write(() => store.put(moved));
    } catch (error) {
      // Tried again at the next start.
      log.warn({ err: error, device: record.device.id }, 'Digest hashes for the new realm not stored');
    }
  }

  /** Before anything is awaited: calls by the old password end at once. */
  #emitRevoked(deviceId: DeviceId, why: Facts['device.revoked']['why']): void {
    this.#deps.events.emit('device.revoked', { deviceId, why });
  }

  async #unregister(deviceId: DeviceId): Promise<void> {
    await this.#deps.registrations.drop(deviceId);
  }
}
