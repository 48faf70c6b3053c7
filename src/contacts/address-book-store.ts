import type { PersonId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { AddressBook } from './address-book.ts';
import type { AddressBookId } from './contact.ts';

type Row = {
  readonly id: AddressBookId;
  readonly name: string;
  readonly person_id: PersonId | null;
  readonly url: string;
  readonly username: string;
  readonly is_enabled: number;
  readonly refresh_hours: number;
  readonly books: string;
  readonly synced_at: number | null;
  readonly tried_at: number | null;
  readonly problem: string | null;
  readonly created_at: number;
};

/** The SQL of the table `address_books`. */
export class AddressBookStore {
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #byId;
  readonly #all;

  constructor(db: OpenedDatabase['db']) {
    this.#insert = db.prepare<[Row & { readonly secret: Buffer }]>(
      `INSERT INTO address_books (id, name, person_id, url, username, secret, is_enabled, refresh_hours, books, synced_at, tried_at, problem,
         created_at)
       VALUES (:id, :name, :person_id, :url, :username, :secret, :is_enabled, :refresh_hours, :books, :synced_at, :tried_at, :problem,
         :created_at)`,
    );
    this.#update = db.prepare<[Row]>(
      `UPDATE address_books SET name = :name, url = :url, username = :username, is_enabled = :is_enabled, refresh_hours = :refresh_hours,
         books = :books, synced_at = :synced_at, tried_at = :tried_at, problem = :problem WHERE id = :id`,
    );
    this.#delete = db.prepare<[string]>('DELETE FROM address_books WHERE id = ?');
    this.#byId = db.prepare<[string], Row>('SELECT * FROM address_books WHERE id = ?');
    this.#all = db.prepare<[], Row>('SELECT * FROM address_books ORDER BY created_at, id');
  }

  /** `secret` is sealed. */
  insert(book: AddressBook, secret: Buffer): void {
    this.#insert.run({ ...toRow(book), secret });
  }

  update(book: AddressBook): void {
    this.#update.run(toRow(book));
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  byId(id: string): AddressBook | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** The oldest first. */
  all(): readonly AddressBook[] {
    return this.#all.all().map(fromRow);
  }
}

function toRow(book: AddressBook): Row {
  return {
    id: book.id,
    name: book.name,
    person_id: book.personId ?? null,
    url: book.url,
    username: book.username,
    is_enabled: Number(book.isEnabled),
    refresh_hours: book.refreshHours,
    books: JSON.stringify(book.books),
    synced_at: book.syncedAt ?? null,
    tried_at: book.triedAt ?? null,
    problem: book.problem ?? null,
    created_at: book.createdAt,
  };
}

function fromRow(row: Row): AddressBook {
  return {
    id: row.id,
    name: row.name,
    personId: row.person_id ?? undefined,
    url: row.url,
    username: row.username,
    isEnabled: row.is_enabled === 1,
    refreshHours: row.refresh_hours,
    books: JSON.parse(row.books) as string[],
    syncedAt: row.synced_at ?? undefined,
    triedAt: row.tried_at ?? undefined,
    problem: row.problem ?? undefined,
    createdAt: row.created_at,
  };
}
