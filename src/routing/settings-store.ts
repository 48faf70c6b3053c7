import type { WriteBatch } from '#storage/write-batch.ts';
import type { Database, Statement } from '#storage/database.ts';
import type { RoutingSettings } from './routing-settings.ts';

type Row = { readonly name: string; readonly value: string };

/** What can be set; `undefined` takes the default again. */
export type RoutingSettingsChange = {
  readonly [Name in keyof Omit<RoutingSettings, 'timeZone'>]?: RoutingSettings[Name] | undefined;
};

/** The table `routing_settings`: what differs from the options and the defaults, in memory too. */
export class RoutingSettingsStore {
  readonly #defaults: RoutingSettings;
  readonly #writes: WriteBatch;
  readonly #all: Statement<[], Row>;
  readonly #put: Statement<[string, string]>;
  readonly #remove: Statement<[string]>;
  #current: RoutingSettings;

  constructor(db: Database, writes: WriteBatch, defaults: RoutingSettings) {
    this.#defaults = defaults;
    this.#writes = writes;
    this.#all = db.prepare('SELECT name, value FROM routing_settings');
    this.#put = db.prepare(
      'INSERT INTO routing_settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
    this.#remove = db.prepare('DELETE FROM routing_settings WHERE name = ?');
    this.#current = this.#read();
  }

  get current(): RoutingSettings {
    return this.#current;
  }

  /** Sets every property that `change` has. */
  async change(change: RoutingSettingsChange): Promise<RoutingSettings> {
    await this.#writes.write(() => {
      for (const [name, value] of Object.entries(change)) {
        if (value === undefined) this.#remove.run(name);
        else this.#put.run(name, JSON.stringify(value));
      }
    });
    this.#current = this.#read();
    return this.#current;
  }

  #read(): RoutingSettings {
    const stored = this.#all.all().map(({ name, value }) => [name, JSON.parse(value)] as const);
    return { ...this.#defaults, ...Object.fromEntries(stored) };
  }
}
