// Builds the devices room on a real database, the way app.ts does, for tests and for the program that the kill test kills.
// Called by tests of devices and storage; nothing here runs in the product.
// Must stay true: everything but clock and ids is the real thing.
import { hash } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { Events } from '#base/events.ts';
import { isPrivate } from '#base/private-address.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { Authenticator } from '#devices/authenticator.ts';
import type { Device } from '#devices/device.ts';
import { DeviceFaults } from '#devices/device-faults.ts';
import { DeviceSecrets } from '#devices/device-secrets.ts';
import { DeviceStore } from '#devices/device-store.ts';
import { Devices } from '#devices/devices.ts';
import type { Keys } from '#devices/key-file.ts';
import { Nonces } from '#devices/nonces.ts';
import { Registrar } from '#devices/registrar.ts';
import type { RegisterDecision, RegisterRequest } from '#devices/register-request.ts';
import { RegistrationStore } from '#devices/registration-store.ts';
import { noParams } from '#devices/registration.ts';
import { Registrations } from '#devices/registrations.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';

export type DeviceHarness = {
  readonly opened: OpenedDatabase;
  readonly writes: WriteBatch;
  readonly events: Events<Facts>;
  readonly devices: Devices;
  readonly registrations: Registrations;
  readonly authenticator: Authenticator;
  readonly nonces: Nonces;
  readonly faults: DeviceFaults;
  readonly registrar: Registrar;
  close(): void;
};

export type DeviceHarnessOptions = {
  readonly clock: Clock;
  readonly path?: string;
  readonly realm?: string;
  readonly keys?: Keys;
};

export const testRealm = 'house.test';
const testKeys: Keys = {
  seal: Buffer.alloc(32, 1),
  nonce: Buffer.alloc(32, 2),
  action: Buffer.alloc(32, 3),
  origin: 'found',
  fingerprint: '00000000',
  problem: undefined,
};

export async function openDeviceHarness(options: DeviceHarnessOptions): Promise<DeviceHarness> {
  const { clock, path = ':memory:', realm = testRealm, keys = testKeys } = options;
  const log = createLog({ level: 'silent' });
  const events = new Events<Facts>(log);
  const opened = openDatabase({ path, log, clock });
  const writes = new WriteBatch({ db: opened.db, log });
  const registrations = new Registrations({ store: new RegistrationStore(opened.db), writes, clock, events, log });
  const devices = new Devices({
    store: new DeviceStore(opened.db),
    writes,
    registrations,
    secrets: new DeviceSecrets({ keys, realm }),
    clock,
    newId,
    events,
    log,
  });
  registrations.start();
  await devices.start();
  const nonces = new Nonces({ key: keys.nonce, clock });
  const authenticator = new Authenticator({
    realm,
    clock,
    nonces,
    credentialsOf: devices.credentialsOf,
    needsSha256: devices.needsSha256,
    isRegisteredSource: (address) => registrations.isRegisteredFrom(address),
  });
  const faults = new DeviceFaults({ clock, events, isLocalAddress: isPrivate });
  const registrar = new Registrar({ authenticator, registrations, devices, faults, clock, newId, log });
  const close = (): void => {
    registrations.stop();
    writes.flush();
    opened.db.close();
  };
  return { opened, writes, events, devices, registrations, authenticator, nonces, faults, registrar, close };
}

export type DigestAnswer = {
  readonly challenge: string;
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  /** 1 by default; 0 leaves qop out, as phones of RFC 2069 do. */
  readonly nonceCount?: number;
};

/** An Authorization header as a phone makes it, written from the RFC apart from the code that checks it. */
export function answerChallenge({ challenge, username, password, method, uri, nonceCount = 1 }: DigestAnswer): string {
  const field = (name: string): string => new RegExp(`${name}="?([^",]*)`).exec(challenge)?.[1] ?? '';
  const [realm, nonce, algorithm] = [field('realm'), field('nonce'), field('algorithm')];
  const digest = (text: string): string => hash(algorithm === 'SHA-256' ? 'sha256' : 'md5', text);
  const a1 = digest(`${username}:${realm}:${password}`);
  const a2 = digest(`${method}:${uri}`);
  const head = `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}`;
  if (nonceCount === 0) return `${head}, response="${digest(`${a1}:${nonce}:${a2}`)}"`;
  const nc = nonceCount.toString(16).padStart(8, '0');
  const response = digest(`${a1}:${nonce}:${nc}:0a4f113b:auth:${a2}`);
  return `${head}, response="${response}", qop=auth, nc=${nc}, cnonce="0a4f113b"`;
}

/** A phone that registers through the registrar, with everything a REGISTER carries settable. */
export class RegistrarPhone {
  readonly device: Device;
  readonly #room: DeviceHarness;
  readonly #secret: string;
  #cseq = 0;

  constructor(harness: DeviceHarness, device: Device, secret: string) {
    this.#room = harness;
    this.device = device;
    this.#secret = secret;
  }

  /** The request without credentials, one CSeq on. */
  request(fields: Partial<RegisterRequest> = {}): RegisterRequest {
    this.#cseq += 1;
    const { username } = this.device;
    return {
      requestUri: `sip:${testRealm}`,
      toUri: `sip:${username}@${testRealm}`,
      callId: `call-of-${username}`,
      cseq: this.#cseq,
      contacts: [{ uri: `sip:${username}@192.0.2.10:5060`, params: noParams }],
      isWildcard: false,
      expires: undefined,
      path: [],
      untrustedPath: [],
      supported: [],
      required: [],
      userAgent: 'Test phone',
      authorization: undefined,
      source: { protocol: 'udp', address: '192.0.2.10', port: 5060 },
      isByProxy: false,
      ...fields,
    };
  }

  /** Asks, is challenged, answers. */
  async register(fields: Partial<RegisterRequest> = {}): Promise<RegisterDecision> {
    const first = this.request(fields);
    const challenged = await this.#room.registrar.register(first);
    if (challenged.kind !== 'challenge') return challenged;
    const second = this.request(fields);
    return this.#room.registrar.register({
      ...second,
      authorization: this.answer(challenged.challenges[0] ?? '', second.requestUri),
    });
  }

  answer(challenge: string, uri: string, nonceCount = 1): string {
    return answerChallenge({
      challenge,
      username: this.device.username,
      password: this.#secret,
      method: 'REGISTER',
      uri,
      nonceCount,
    });
  }
}

/** A device and the phone that has its password. */
export async function addPhone(harness: DeviceHarness, wanted: Parameters<Devices['create']>[0]): Promise<RegistrarPhone> {
  const { device, secret } = await harness.devices.create(wanted);
  return new RegistrarPhone(harness, device, secret);
}
