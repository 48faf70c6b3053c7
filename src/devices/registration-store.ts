import { parseJson } from '#base/json.ts';
import type { DeviceId } from '#base/ids.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { SipTransport } from './device.ts';
import { noParams } from './registration.ts';
import type { Registration } from './registration.ts';

type Row = {
  readonly id: string;
  readonly device_id: DeviceId;
  readonly contact_uri: string;
  readonly q: number;
  readonly params: string;
  readonly path: string;
  readonly instance_id: string | null;
  readonly reg_id: number | null;
  readonly source_protocol: string;
  readonly source_address: string;
  readonly source_port: number;
  readonly user_agent: string | null;
  readonly call_id: string;
  readonly cseq: number;
  readonly registered_at: number;
  readonly expires_at: number;
};

const columns = [
  'id, device_id, contact_uri, q, params, path, instance_id, reg_id, source_protocol, source_address, source_port, user_agent',
  'call_id, cseq, registered_at, expires_at',
].join(', ');

const noPath: readonly string[] = [];

/** The `registrations` table. */
export class RegistrationStore {
  readonly #put: Statement<(string | number | null)[]>;
  readonly #remove: Statement<[string]>;
  readonly #removeOfDevice: Statement<[string]>;
  readonly #removeExpired: Statement<[number]>;
  readonly #live: Statement<[number], Row>;
  readonly #shiftDueTimes: Statement<[number, number]>;

  constructor(db: Database) {
    this.#put = db.prepare(
      `INSERT INTO registrations (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET
         contact_uri = excluded.contact_uri, q = excluded.q, params = excluded.params, path = excluded.path,
         instance_id = excluded.instance_id, reg_id = excluded.reg_id, source_protocol = excluded.source_protocol,
         source_address = excluded.source_address, source_port = excluded.source_port, user_agent = excluded.user_agent,
         call_id = excluded.call_id, cseq = excluded.cseq, registered_at = excluded.registered_at,
         expires_at = excluded.expires_at`,
    );
    this.#remove = db.prepare('DELETE FROM registrations WHERE id = ?');
    this.#removeOfDevice = db.prepare('DELETE FROM registrations WHERE device_id = ?');
    this.#removeExpired = db.prepare('DELETE FROM registrations WHERE expires_at <= ?');
    this.#shiftDueTimes = db.prepare('UPDATE registrations SET registered_at = registered_at + ?, expires_at = expires_at + ?');
    this.#live = db.prepare(`SELECT ${columns} FROM registrations WHERE expires_at > ? ORDER BY id`);
  }

  put(registration: Registration): void {
    const { params, path, source } = registration;
    this.#put.run(
      registration.id,
      registration.deviceId,
      registration.contactUri,
      registration.q,
      params.size === 0 ? '{}' : JSON.stringify(Object.fromEntries(params)),
      path.length === 0 ? '[]' : JSON.stringify(path),
      registration.instanceId ?? null,
      registration.regId ?? null,
      source.protocol,
      source.address,
      source.port,
      registration.userAgent ?? null,
      registration.callId,
      registration.cseq,
      registration.registeredAt,
      registration.expiresAt,
    );
  }

  remove(id: string): void {
    this.#remove.run(id);
  }

  /** Stores exactly these for one device. */
  replace(deviceId: DeviceId, registrations: readonly Registration[]): void {
    this.#removeOfDevice.run(deviceId);
    for (const registration of registrations) this.put(registration);
  }

  /** The clock was set: each lasts as long as it was granted. */
  shiftDueTimes(byMs: number): void {
    this.#shiftDueTimes.run(byMs, byMs);
  }

  removeExpired(now: number): void {
    this.#removeExpired.run(now);
  }

  *live(now: number): Generator<Registration> {
    for (const row of this.#live.iterate(now)) {
      const registration = toRegistration(row);
      if (registration !== undefined) yield registration;
    }
  }
}

/** Undefined for a row whose lists are damaged: the phone will register again. */
function toRegistration(row: Row): Registration | undefined {
  const params = parseJson(row.params);
  const path = parseJson(row.path);
  if (typeof params !== 'object' || params === null || !Array.isArray(path)) return undefined;
  return {
    id: row.id as Registration['id'],
    deviceId: row.device_id as DeviceId,
    contactUri: row.contact_uri,
    q: row.q,
    params: row.params === '{}' ? noParams : new Map(Object.entries(params as Record<string, string | null>)),
    path: row.path === '[]' ? noPath : (path as string[]),
    instanceId: row.instance_id ?? undefined,
    regId: row.reg_id ?? undefined,
    source: { protocol: row.source_protocol as SipTransport, address: row.source_address, port: row.source_port },
    userAgent: row.user_agent ?? undefined,
    callId: row.call_id,
    cseq: row.cseq,
    // Nonces of an earlier run prove nothing any more.
    lastNonceSerial: 0,
    registeredAt: row.registered_at,
    expiresAt: row.expires_at,
  };
}
