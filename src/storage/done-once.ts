// Owns what must not be done a second time, also where the house was started again meanwhile: the table `done_once`.
// Called by http for requests with an Idempotency-Key (app/http.ts hands it in), and by the buttons of notifications.
// Must stay true: its rows are of one transaction with what they stand for, as far as that is written; they end by themselves.
import type { Database } from 'better-sqlite3';
import type { PersonId } from '#base/ids.ts';

export type DoneBefore = {
  readonly asked: string;
  /** Undefined where the house ended before it was answered. */
  readonly reply: string | undefined;
};

export type ToDoOnce = {
  readonly key: string;
  readonly asked: string;
  /** With whom it goes. */
  readonly personId: PersonId | undefined;
  /** In milliseconds since the Unix epoch. */
  readonly until: number;
};

/** Of whoever asks for thousands of things within an hour the oldest are let go. */
const defaultMaxKept = 5_000;

/** All is synchronous SQL, `begin`, `end` and `forget` inside a write. */
export class DoneOnce {
  readonly #maxKept: number;
  readonly #find;
  readonly #insert;
  readonly #end;
  readonly #forget;
  readonly #forgetOld;
  readonly #forgetMany;
  readonly #shift;

  constructor(db: Database, maxKept: number = defaultMaxKept) {
    this.#maxKept = maxKept;
    this.#find = db.prepare<[string, number], { asked: string; reply: string | null }>(
      'SELECT asked, reply FROM done_once WHERE key = ? AND until > ?',
    );
    this.#insert = db.prepare<[Record<string, string | number | null>]>(
      'INSERT INTO done_once (key, asked, person_id, until) VALUES (:key, :asked, :personId, :until) ON CONFLICT DO NOTHING',
    );
    this.#end = db.prepare<[string, string]>('UPDATE done_once SET reply = ? WHERE key = ?');
    this.#forget = db.prepare<[string]>('DELETE FROM done_once WHERE key = ?');
    this.#forgetOld = db.prepare<[number]>('DELETE FROM done_once WHERE until <= ?');
    this.#forgetMany = db.prepare<[number]>(
      `DELETE FROM done_once WHERE key IN (
         SELECT key FROM done_once ORDER BY until LIMIT max(0, (SELECT count(*) FROM done_once) - ?))`,
    );
    this.#shift = db.prepare<[number]>('UPDATE done_once SET until = until + ?');
  }

  find(key: string, now: number): DoneBefore | undefined {
    const found = this.#find.get(key, now);
    return found === undefined ? undefined : { asked: found.asked, reply: found.reply ?? undefined };
  }

  /** False where it is done already, or about to be. */
  begin({ personId, ...once }: ToDoOnce, now: number): boolean {
    this.#forgetOld.run(now);
    const isNew = this.#insert.run({ ...once, personId: personId ?? null }).changes > 0;
    if (isNew) this.#forgetMany.run(this.#maxKept);
    return isNew;
  }

  end(key: string, reply: string): void {
    this.#end.run(reply, key);
  }

  /** It was not done, and may be tried again. */
  forget(key: string): void {
    this.#forget.run(key);
  }

  /** The clock was set: what is kept is kept as long as before. */
  shiftDueTimes(byMs: number): void {
    this.#shift.run(byMs);
  }
}
