// Owns the secrets that a table keeps for its rows, one in a column: sealed with the house's key, each for its own row alone.
// Called by the rooms that show them to a server, and by app/sealed-values.ts, which asks what the key does not open.
// Must stay true: on the disk none is readable; a row that gets another's bytes does not open them.
import { seal, unseal } from '#base/sealing.ts';
import type { Database } from './database.ts';

type SecretTable =
  | 'spam_lists'
  | 'address_books'
  | 'webhook_destinations'
  | 'trunks'
  | 'notification_channels'
  | 'notification_targets';
/** Of `secret`, but where another column is named. */
type SecretColumn = SecretTable | 'webhook_destinations.previous_secret';
type Row = { readonly id: string; readonly name: string; readonly secret: Buffer };

export class SealedSecrets {
  readonly #key: Buffer;
  readonly #place: SecretColumn;
  readonly #save;
  readonly #read;
  readonly #all;

  constructor(db: Database, place: SecretColumn, key: Buffer) {
    const [table, column = 'secret'] = place.split('.');
    this.#key = key;
    this.#place = place;
    this.#save = db.prepare<[Buffer | null, string]>(`UPDATE ${table} SET ${column} = ? WHERE id = ?`);
    this.#read = db.prepare<[string], { secret: Buffer | null }>(`SELECT ${column} AS secret FROM ${table} WHERE id = ?`);
    this.#all = db.prepare<[], Row>(
      `SELECT id, name, ${column} AS secret FROM ${table} WHERE ${column} IS NOT NULL ORDER BY created_at, id`,
    );
  }

  /** As it is to be inserted, where a row cannot be without one. */
  sealed(id: string, secret: string): Buffer {
    return seal(secret, this.#key, this.#ownerOf(id));
  }

  /** Of a row that is there; undefined takes it away. Inside a write. */
  save(id: string, secret: string | undefined): void {
    this.#save.run(secret === undefined ? null : this.sealed(id, secret), id);
  }

  /** Undefined where there is none, or the key does not open it. */
  read(id: string): string | undefined {
    const secret = this.#read.get(id)?.secret ?? undefined;
    return secret === undefined ? undefined : unseal(secret, this.#key, this.#ownerOf(id));
  }

  /** Names of the rows whose secrets the key does not open, the oldest first. */
  locked(): readonly string[] {
    const isLocked = ({ id, secret }: Row) => unseal(secret, this.#key, this.#ownerOf(id)) === undefined;
    return this.#all
      .all()
      .filter(isLocked)
      .map(({ name }) => name);
  }

  #ownerOf(id: string): string {
    return `${this.#place} ${id}`;
  }
}
