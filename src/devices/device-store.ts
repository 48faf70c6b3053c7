import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Listed } from '#contract/page.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { Device, DeviceType, SipTransport } from './device.ts';
import type { Ha1 } from './digest.ts';

/** A device with its credentials. */
export type DeviceRecord = {
  readonly device: Device;
  /** The realm the hashes were made for. */
  readonly realm: string;
  readonly ha1: Ha1;
  readonly sealedSecret: Buffer;
};

export type DeviceSort = 'createdAt' | 'name' | 'extension' | 'username';

/** `personId`: only this owner's. `text`: part of the name, extension or username. */
export type DeviceQuery = {
  readonly limit: number;
  readonly offset: number;
  readonly sort: DeviceSort;
  readonly order: 'asc' | 'desc';
  readonly personId?: PersonId | undefined;
  readonly type?: DeviceType | undefined;
  readonly enabled?: boolean | undefined;
  readonly text?: string | undefined;
};

type Row = {
  readonly id: DeviceId;
  readonly name: string;
  readonly extension: string;
  readonly username: string;
  readonly type: string;
  readonly transports: string;
  readonly person_id: PersonId | null;
  readonly recording_enabled: number;
  readonly sha256: number;
  readonly enabled: number;
  readonly realm: string;
  readonly ha1_md5: string;
  readonly ha1_sha256: string;
  readonly sealed_secret: Buffer;
  readonly created_at: number;
};

type Bound = Readonly<Record<string, string | number | Buffer | null>>;

const columns = [
  'id, name, extension, username, type, transports, person_id, recording_enabled, sha256, enabled',
  'realm, ha1_md5, ha1_sha256, sealed_secret, created_at',
].join(', ');

/** Extensions are digits: the shorter one is the lower number. */
const sortColumns: Readonly<Record<DeviceSort, readonly string[]>> = {
  createdAt: ['created_at'],
  name: ['name COLLATE NOCASE'],
  extension: ['length(extension)', 'extension'],
  username: ['username'],
};

/** The `devices` table. */
export class DeviceStore {
  readonly #db: Database;
  readonly #all: Statement<[], Row>;
  readonly #byId: Statement<[string], Row>;
  readonly #put: Statement<[Bound]>;
  readonly #remove: Statement<[string]>;
  readonly #isTaken: Statement<[Bound], unknown>;

  constructor(db: Database) {
    this.#db = db;
    this.#all = db.prepare(`SELECT ${columns} FROM devices ORDER BY id`);
    this.#byId = db.prepare(`SELECT ${columns} FROM devices WHERE id = ?`);
    this.#put = db.prepare(
      `INSERT INTO devices (${columns}) VALUES (@id, @name, @extension, @username, @type, @transports, @person_id,
         @recording_enabled, @sha256, @enabled, @realm, @ha1_md5, @ha1_sha256, @sealed_secret, @created_at)
       ON CONFLICT (id) DO UPDATE SET
         name = @name, extension = @extension, username = @username, type = @type, transports = @transports,
         person_id = @person_id, recording_enabled = @recording_enabled, sha256 = @sha256, enabled = @enabled,
         realm = @realm, ha1_md5 = @ha1_md5, ha1_sha256 = @ha1_sha256, sealed_secret = @sealed_secret`,
    );
    this.#remove = db.prepare('DELETE FROM devices WHERE id = ?');
    this.#isTaken = db.prepare('SELECT 1 FROM devices WHERE id IS NOT @but AND (extension = @name OR username = @name)');
  }

  all(): readonly DeviceRecord[] {
    return this.#all.all().map(toRecord);
  }

  byId(id: DeviceId): DeviceRecord | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : toRecord(row);
  }

  put({ device, realm, ha1, sealedSecret }: DeviceRecord): void {
    this.#put.run({
      id: device.id,
      name: device.name,
      extension: device.extension,
      username: device.username,
      type: device.type,
      transports: device.transports.join(' '),
      person_id: device.personId ?? null,
      recording_enabled: Number(device.recordingEnabled),
      sha256: Number(device.sha256),
      enabled: Number(device.enabled),
      realm,
      ha1_md5: ha1.md5,
      ha1_sha256: ha1.sha256,
      sealed_secret: sealedSecret,
      created_at: device.createdAt,
    });
  }

  remove(id: DeviceId): void {
    this.#remove.run(id);
  }

  /** Whether a device other than `but` has this as its extension or username: either is where it is called. */
  isTaken(name: string, exceptId: DeviceId | undefined): boolean {
    return this.#isTaken.get({ name, but: exceptId ?? null }) !== undefined;
  }

  list({ limit, offset, sort, order, personId, type, enabled, text }: DeviceQuery): Listed<Device> {
    const where = [
      personId === undefined ? '' : 'person_id = @personId',
      type === undefined ? '' : 'type = @type',
      enabled === undefined ? '' : 'enabled = @enabled',
      text === undefined ? '' : 'instr(lower(name || char(10) || extension || char(10) || username), lower(@text)) > 0',
    ].filter((condition) => condition !== '');
    const conditions = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const ordering = [...sortColumns[sort], 'id'].map((column) => `${column} ${direction}`).join(', ');
    const filters = {
      personId: personId ?? null,
      type: type ?? null,
      enabled: enabled === undefined ? null : Number(enabled),
      text: text ?? null,
    };
    const rows = this.#db
      .prepare<[Bound], Row>(`SELECT ${columns} FROM devices ${conditions} ORDER BY ${ordering} LIMIT @limit OFFSET @offset`)
      .all({ ...filters, limit, offset });
    const total = this.#db
      .prepare<[Bound], { total: number }>(`SELECT count(*) AS total FROM devices ${conditions}`)
      .get(filters);
    return { items: rows.map((row) => toRecord(row).device), total: total?.total ?? 0 };
  }
}

function toRecord(row: Row): DeviceRecord {
  const device: Device = {
    id: row.id,
    name: row.name,
    extension: row.extension,
    username: row.username,
    type: row.type as DeviceType,
    transports: row.transports.split(' ') as SipTransport[],
    personId: row.person_id ?? undefined,
    recordingEnabled: row.recording_enabled === 1,
    sha256: row.sha256 === 1,
    enabled: row.enabled === 1,
    createdAt: row.created_at,
  };
  return {
    device,
    realm: row.realm,
    ha1: { md5: row.ha1_md5, sha256: row.ha1_sha256 },
    sealedSecret: row.sealed_secret,
  };
}
