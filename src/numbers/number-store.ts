import type { NumberId, PersonId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { OurNumber } from './number.ts';

type Row = {
  readonly id: NumberId;
  readonly number: string;
  readonly name: string;
  readonly owner_person_id: PersonId | null;
  readonly voice_enabled: number;
  readonly created_at: number;
};

export type NumberSort = 'createdAt' | 'number' | 'name';
export type NumberQuery = {
  readonly limit: number;
  readonly offset: number;
  readonly sort: NumberSort;
  readonly order: 'asc' | 'desc';
  readonly personId: PersonId | undefined;
};

const columns = { createdAt: 'created_at', number: 'number', name: 'name' } as const;

/** The SQL of the table `dids`. */
export class NumberStore {
  readonly #db: OpenedDatabase['db'];
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #all;
  readonly #byId;
  readonly #byNumber;
  readonly #ofPerson;
  readonly #count;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#insert = db.prepare<[Row]>(
      `INSERT INTO dids (id, number, name, owner_person_id, voice_enabled, created_at)
       VALUES (:id, :number, :name, :owner_person_id, :voice_enabled, :created_at)`,
    );
    this.#update = db.prepare<[Row]>(
      `UPDATE dids SET number = :number, name = :name, owner_person_id = :owner_person_id, voice_enabled = :voice_enabled,
       created_at = :created_at WHERE id = :id`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM dids WHERE id = ?');
    this.#all = db.prepare<[], Row>('SELECT * FROM dids ORDER BY created_at, id');
    this.#byId = db.prepare<[string], Row>('SELECT * FROM dids WHERE id = ?');
    this.#byNumber = db.prepare<[string], Row>('SELECT * FROM dids WHERE number = ?');
    this.#ofPerson = db.prepare<[string | null], Row>('SELECT * FROM dids WHERE owner_person_id IS ? ORDER BY created_at, id');
    this.#count = db.prepare<[{ personId: PersonId | null }], { n: number }>(
      'SELECT count(*) AS n FROM dids WHERE :personId IS NULL OR owner_person_id = :personId',
    );
  }

  insert(number: OurNumber): void {
    this.#insert.run(toRow(number));
  }

  update(number: OurNumber): void {
    this.#update.run(toRow(number));
  }

  delete(id: NumberId): void {
    this.#delete.run(id);
  }

  /** The oldest first. */
  all(): readonly OurNumber[] {
    return this.#all.all().map(fromRow);
  }

  byId(id: NumberId): OurNumber | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  byNumber(number: string): OurNumber | undefined {
    const row = this.#byNumber.get(number);
    return row === undefined ? undefined : fromRow(row);
  }

  /** The oldest first; those without an owner for `undefined`. */
  ofPerson(personId: PersonId | undefined): readonly OurNumber[] {
    return this.#ofPerson.all(personId ?? null).map(fromRow);
  }

  list({ limit, offset, sort, order, personId }: NumberQuery): readonly OurNumber[] {
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    return this.#db
      .prepare<[{ limit: number; offset: number; personId: PersonId | null }], Row>(
        `SELECT * FROM dids WHERE :personId IS NULL OR owner_person_id = :personId
         ORDER BY ${columns[sort]} ${direction}, id ${direction} LIMIT :limit OFFSET :offset`,
      )
      .all({ limit, offset, personId: personId ?? null })
      .map(fromRow);
  }

  count(personId: PersonId | undefined): number {
    return this.#count.get({ personId: personId ?? null })?.n ?? 0;
  }
}

function toRow(number: OurNumber): Row {
  return {
    id: number.id,
    number: number.number,
    name: number.name,
    owner_person_id: number.ownerPersonId ?? null,
    voice_enabled: number.voiceEnabled ? 1 : 0,
    created_at: number.createdAt,
  };
}

function fromRow(row: Row): OurNumber {
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    ownerPersonId: row.owner_person_id ?? undefined,
    voiceEnabled: row.voice_enabled === 1,
    createdAt: row.created_at,
  };
}
