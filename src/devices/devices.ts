// Owns the phones of the house: what they are called, whose they are, and what proves them.
// Called by the device routes, by calls (who is at an extension) and by the authenticator (whose password is it).
// Must stay true: what is in memory is in the database, and a device's password is readable only sealed.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { Listed } from '#contract/page.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { DeviceCredentials } from './authenticator.ts';
import type { Device, DeviceType, SipTransport } from './device.ts';
import { DeviceIndex } from './device-index.ts';
import type { DeviceQuery, DeviceRecord, DeviceStore } from './device-store.ts';
import { makeHa1 } from './digest.ts';
import { extensionProblem, freeExtension } from './extension.ts';
import type { Keys } from './key-file.ts';
import type { Registrations } from './registrations.ts';
import { seal, unseal } from '#base/sealing.ts';
import { newSecret } from './secret.ts';

export type DevicesDeps = {
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
  readonly transports?: readonly SipTransport[] | undefined;
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

const defaultTransports: Readonly<Record<DeviceType, readonly SipTransport[]>> = {
  grandstream: ['udp', 'tcp', 'tls'],
  softphone: ['udp', 'tcp', 'tls'],
  webrtc: ['ws', 'wss'],
};

export class Devices {
  readonly #deps: DevicesDeps;
  readonly #index = new DeviceIndex();

  constructor(deps: DevicesDeps) {
    this.#deps = deps;
  }

  /** Reads all devices; hashes made for another realm are made anew from the sealed passwords. */
  async start(): Promise<void> {
    for (const record of this.#deps.store.all()) this.#index.put(record);
    const foreign = this.#index.all().filter(({ realm }) => realm !== this.#deps.realm);
    await Promise.all(foreign.map((record) => this.#moveToRealm(record)));
  }

  /** Names of those whose passwords the key does not open. */
  undecryptable(): readonly string[] {
    const { seal: key } = this.#deps.keys;
    return this.#index
      .all()
      .flatMap(({ device, sealedSecret }) => (unseal(sealedSecret, key, device.id) === undefined ? [device.name] : []));
  }

  /** In memory, in no order. */
  all(): readonly Device[] {
    return this.#index.all().map(({ device }) => device);
  }

  byId(id: string): Device | undefined {
    return this.#index.byId(id)?.device;
  }

  byExtension(extension: string): Device | undefined {
    return this.#index.byExtension(extension);
  }

  byUsername(username: string): Device | undefined {
    return this.#index.byUsername(username)?.device;
  }

  ofPerson(personId: string): readonly Device[] {
    return this.#index.ofPerson(personId);
  }

  /** For the authenticator: without touching the database, so that a name that exists costs what one costs that does not. */
  readonly credentialsOf = (username: string): DeviceCredentials | undefined => this.#index.byUsername(username);

  /** What a device is set to; for a name nobody has, what a device of that name might be set to, always the same. */
  readonly needsSha256 = (name: string): boolean => {
    const known = this.#index.byUsername(name)?.device ?? this.#index.byExtension(name);
    if (known !== undefined) return known.sha256;
    const { withSha256, size } = this.#index;
    if (withSha256 === 0 || withSha256 === size) return withSha256 > 0;
    return makeHa1(name, this.#deps.realm, this.#deps.keys.nonce.toString('latin1')).sha256 < '8';
  };

  list(query: DeviceQuery): Listed<Device> {
    return this.#deps.store.list(query);
  }

  /** Throws `not-found`. */
  get(id: string): Device {
    return this.#record(id).device;
  }

  /** Rejects with `invalid` or `conflict`, and the fields that are at fault. */
  async create(input: NewDevice): Promise<DeviceWithSecret> {
    const { store, clock, newId, keys } = this.#deps;
    const secret = newSecret();
    const record = await this.#write(() => {
      const extension = input.extension ?? this.#nextExtension();
      const device = buildDevice(input, { id: newId('dev'), extension, createdAt: clock.now() });
      this.#assertValid(device);
      const made = { device, ...this.#digestHashes(device, secret), sealedSecret: seal(secret, keys.seal, device.id) };
      store.put(made);
      return made;
    });
    this.#index.put(record);
    this.#deps.log.info({ device: record.device.id, extension: record.device.extension }, 'A device was created');
    this.#deps.events.emit('device.created', { deviceId: record.device.id });
    return { device: record.device, secret };
  }

  /** Rejects with `not-found`, `invalid` or `conflict`. Registrations end where the device was disabled or renamed. */
  async change(id: string, change: DeviceChange): Promise<Device> {
    const record = await this.#write(() => {
      const before = this.#stored(id);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const device: Device = { ...before.device, ...given, personId: newOwner(before.device, change) };
      this.#assertValid(device);
      const changed = device.username === before.device.username ? { ...before, device } : this.#rename(before, device);
      this.#deps.store.put(changed);
      return changed;
    });
    const before = this.byId(id);
    this.#index.put(record);
    if (!record.device.enabled && before?.enabled !== false) this.#emitRevoked(id, 'disabled');
    if (!record.device.enabled || before?.username !== record.device.username) await this.#unregister(record.device);
    this.#deps.events.emit('device.changed', { deviceId: id });
    return record.device;
  }

  /** Makes a new password; the phone must be given it before it can register again. */
  async resetSecret(id: string): Promise<DeviceWithSecret> {
    const { store, keys } = this.#deps;
    const secret = newSecret();
    const record = await this.#write(() => {
      const { device } = this.#stored(id);
      const changed = { device, ...this.#digestHashes(device, secret), sealedSecret: seal(secret, keys.seal, device.id) };
      store.put(changed);
      return changed;
    });
    this.#index.put(record);
    this.#emitRevoked(id, 'new-password');
    await this.#unregister(record.device);
    this.#deps.log.info({ device: id }, 'A device has a new password');
    this.#deps.events.emit('device.changed', { deviceId: id });
    return { device: record.device, secret };
  }

  async delete(id: string): Promise<void> {
    const device = await this.#write(() => {
      const record = this.#stored(id);
      this.#deps.store.remove(id);
      return record.device;
    });
    this.#index.remove(id);
    this.#emitRevoked(id, 'deleted');
    await this.#unregister(device);
    this.#deps.log.info({ device: id }, 'A device was deleted');
    this.#deps.events.emit('device.deleted', { deviceId: id });
  }

  /** After a person was deleted: the database has taken their name off their devices already. */
  releasePerson(personId: string): void {
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

  #record(id: string): DeviceRecord {
    const record = this.#index.byId(id);
    if (record === undefined) throw new AppError('not-found', 'There is no such device');
    return record;
  }

  /** Inside a write: sees the writes before it in the same transaction. */
  #stored(id: string): DeviceRecord {
    const record = this.#deps.store.byId(id);
    if (record === undefined) throw new AppError('not-found', 'There is no such device');
    return record;
  }

  #nextExtension(): string {
    const { store, isReservedExtension = () => false } = this.#deps;
    const extension = freeExtension((one) => !isReservedExtension(one) && !store.isTaken(one, ''));
    if (extension === undefined) throw new AppError('conflict', 'Every extension is taken');
    return extension;
  }

  #assertValid({ id, extension, username }: Device): void {
    const problem = extensionProblem(extension, this.#deps.isReservedExtension ?? (() => false));
    if (problem !== undefined) throw invalid('extension', problem);
    // One device's username may not be another's extension: sip:202@house would be either.
    if (this.#deps.store.isTaken(extension, id)) throw taken('extension', extension);
    if (this.#deps.store.isTaken(username, id)) throw taken('username', username);
  }

  #digestHashes(device: Device, secret: string): Pick<DeviceRecord, 'realm' | 'ha1'> {
    return { realm: this.#deps.realm, ha1: makeHa1(device.username, this.#deps.realm, secret) };
  }

  #rename(before: DeviceRecord, device: Device): DeviceRecord {
    const secret = unseal(before.sealedSecret, this.#deps.keys.seal, device.id);
    if (secret === undefined) {
      throw new AppError(
        'conflict',
        'The password of this device cannot be read any more: make a new one before changing the username',
      );
    }
    return { ...before, device, ...this.#digestHashes(device, secret) };
  }

  async #moveToRealm(record: DeviceRecord): Promise<void> {
    const { store, keys, log, realm } = this.#deps;
    const secret = unseal(record.sealedSecret, keys.seal, record.device.id);
    if (secret === undefined) {
      log.error({ device: record.device.id, realm }, 'A device needs a new password: its old one is for another realm');
      return;
    }
    const moved = { ...record, ...this.#digestHashes(record.device, secret) };
    this.#index.put(moved);
    try {
      await this.#deps.writes.write(() => store.put(moved));
    } catch (error) {
      // Made anew at the next start.
      log.warn({ err: error, device: record.device.id }, 'The hashes for the new realm are in memory only');
    }
  }

  /** Before anything is waited for: whoever has the old password loses its calls in the same moment. */
  #emitRevoked(deviceId: string, why: Facts['device.revoked']['why']): void {
    this.#deps.events.emit('device.revoked', { deviceId, why });
  }

  async #unregister(device: Device): Promise<void> {
    await this.#deps.registrations.drop(device.id);
  }
}

function buildDevice(input: NewDevice, given: Pick<Device, 'id' | 'extension' | 'createdAt'>): Device {
  return {
    ...given,
    name: input.name,
    username: input.username ?? given.extension,
    type: input.type,
    transports: input.transports ?? defaultTransports[input.type],
    personId: input.personId,
    recordingEnabled: input.recordingEnabled ?? false,
    sha256: input.sha256 ?? false,
    enabled: input.enabled ?? true,
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
function translateConstraintError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || !error.message.includes('FOREIGN KEY')) return error;
  const details = [{ field: 'personId', message: 'is nobody of this house' }];
  return new AppError('invalid', 'There is no such person', { cause: error, details });
}
