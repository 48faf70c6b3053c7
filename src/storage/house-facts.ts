import type { Database } from 'better-sqlite3';

export type HouseFactName = 'country' | 'time_zone' | 'language' | 'administrators' | 'app_page' | 'home_assistant_url';

/** What others last said of the house, such as what the options do not set: the table `house_facts`. Nothing commits here. */
export class HouseFacts {
  readonly #get;
  readonly #set;

  constructor(db: Database) {
    this.#get = db.prepare<[HouseFactName], { readonly value: string }>('SELECT value FROM house_facts WHERE name = ?');
    this.#set = db.prepare<[HouseFactName, string]>(
      'INSERT INTO house_facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
  }

  get(name: HouseFactName): string | undefined {
    return this.#get.get(name)?.value;
  }

  set(name: HouseFactName, value: string): void {
    this.#set.run(name, value);
  }
}
