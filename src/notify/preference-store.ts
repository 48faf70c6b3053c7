import type { PersonId } from '#base/ids.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { changedPreferences, defaultPreferences, differingFrom } from './preference.ts';
import type { Preferences, PreferencesChange } from './preference.ts';

type Row = { readonly person_id: PersonId; readonly preferences: string };

/** The SQL of the table `notification_preferences`. */
export class PreferenceStore {
  readonly #all;
  readonly #one;
  readonly #put;
  readonly #remove;

  constructor(db: OpenedDatabase['db']) {
    this.#all = db.prepare<[], Row>('SELECT person_id, preferences FROM notification_preferences');
    this.#one = db.prepare<[string], Row>('SELECT person_id, preferences FROM notification_preferences WHERE person_id = ?');
    this.#put = db.prepare<[string, string, number]>(
      `INSERT INTO notification_preferences (person_id, preferences, changed_at) VALUES (?, ?, ?)
       ON CONFLICT (person_id) DO UPDATE SET preferences = excluded.preferences, changed_at = excluded.changed_at`,
    );
    this.#remove = db.prepare<[string]>('DELETE FROM notification_preferences WHERE person_id = ?');
  }

  /** Of everybody who chose something. */
  all(): ReadonlyMap<PersonId, Preferences> {
    return new Map(this.#all.all().map((row) => [row.person_id, fromRow(row)]));
  }

  of(personId: PersonId): Preferences {
    const row = this.#one.get(personId);
    return row === undefined ? defaultPreferences : fromRow(row);
  }

  /** Only what differs from the defaults is kept. */
  put(personId: PersonId, preferences: Preferences, at: number): void {
    const differing = differingFrom(preferences);
    if (Object.keys(differing).length === 0) this.#remove.run(personId);
    else this.#put.run(personId, JSON.stringify(differing), at);
  }
}

function fromRow({ preferences }: Row): Preferences {
  // Only what was valid is ever written.
  return changedPreferences(defaultPreferences, JSON.parse(preferences) as PreferencesChange);
}
