import type { TrunkId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { Trunk } from './trunk.ts';

type Row = {
  readonly id: TrunkId;
  readonly name: string;
  readonly preset: string;
  readonly is_enabled: number;
  readonly direction: Trunk['direction'];
  readonly host: string;
  readonly port: number | null;
  readonly transport: Trunk['transport'];
  readonly proxy: string | null;
  readonly domain: string | null;
  readonly username: string | null;
  readonly auth_username: string | null;
  readonly registers: number;
  readonly allow: string;
  readonly secret_header_name: string | null;
  readonly numbers: string;
  readonly called_form: Trunk['calledForm'];
  readonly caller_form: Trunk['callerForm'];
  readonly caller_in: Trunk['callerIn'];
  readonly is_secure: number;
  readonly keep_alive_seconds: number | null;
  readonly created_at: number;
};

const changeable = [
  ...['name', 'preset', 'is_enabled', 'direction', 'host', 'port', 'transport', 'proxy', 'domain', 'username', 'auth_username'],
  ...['registers', 'allow', 'secret_header_name', 'numbers', 'called_form', 'caller_form', 'caller_in', 'is_secure'],
  'keep_alive_seconds',
];
const columns = ['id', ...changeable, 'created_at'];

/** The SQL of the tables `trunks` and `trunk_order`. */
export class TrunkStore {
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #all;
  readonly #order;
  readonly #place;
  readonly #forgetPlace;

  constructor(db: OpenedDatabase['db']) {
    this.#insert = db.prepare<[Row]>(
      `INSERT INTO trunks (${columns.join(', ')}) VALUES (${columns.map((name) => `:${name}`).join(', ')})`,
    );
    this.#update = db.prepare<[Row]>(
      `UPDATE trunks SET ${changeable.map((name) => `${name} = :${name}`).join(', ')} WHERE id = :id`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM trunks WHERE id = ?');
    this.#all = db.prepare<[], Row>(`SELECT ${columns.join(', ')} FROM trunks ORDER BY created_at, id`);
    this.#order = db.prepare<[], { trunk_id: string }>('SELECT trunk_id FROM trunk_order ORDER BY position, trunk_id');
    this.#place = db.prepare<[string, number]>(
      'INSERT INTO trunk_order (trunk_id, position) VALUES (?, ?) ON CONFLICT (trunk_id) DO UPDATE SET position = excluded.position',
    );
    this.#forgetPlace = db.prepare<[string]>('DELETE FROM trunk_order WHERE trunk_id = ?');
  }

  insert(trunk: Trunk): void {
    this.#insert.run(toRow(trunk));
  }

  update(trunk: Trunk): void {
    this.#update.run(toRow(trunk));
  }

  delete(id: TrunkId): void {
    this.#delete.run(id);
    this.#forgetPlace.run(id);
  }

  /** The oldest first. */
  all(): readonly Trunk[] {
    return this.#all.all().map(fromRow);
  }

  /** Ids in the order that was set. */
  order(): readonly string[] {
    return this.#order.all().map(({ trunk_id: id }) => id);
  }

  setOrder(ids: readonly string[]): void {
    for (const id of this.order()) if (!ids.includes(id)) this.#forgetPlace.run(id);
    for (const [position, id] of ids.entries()) this.#place.run(id, position);
  }
}

function toRow(trunk: Trunk): Row {
  return {
    id: trunk.id,
    name: trunk.name,
    preset: trunk.preset,
    is_enabled: Number(trunk.isEnabled),
    direction: trunk.direction,
    host: trunk.host,
    port: trunk.port ?? null,
    transport: trunk.transport,
    proxy: trunk.proxy ?? null,
    domain: trunk.domain ?? null,
    username: trunk.username ?? null,
    auth_username: trunk.authUsername ?? null,
    registers: Number(trunk.registers),
    allow: JSON.stringify(trunk.allow),
    secret_header_name: trunk.secretHeaderName ?? null,
    numbers: JSON.stringify(trunk.numbers),
    called_form: trunk.calledForm,
    caller_form: trunk.callerForm,
    caller_in: trunk.callerIn,
    is_secure: Number(trunk.isSecure),
    keep_alive_seconds: trunk.keepAliveSeconds ?? null,
    created_at: trunk.createdAt,
  };
}

function fromRow(row: Row): Trunk {
  return {
    id: row.id,
    name: row.name,
    preset: row.preset,
    isEnabled: row.is_enabled === 1,
    direction: row.direction,
    host: row.host,
    port: row.port ?? undefined,
    transport: row.transport,
    proxy: row.proxy ?? undefined,
    domain: row.domain ?? undefined,
    username: row.username ?? undefined,
    authUsername: row.auth_username ?? undefined,
    registers: row.registers === 1,
    allow: JSON.parse(row.allow) as string[],
    secretHeaderName: row.secret_header_name ?? undefined,
    numbers: JSON.parse(row.numbers) as string[],
    calledForm: row.called_form,
    callerForm: row.caller_form,
    callerIn: row.caller_in,
    isSecure: row.is_secure === 1,
    keepAliveSeconds: row.keep_alive_seconds ?? undefined,
    createdAt: row.created_at,
  };
}
