import type { Database } from 'better-sqlite3';

/** Up to when an external list has certainly been read, by name, in milliseconds since the Unix epoch: the table `watermarks`. */
export class Watermarks {
  readonly #get;
  readonly #set;
  readonly #move;

  constructor(db: Database) {
    this.#get = db.prepare<[string], { at: number }>('SELECT at FROM watermarks WHERE name = ?');
    this.#set = db.prepare<[string, number]>(
      `INSERT INTO watermarks (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)`,
    );
    this.#move = db.prepare<[number, string]>('UPDATE watermarks SET at = at + ? WHERE name = ?');
  }

  get(name: string): number | undefined {
    return this.#get.get(name)?.at;
  }

  /** For one that was taken from a clock that has been set since. */
  shift(name: string, byMs: number): void {
    this.#move.run(byMs, name);
  }

  /** Never goes back. */
  set(name: string, at: number): void {
    this.#set.run(name, at);
  }
}
