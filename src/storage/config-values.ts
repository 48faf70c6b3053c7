import type { Database } from 'better-sqlite3';

/** What is fixed once for this installation and is no option, by name: the table `config`. */
export class ConfigValues {
  readonly #get;
  readonly #add;

  constructor(db: Database) {
    this.#get = db.prepare<[string], { value: string }>('SELECT value FROM config WHERE key = ?');
    this.#add = db.prepare<[string, string]>('INSERT INTO config (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING');
  }

  /** What was fixed before, else `value` from now on. Where the disk takes no writes, it is fixed for this run alone. */
  fixed(key: string, value: string): string {
    const before = this.#get.get(key);
    if (before !== undefined) return before.value;
    try {
      this.#add.run(key, value);
    } catch {
      return value;
    }
    return value;
  }
}
