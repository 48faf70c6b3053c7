import type { PersonId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { likeAny, likePattern } from '#storage/text-search.ts';
import type { BlocklistEntry, BlocklistEntryId, BlocklistKind } from './blocklist-entry.ts';

type Row = {
  readonly id: BlocklistEntryId;
  readonly kind: BlocklistKind;
  readonly pattern: string;
  readonly reason: string;
  readonly person_id: PersonId | null;
  readonly is_enabled: number;
  readonly hits: number;
  readonly last_hit_at: number | null;
  readonly created_at: number;
};

const columns = { createdAt: 'created_at', hits: 'hits', lastHitAt: 'last_hit_at', pattern: 'pattern' } as const;

/** All given conditions must hold. */
export type BlocklistFilter = {
  /** Whose entries; undefined: all. */
  readonly personId?: PersonId | undefined;
  readonly kind?: BlocklistKind | undefined;
  readonly isEnabled?: boolean | undefined;
  /** Part of the pattern or the reason. */
  readonly text?: string | undefined;
};

export type BlocklistPage = {
  readonly limit: number;
  readonly offset: number;
  readonly sort: keyof typeof columns;
  readonly order: 'asc' | 'desc';
};

const conditions = {
  personId: 'person_id = :personId',
  kind: 'kind = :kind',
  isEnabled: 'is_enabled = :isEnabled',
  text: likeAny(['pattern', 'reason']),
} as const satisfies Record<keyof BlocklistFilter, string>;

/** The SQL of the table `blocklist`. */
export class BlocklistStore {
  readonly #db: OpenedDatabase['db'];
  readonly #save;
  readonly #delete;
  readonly #byId;
  readonly #same;
  readonly #after;
  readonly #ofPerson;
  readonly #hit;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#save = db.prepare<[Row]>(
      `INSERT INTO blocklist (id, kind, pattern, reason, person_id, is_enabled, hits, last_hit_at, created_at)
       VALUES (:id, :kind, :pattern, :reason, :person_id, :is_enabled, :hits, :last_hit_at, :created_at)
       ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, pattern = excluded.pattern, reason = excluded.reason,
         is_enabled = excluded.is_enabled`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM blocklist WHERE id = ?');
    this.#byId = db.prepare<[string], Row>('SELECT * FROM blocklist WHERE id = ?');
    this.#same = db.prepare<[string, string, string], Row>(
      "SELECT * FROM blocklist WHERE kind = ? AND pattern = ? AND ifnull(person_id, '') = ?",
    );
    this.#after = db.prepare<[string, number], Row>('SELECT * FROM blocklist WHERE id > ? ORDER BY id LIMIT ?');
    this.#ofPerson = db.prepare<[string], Row>('SELECT * FROM blocklist WHERE person_id = ?');
    this.#hit = db.prepare<[number, string]>('UPDATE blocklist SET hits = hits + 1, last_hit_at = ? WHERE id = ?');
  }

  /** New or changed; the hits of one that is there stay. */
  save(entry: BlocklistEntry): void {
    this.#save.run(toRow(entry));
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  hit(id: string, at: number): void {
    this.#hit.run(at, id);
  }

  byId(id: string): BlocklistEntry | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** The one that has the same pattern for the same calls. */
  same({ kind, pattern, personId }: Pick<BlocklistEntry, 'kind' | 'pattern' | 'personId'>): BlocklistEntry | undefined {
    const row = this.#same.get(kind, pattern, personId ?? '');
    return row === undefined ? undefined : fromRow(row);
  }

  /** The oldest first, part by part: an export must not hold the house up. */
  after(id: string, limit: number): readonly BlocklistEntry[] {
    return this.#after.all(id, limit).map(fromRow);
  }

  ofPerson(personId: PersonId): readonly BlocklistEntry[] {
    return this.#ofPerson.all(personId).map(fromRow);
  }

  count(filter: BlocklistFilter = {}): number {
    const count = this.#db.prepare<[object], { n: number }>(`SELECT count(*) AS n FROM blocklist ${whereOf(filter)}`);
    return count.get(toValues(filter))?.n ?? 0;
  }

  find(
    filter: BlocklistFilter,
    { limit, offset, sort, order }: BlocklistPage,
  ): { readonly items: readonly BlocklistEntry[]; readonly total: number } {
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const items = this.#db
      .prepare<[object], Row>(
        `SELECT * FROM blocklist ${whereOf(filter)} ORDER BY ${columns[sort]} ${direction}, id ${direction} LIMIT :limit OFFSET :offset`,
      )
      .all({ ...toValues(filter), limit, offset })
      .map(fromRow);
    return { items, total: this.count(filter) };
  }
}

/** Of what is given alone: a condition that may hold for everything keeps SQLite from its indexes. */
function whereOf(filter: BlocklistFilter): string {
  const given = (Object.keys(conditions) as (keyof BlocklistFilter)[]).filter((name) => filter[name] !== undefined);
  return given.length === 0 ? '' : `WHERE ${given.map((name) => conditions[name]).join(' AND ')}`;
}

function toValues({ personId, kind, isEnabled, text }: BlocklistFilter) {
  return {
    personId: personId ?? null,
    kind: kind ?? null,
    isEnabled: isEnabled === undefined ? null : Number(isEnabled),
    text: text === undefined ? null : likePattern(text),
  };
}

function toRow(entry: BlocklistEntry): Row {
  return {
    id: entry.id,
    kind: entry.kind,
    pattern: entry.pattern,
    reason: entry.reason,
    person_id: entry.personId ?? null,
    is_enabled: Number(entry.isEnabled),
    hits: entry.hits,
    last_hit_at: entry.lastHitAt ?? null,
    created_at: entry.createdAt,
  };
}

function fromRow(row: Row): BlocklistEntry {
  return {
    id: row.id,
    kind: row.kind,
    pattern: row.pattern,
    reason: row.reason,
    personId: row.person_id ?? undefined,
    isEnabled: row.is_enabled === 1,
    hits: row.hits,
    lastHitAt: row.last_hit_at ?? undefined,
    createdAt: row.created_at,
  };
}
