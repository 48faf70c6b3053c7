// Owns what each person chose about notifications.
// Called by its routes, and by whoever decides what is told to whom and how.
// Must stay true: memory has what the database has.
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { PersonId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { changedPreferences, defaultPreferences } from './preference.ts';
import type { Preferences as Chosen, PreferencesChange } from './preference.ts';
import type { PreferenceStore } from './preference-store.ts';

export type PreferencesDeps = {
  readonly store: PreferenceStore;
  readonly writes: WriteBatch;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Events<Facts>;
};

export class Preferences {
  readonly #deps: PreferencesDeps;
  readonly #byPerson: Map<PersonId, Chosen>;

  constructor(deps: PreferencesDeps) {
    this.#deps = deps;
    this.#byPerson = new Map(deps.store.all());
  }

  of(personId: PersonId): Chosen {
    return this.#byPerson.get(personId) ?? defaultPreferences;
  }

  /** Of a person who is there. */
  async change(personId: PersonId, change: PreferencesChange): Promise<Chosen> {
    const { store, writes, clock, events } = this.#deps;
    const changed = await writes.write(() => {
      const next = changedPreferences(store.of(personId), change);
      store.put(personId, next, clock.now());
      return next;
    });
    this.#byPerson.set(personId, changed);
    events.emit('notification-preferences.changed', { personId });
    return changed;
  }

  /** After a person was removed, with their row. */
  forget(personId: PersonId): void {
    this.#byPerson.delete(personId);
  }
}
