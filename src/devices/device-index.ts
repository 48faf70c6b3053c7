import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Device } from './device.ts';
import type { DeviceRecord } from './device-store.ts';

const none: ReadonlySet<Device> = new Set();

/** All devices in memory, by id, username, extension and owner. */
export class DeviceIndex {
  readonly #byId = new Map<DeviceId, DeviceRecord>();
  readonly #byUsername = new Map<string, DeviceRecord>();
  readonly #byExtension = new Map<string, Device>();
  readonly #byPerson = new Map<PersonId, Set<Device>>();
  #withSha256 = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** Devices that must authenticate with SHA-256. */
  get withSha256(): number {
    return this.#withSha256;
  }

  all(): readonly DeviceRecord[] {
    return [...this.#byId.values()];
  }

  byId(id: DeviceId): DeviceRecord | undefined {
    return this.#byId.get(id as DeviceId);
  }

  byUsername(username: string): DeviceRecord | undefined {
    return this.#byUsername.get(username);
  }

  byExtension(extension: string): Device | undefined {
    return this.#byExtension.get(extension);
  }

  ofPerson(personId: PersonId): readonly Device[] {
    return [...(this.#byPerson.get(personId) ?? none)];
  }

  put(record: DeviceRecord): void {
    const { device } = record;
    this.remove(device.id);
    this.#byId.set(device.id, record);
    this.#byUsername.set(device.username, record);
    this.#byExtension.set(device.extension, device);
    if (device.sha256) this.#withSha256 += 1;
    if (device.personId === undefined) return;
    const owned = this.#byPerson.get(device.personId) ?? new Set();
    this.#byPerson.set(device.personId, owned.add(device));
  }

  remove(id: DeviceId): void {
    const record = this.#byId.get(id);
    if (record === undefined) return;
    const { device } = record;
    this.#byId.delete(id);
    // Another device may have taken the name in the meantime.
    if (this.#byUsername.get(device.username) === record) this.#byUsername.delete(device.username);
    if (this.#byExtension.get(device.extension) === device) this.#byExtension.delete(device.extension);
    if (device.sha256) this.#withSha256 -= 1;
    if (device.personId === undefined) return;
    const owned = this.#byPerson.get(device.personId);
    owned?.delete(device);
    if (owned?.size === 0) this.#byPerson.delete(device.personId);
  }
}
