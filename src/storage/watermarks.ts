import type { Database } from 'better-sqlite3';

/** Up to when a list outside has been read for certain, by name, in milliseconds since the Unix epoch: the table `watermarks`. */
export class Watermarks {
  readonly #get;
  readonly #set;

  constructor(db: Database) {
    this.#get = db.prepare<[string], { at: number }>('SELECT at FROM watermarks WHERE name = ?');
    this.#set = db.prepare<[string, number]>(
      `INSERT INTO watermarks (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)`,
    );
  }

  get(name: string): number | undefined {
    return this.#get.get(name)?.at;
  }

  /** Never goes back. */
  set(name: string, at: number): void {
    this.#set.run(name, at);
  }
}
