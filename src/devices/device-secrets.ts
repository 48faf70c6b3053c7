import { seal, unseal } from '#base/sealing.ts';
import type { Device } from './device.ts';
import type { DeviceRecord } from './device-store.ts';
import { makeHa1 } from './digest.ts';
import type { Keys } from './key-file.ts';
import { newSecret } from './secret.ts';

export type DeviceSecretsOptions = {
  readonly keys: Keys;
  /** The realm of the digest challenges. */
  readonly realm: string;
};

/** Makes and reads what proves a device: its password, sealed, and the digest hashes of it. */
export class DeviceSecrets {
  readonly #keys: Keys;
  readonly #realm: string;

  constructor({ keys, realm }: DeviceSecretsOptions) {
    this.#keys = keys;
    this.#realm = realm;
  }

  /** A device with a new password. */
  renew(device: Device): { readonly record: DeviceRecord; readonly secret: string } {
    const secret = newSecret();
    return { record: { ...this.#hashed(device, secret), sealedSecret: seal(secret, this.#keys.seal, device.id) }, secret };
  }

  /** The same password for another username or realm; undefined where the key does not open it. */
  rehash({ sealedSecret }: DeviceRecord, device: Device): DeviceRecord | undefined {
    const secret = unseal(sealedSecret, this.#keys.seal, device.id);
    return secret === undefined ? undefined : { ...this.#hashed(device, secret), sealedSecret };
  }

  canOpen({ device, sealedSecret }: DeviceRecord): boolean {
    return unseal(sealedSecret, this.#keys.seal, device.id) !== undefined;
  }

  isOfRealm({ realm }: DeviceRecord): boolean {
    return realm === this.#realm;
  }

  /** A fixed yes or no for every name, of which nothing can be told about who exists. */
  decoyNeedsSha256(name: string): boolean {
    return makeHa1(name, this.#realm, this.#keys.nonce.toString('latin1')).sha256 < '8';
  }

  #hashed(device: Device, secret: string): Omit<DeviceRecord, 'sealedSecret'> {
    return { device, realm: this.#realm, ha1: makeHa1(device.username, this.#realm, secret) };
  }
}
