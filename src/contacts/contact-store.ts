import type { ContactId, PersonId } from '#base/ids.ts';
import { withoutAccents } from '#base/without-accents.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { likeAny, likePattern } from '#storage/text-search.ts';
import type { AddressBookId, Contact, ContactNumber } from './contact.ts';

type Row = {
  readonly id: ContactId;
  readonly person_id: PersonId | null;
  readonly name: string;
  readonly sort_name: string;
  readonly groups: string;
  readonly card_groups: string;
  readonly uid: string | null;
  readonly address_book_id: AddressBookId | null;
  readonly created_at: number;
  readonly changed_at: number;
};
type NumberRow = { readonly contact_id: string; readonly number: string; readonly label: string };

const columns = { name: 'sort_name', createdAt: 'created_at', changedAt: 'changed_at' } as const;

/** All given conditions must hold. */
export type ContactFilter = {
  /** The whole house's and this person's; undefined: all. */
  readonly visibleTo?: string | undefined;
  /** This person's own alone; null: the whole house's alone. */
  readonly of?: string | null | undefined;
  /** In one of these. */
  readonly group?: string | undefined;
  readonly number?: string | undefined;
  /** Part of a name or of a number. */
  readonly text?: string | undefined;
};

export type ContactPage = {
  readonly limit: number;
  readonly offset: number;
  readonly sort: keyof typeof columns;
  readonly order: 'asc' | 'desc';
};

const conditions = {
  visibleTo: '(person_id IS NULL OR person_id = :visibleTo)',
  of: 'person_id IS :of',
  group: `(EXISTS (SELECT 1 FROM json_each(groups) WHERE lower(value) = :group)
    OR EXISTS (SELECT 1 FROM json_each(card_groups) WHERE lower(value) = :group))`,
  number: 'id IN (SELECT contact_id FROM contact_numbers WHERE number = :number)',
  text: `(${likeAny(['name'])} OR id IN (SELECT contact_id FROM contact_numbers WHERE ${likeAny(['number'])}))`,
} as const satisfies Record<keyof ContactFilter, string>;

/** The SQL of the tables `contacts` and `contact_numbers`. */
export class ContactStore {
  readonly #db: OpenedDatabase['db'];
  readonly #save;
  readonly #delete;
  readonly #deleteNumbers;
  readonly #saveNumber;
  readonly #byId;
  readonly #byUid;
  readonly #byName;
  readonly #numbers;
  readonly #after;
  readonly #ofPerson;
  readonly #ofBook;
  readonly #total;

  constructor(db: OpenedDatabase['db']) {
    this.#db = db;
    this.#save = db.prepare<[Row]>(
      `INSERT INTO contacts (id, person_id, name, sort_name, groups, card_groups, uid, address_book_id, created_at, changed_at)
       VALUES (:id, :person_id, :name, :sort_name, :groups, :card_groups, :uid, :address_book_id, :created_at, :changed_at)
       ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, name = excluded.name, sort_name = excluded.sort_name, groups = excluded.groups, card_groups = excluded.card_groups,
         uid = excluded.uid, changed_at = excluded.changed_at`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM contacts WHERE id = ?');
    this.#deleteNumbers = db.prepare<[string]>('DELETE FROM contact_numbers WHERE contact_id = ?');
    this.#saveNumber = db.prepare<[string, number, string, string]>(
      'INSERT INTO contact_numbers (contact_id, position, number, label) VALUES (?, ?, ?, ?)',
    );
    this.#byId = db.prepare<[string], Row>('SELECT * FROM contacts WHERE id = ?');
    this.#byUid = db.prepare<[string, string | null], Row>('SELECT * FROM contacts WHERE uid = ? AND address_book_id IS ?');
    this.#byName = db.prepare<[string], Row>('SELECT * FROM contacts WHERE name = ? COLLATE NOCASE AND address_book_id IS NULL');
    this.#numbers = db.prepare<[string], NumberRow>(
      `SELECT contact_id, number, label FROM contact_numbers WHERE contact_id IN (SELECT value FROM json_each(?))
       ORDER BY contact_id, position`,
    );
    this.#after = db.prepare<[string, number], Row>('SELECT * FROM contacts WHERE id > ? ORDER BY id LIMIT ?');
    this.#ofPerson = db.prepare<[string], Row>('SELECT * FROM contacts WHERE person_id = ?');
    this.#ofBook = db.prepare<[string], Row>('SELECT * FROM contacts WHERE address_book_id = ?');
    this.#total = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM contacts');
  }

  /** New or changed, with its numbers. */
  save(contact: Contact): void {
    this.#save.run(toRow(contact));
    this.#deleteNumbers.run(contact.id);
    contact.numbers.forEach(({ number, label }, position) => this.#saveNumber.run(contact.id, position, number, label));
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  byId(id: string): Contact | undefined {
    return this.#complete([this.#byId.get(id)])[0];
  }

  /** Those with this UID: of an address book, or of none. */
  byUid(uid: string, addressBookId: string | undefined): readonly Contact[] {
    return this.#complete(this.#byUid.all(uid, addressBookId ?? null));
  }

  /** Those of no address book. */
  byName(name: string): readonly Contact[] {
    return this.#complete(this.#byName.all(name));
  }

  ofPerson(personId: PersonId): readonly Contact[] {
    return this.#complete(this.#ofPerson.all(personId));
  }

  ofAddressBook(id: string): readonly Contact[] {
    return this.#complete(this.#ofBook.all(id));
  }

  /** By id, part by part: an export must not hold the house up. */
  after(id: string, limit: number): readonly Contact[] {
    return this.#complete(this.#after.all(id, limit));
  }

  /** How many there are in all. */
  get size(): number {
    return this.#total.get()?.n ?? 0;
  }

  find(
    filter: ContactFilter,
    { limit, offset, sort, order }: ContactPage,
  ): { readonly items: readonly Contact[]; readonly total: number } {
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const [where, values] = [whereOf(filter), toValues(filter)];
    const rows = this.#db
      .prepare<[object], Row>(
        `SELECT * FROM contacts ${where} ORDER BY ${columns[sort]} ${direction}, id ${direction} LIMIT :limit OFFSET :offset`,
      )
      .all({ ...values, limit, offset });
    const count = this.#db.prepare<[object], { n: number }>(`SELECT count(*) AS n FROM contacts ${where}`);
    return { items: this.#complete(rows), total: count.get(values)?.n ?? 0 };
  }

  #complete(rows: readonly (Row | undefined)[]): readonly Contact[] {
    const found = rows.filter((row) => row !== undefined);
    if (found.length === 0) return [];
    const numbers = new Map<string, ContactNumber[]>();
    for (const { contact_id, number, label } of this.#numbers.all(JSON.stringify(found.map(({ id }) => id)))) {
      const known = numbers.get(contact_id);
      if (known === undefined) numbers.set(contact_id, [{ number, label }]);
      else known.push({ number, label });
    }
    return found.map((row) => fromRow(row, numbers.get(row.id) ?? []));
  }
}

/** Of what is given alone: a condition that may hold for everything keeps SQLite from its indexes. */
function whereOf(filter: ContactFilter): string {
  const given = (Object.keys(conditions) as (keyof ContactFilter)[]).filter((name) => filter[name] !== undefined);
  return given.length === 0 ? '' : `WHERE ${given.map((name) => conditions[name]).join(' AND ')}`;
}

function toValues({ visibleTo, of, group, number, text }: ContactFilter) {
  return {
    visibleTo: visibleTo ?? null,
    of: of ?? null,
    group: group?.toLowerCase() ?? null,
    number: number ?? null,
    text: text === undefined ? null : likePattern(text),
  };
}

function toRow(contact: Contact): Row {
  return {
    id: contact.id,
    person_id: contact.personId ?? null,
    name: contact.name,
    sort_name: withoutAccents(contact.name).toLowerCase(),
    groups: JSON.stringify(contact.groups),
    card_groups: JSON.stringify(contact.cardGroups),
    uid: contact.uid ?? null,
    address_book_id: contact.addressBookId ?? null,
    created_at: contact.createdAt,
    changed_at: contact.changedAt,
  };
}

function fromRow(row: Row, numbers: readonly ContactNumber[]): Contact {
  return {
    id: row.id,
    personId: row.person_id ?? undefined,
    name: row.name,
    numbers,
    groups: JSON.parse(row.groups) as string[],
    cardGroups: JSON.parse(row.card_groups) as string[],
    uid: row.uid ?? undefined,
    addressBookId: row.address_book_id ?? undefined,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}
