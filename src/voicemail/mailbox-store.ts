import type { PersonId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';

/** How callers of one person are greeted; no row: with the house's greeting. */
export type StoredGreeting =
  | { readonly kind: 'text'; readonly text: string; readonly language: string }
  | { readonly kind: 'audio'; readonly token: string; readonly bytes: number };

type Row = {
  readonly greeting: 'text' | 'audio';
  readonly text: string;
  readonly language: string;
  readonly file: string | null;
  readonly bytes: number | null;
};

/** The SQL of the table `mailboxes`. Nothing commits here: callers write inside a WriteBatch. */
export class MailboxStore {
  readonly #save;
  readonly #get;
  readonly #delete;
  readonly #token;
  readonly #tokens;

  constructor(db: OpenedDatabase['db']) {
    this.#save = db.prepare<[object]>(
      `INSERT INTO mailboxes (person_id, greeting, text, language, file, bytes, changed_at)
       VALUES (:personId, :greeting, :text, :language, :file, :bytes, :now)
       ON CONFLICT (person_id) DO UPDATE SET greeting = excluded.greeting, text = excluded.text, language = excluded.language,
       file = excluded.file, bytes = excluded.bytes, changed_at = excluded.changed_at`,
    );
    this.#get = db.prepare<[string], Row>('SELECT greeting, text, language, file, bytes FROM mailboxes WHERE person_id = ?');
    this.#delete = db.prepare<[string]>('DELETE FROM mailboxes WHERE person_id = ?');
    this.#token = db.prepare<[string], { n: number }>('SELECT count(*) AS n FROM mailboxes WHERE file = ?');
    this.#tokens = db.prepare<[], { file: string }>('SELECT file FROM mailboxes WHERE file IS NOT NULL');
  }

  get(personId: PersonId): StoredGreeting | undefined {
    const row = this.#get.get(personId);
    if (row === undefined) return undefined;
    if (row.file !== null) return { kind: 'audio', token: row.file, bytes: row.bytes ?? 0 };
    return { kind: 'text', text: row.text, language: row.language };
  }

  set(personId: PersonId, greeting: StoredGreeting, now: number): void {
    const isText = greeting.kind === 'text';
    this.#save.run({
      personId,
      greeting: greeting.kind,
      now,
      text: isText ? greeting.text : '',
      language: isText ? greeting.language : '',
      file: isText ? null : greeting.token,
      bytes: isText ? null : greeting.bytes,
    });
  }

  delete(personId: PersonId): void {
    this.#delete.run(personId);
  }

  hasToken(token: string): boolean {
    return (this.#token.get(token)?.n ?? 0) > 0;
  }

  tokens(): ReadonlySet<string> {
    return new Set(this.#tokens.all().map(({ file }) => file));
  }
}
