import type { Database } from 'better-sqlite3';

/** Times that outlive a restart, by name, in milliseconds since the Unix epoch: the table `house_times`. */
export class HouseTimes {
  readonly #get;
  readonly #set;

  constructor(db: Database) {
    this.#get = db.prepare<[string], { at: number }>('SELECT at FROM house_times WHERE name = ?');
    this.#set = db.prepare<[string, number]>(
      'INSERT INTO house_times (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at',
    );
  }

  get(name: string): number | undefined {
    return this.#get.get(name)?.at;
  }

  set(name: string, at: number): void {
    this.#set.run(name, at);
  }
}
