import type { Device } from './device.ts';
import type { DeviceRecord } from './device-store.ts';

const none: ReadonlySet<Device> = new Set();

/** All devices in memory, found by whatever a request names them. */
export class DeviceIndex {
  readonly #byId = new Map<string, DeviceRecord>();
  readonly #byUsername = new Map<string, DeviceRecord>();
  readonly #byExtension = new Map<string, Device>();
  readonly #byPerson = new Map<string, Set<Device>>();
  #withSha256 = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** Devices that must prove themselves with SHA-256. */
  get withSha256(): number {
    return this.#withSha256;
  }

  all(): readonly DeviceRecord[] {
    return [...this.#byId.values()];
  }

  byId(id: string): DeviceRecord | undefined {
    return this.#byId.get(id);
  }

  byUsername(username: string): DeviceRecord | undefined {
    return this.#byUsername.get(username);
  }

  byExtension(extension: string): Device | undefined {
    return this.#byExtension.get(extension);
  }

  ofPerson(personId: string): readonly Device[] {
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

  remove(id: string): void {
    const record = this.#byId.get(id);
    if (record === undefined) return;
    const { device } = record;
    this.#byId.delete(id);
    // Another device may have taken the name in the same moment.
    if (this.#byUsername.get(device.username) === record) this.#byUsername.delete(device.username);
    if (this.#byExtension.get(device.extension) === device) this.#byExtension.delete(device.extension);
    if (device.sha256) this.#withSha256 -= 1;
    if (device.personId === undefined) return;
    const owned = this.#byPerson.get(device.personId);
    owned?.delete(device);
    if (owned?.size === 0) this.#byPerson.delete(device.personId);
  }
}
