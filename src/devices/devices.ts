// Owns the phones of the house: what they are called, whose they are, and what proves them.
// Called by the device routes, by calls (who is at an extension) and by the authenticator (whose password is it).
// Must stay true: what is in memory is in the database, and a device's password is readable only sealed.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { DeviceCredentials } from './authenticator.ts';
import type { Device, DeviceType, Protocol } from './device.ts';
import { DeviceRoster } from './device-roster.ts';
import type { DeviceQuery, DeviceRecord, DeviceStore } from './device-store.ts';
import { makeHa1 } from './digest.ts';
import { extensionProblem, freeExtension } from './extension.ts';
import type { Keys } from './key-file.ts';
import type { Registrations } from './registrations.ts';
import { seal, unseal } from '#base/sealing.ts';
import { newSecret } from './secret.ts';

export type DevicesOptions = {
  readonly store: DeviceStore;
  readonly writes: WriteBatch;
  readonly registrations: Registrations;
  readonly keys: Keys;
  /** The realm of the digest challenges. */
  readonly realm: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly log: Log;
  /** Emergency and service numbers of the country, which no phone may have as its extension. */
  readonly isReservedExtension?: (extension: string) => boolean;
};

/** Left out: the extension is the next free one, the username is the extension, every transport of the type is allowed. */
export type NewDevice = {
  readonly name: string;
  readonly extension?: string | undefined;
  readonly username?: string | undefined;
  readonly type: DeviceType;
  readonly transports?: readonly Protocol[] | undefined;
  readonly personId?: string | undefined;
  readonly recordingEnabled?: boolean | undefined;
  readonly sha256?: boolean | undefined;
  readonly enabled?: boolean | undefined;
};

/** What is left out stays; `personId: null` takes the owner away. */
export type DeviceChange = {
  readonly [Key in Exclude<keyof NewDevice, 'personId'>]?: NewDevice[Key] | undefined;
} & { readonly personId?: string | null | undefined };

/** A device and its new password, which is shown this once. */
export type DeviceWithSecret = { readonly device: Device; readonly secret: string };

const defaultTransports: Readonly<Record<DeviceType, readonly Protocol[]>> = {
  grandstream: ['udp', 'tcp', 'tls'],
  softphone: ['udp', 'tcp', 'tls'],
  webrtc: ['ws', 'wss'],
};

export class Devices {
  readonly #options: DevicesOptions;
  readonly #roster = new DeviceRoster();

  constructor(options: DevicesOptions) {
    this.#options = options;
  }

  /** Reads all devices; hashes made for another realm are made anew from the sealed passwords. */
  async start(): Promise<void> {
    for (const record of this.#options.store.all()) this.#roster.put(record);
    const foreign = this.#roster.all().filter(({ realm }) => realm !== this.#options.realm);
    await Promise.all(foreign.map((record) => this.#moveToRealm(record)));
  }

  /** Names of those whose passwords the key does not open. */
  locked(): readonly string[] {
    const { seal: key } = this.#options.keys;
    return this.#roster
      .all()
      .flatMap(({ device, sealedSecret }) => (unseal(sealedSecret, key, device.id) === undefined ? [device.name] : []));
  }

  byId(id: string): Device | undefined {
    return this.#roster.byId(id)?.device;
  }

  byExtension(extension: string): Device | undefined {
    return this.#roster.byExtension(extension);
  }

  byUsername(username: string): Device | undefined {
    return this.#roster.byUsername(username)?.device;
  }

  ofPerson(personId: string): readonly Device[] {
    return this.#roster.ofPerson(personId);
  }

  /** For the authenticator: without touching the database, so that a name that exists costs what one costs that does not. */
  readonly credentialsOf = (username: string): DeviceCredentials | undefined => this.#roster.byUsername(username);

  /** What a device is set to; for a name nobody has, what a device of that name might be set to, always the same. */
  readonly needsSha256 = (name: string): boolean => {
    const known = this.#roster.byUsername(name)?.device ?? this.#roster.byExtension(name);
    if (known !== undefined) return known.sha256;
    const { withSha256, size } = this.#roster;
    if (withSha256 === 0 || withSha256 === size) return withSha256 > 0;
    return makeHa1(name, this.#options.realm, this.#options.keys.nonce.toString('latin1')).sha256 < '8';
  };

  list(query: DeviceQuery): { items: readonly Device[]; page: number; perPage: number; total: number } {
    return { ...this.#options.store.list(query), page: query.page, perPage: query.per_page };
  }

  /** Throws `not-found`. */
  get(id: string): Device {
    return this.#record(id).device;
  }

  /** Rejects with `invalid` or `conflict`, and the fields that are at fault. */
  async create(wanted: NewDevice): Promise<DeviceWithSecret> {
    const { store, clock, newId, keys } = this.#options;
    const secret = newSecret();
    const record = await this.#write(() => {
      const extension = wanted.extension ?? this.#nextExtension();
      const device = drawUp(wanted, { id: newId('dev'), extension, createdAt: clock.now() });
      this.#assertSound(device);
      const made = { device, ...this.#proof(device, secret), sealedSecret: seal(secret, keys.seal, device.id) };
      store.put(made);
      return made;
    });
    this.#roster.put(record);
    this.#options.log.info({ device: record.device.id, extension: record.device.extension }, 'A device was created');
    this.#options.events.emit('device.created', { deviceId: record.device.id });
    return { device: record.device, secret };
  }

  /** Rejects with `not-found`, `invalid` or `conflict`. Registrations end where the device was disabled or renamed. */
  async change(id: string, change: DeviceChange): Promise<Device> {
    const record = await this.#write(() => {
      const before = this.#stored(id);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const device: Device = { ...before.device, ...given, personId: newOwner(before.device, change) };
      this.#assertSound(device);
      const changed = device.username === before.device.username ? { ...before, device } : this.#rename(before, device);
      this.#options.store.put(changed);
      return changed;
    });
    const before = this.byId(id);
    this.#roster.put(record);
    if (!record.device.enabled && before?.enabled !== false) this.#tellRevoked(id, 'disabled');
    if (!record.device.enabled || before?.username !== record.device.username) await this.#unregister(record.device);
    this.#options.events.emit('device.changed', { deviceId: id });
    return record.device;
  }

  /** Makes a new password; the phone must be given it before it can register again. */
  async resetSecret(id: string): Promise<DeviceWithSecret> {
    const { store, keys } = this.#options;
    const secret = newSecret();
    const record = await this.#write(() => {
      const { device } = this.#stored(id);
      const changed = { device, ...this.#proof(device, secret), sealedSecret: seal(secret, keys.seal, device.id) };
      store.put(changed);
      return changed;
    });
    this.#roster.put(record);
    this.#tellRevoked(id, 'new-password');
    await this.#unregister(record.device);
    this.#options.log.info({ device: id }, 'A device has a new password');
    this.#options.events.emit('device.changed', { deviceId: id });
    return { device: record.device, secret };
  }

  async delete(id: string): Promise<void> {
    const device = await this.#write(() => {
      const record = this.#stored(id);
      this.#options.store.remove(id);
      return record.device;
    });
    this.#roster.remove(id);
    this.#tellRevoked(id, 'deleted');
    await this.#unregister(device);
    this.#options.log.info({ device: id }, 'A device was deleted');
    this.#options.events.emit('device.deleted', { deviceId: id });
  }

  /** After a person was deleted: the database has taken their name off their devices already. */
  releasePerson(personId: string): void {
    for (const { id } of this.ofPerson(personId)) {
      const record = this.#record(id);
      this.#roster.put({ ...record, device: { ...record.device, personId: undefined } });
      this.#options.events.emit('device.changed', { deviceId: id });
    }
  }

  async #write<Value>(run: () => Value): Promise<Value> {
    try {
      return await this.#options.writes.write(run);
    } catch (error) {
      throw explain(error);
    }
  }

  #record(id: string): DeviceRecord {
    const record = this.#roster.byId(id);
    if (record === undefined) throw new AppError('not-found', 'There is no such device');
    return record;
  }

  /** Inside a write: sees the writes before it in the same transaction. */
  #stored(id: string): DeviceRecord {
    const record = this.#options.store.byId(id);
    if (record === undefined) throw new AppError('not-found', 'There is no such device');
    return record;
  }

  #nextExtension(): string {
    const { store, isReservedExtension = () => false } = this.#options;
    const extension = freeExtension((one) => !isReservedExtension(one) && !store.isCalled(one, ''));
    if (extension === undefined) throw new AppError('conflict', 'Every extension is taken');
    return extension;
  }

  #assertSound({ id, extension, username }: Device): void {
    const problem = extensionProblem(extension, this.#options.isReservedExtension ?? (() => false));
    if (problem !== undefined) throw invalid('extension', problem);
    // One device's username may not be another's extension: sip:202@house would be either.
    if (this.#options.store.isCalled(extension, id)) throw taken('extension', extension);
    if (this.#options.store.isCalled(username, id)) throw taken('username', username);
  }

  #proof(device: Device, secret: string): Pick<DeviceRecord, 'realm' | 'ha1'> {
    return { realm: this.#options.realm, ha1: makeHa1(device.username, this.#options.realm, secret) };
  }

  #rename(before: DeviceRecord, device: Device): DeviceRecord {
    const secret = unseal(before.sealedSecret, this.#options.keys.seal, device.id);
    if (secret === undefined) {
      throw new AppError(
        'conflict',
        'The password of this device cannot be read any more: make a new one before changing the username',
      );
    }
    return { ...before, device, ...this.#proof(device, secret) };
  }

  async #moveToRealm(record: DeviceRecord): Promise<void> {
    const { store, keys, log, realm } = this.#options;
    const secret = unseal(record.sealedSecret, keys.seal, record.device.id);
    if (secret === undefined) {
      log.error({ device: record.device.id, realm }, 'A device needs a new password: its old one is for another realm');
      return;
    }
    const moved = { ...record, ...this.#proof(record.device, secret) };
    this.#roster.put(moved);
    try {
      await this.#options.writes.write(() => store.put(moved));
    } catch (error) {
      // Made anew at the next start.
      log.warn({ err: error, device: record.device.id }, 'The hashes for the new realm are in memory only');
    }
  }

  /** Before anything is waited for: whoever has the old password loses its calls in the same moment. */
  #tellRevoked(deviceId: string, why: Facts['device.revoked']['why']): void {
    this.#options.events.emit('device.revoked', { deviceId, why });
  }

  async #unregister(device: Device): Promise<void> {
    await this.#options.registrations.drop(device.id);
  }
}

function drawUp(wanted: NewDevice, given: Pick<Device, 'id' | 'extension' | 'createdAt'>): Device {
  return {
    ...given,
    name: wanted.name,
    username: wanted.username ?? given.extension,
    type: wanted.type,
    transports: wanted.transports ?? defaultTransports[wanted.type],
    personId: wanted.personId,
    recordingEnabled: wanted.recordingEnabled ?? false,
    sha256: wanted.sha256 ?? false,
    enabled: wanted.enabled ?? true,
  };
}

function newOwner(before: Device, { personId }: DeviceChange): string | undefined {
  return personId === undefined ? before.personId : (personId ?? undefined);
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid', `The ${field} ${message}`, { details: [{ field, message }] });
}

function taken(field: 'extension' | 'username', value: string): AppError {
  return new AppError('conflict', `The ${field} ${value} is taken`, { details: [{ field, message: 'is taken' }] });
}

/** The constraint that SQLite held, in the user's words. */
function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || !error.message.includes('FOREIGN KEY')) return error;
  const details = [{ field: 'personId', message: 'is nobody of this house' }];
  return new AppError('invalid', 'There is no such person', { cause: error, details });
}
