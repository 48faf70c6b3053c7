import type { PersonId } from '#base/ids.ts';
import type { Preferences } from './preferences.ts';

export type RecipientsDeps = {
  /** Of the house, by their role here or in Home Assistant. */
  readonly administrators: () => readonly PersonId[];
  readonly preferences: Pick<Preferences, 'of'>;
};

/** Who is told of what is a person's, or of what is the house's own. */
export class Recipients {
  readonly #deps: RecipientsDeps;

  constructor(deps: RecipientsDeps) {
    this.#deps = deps;
  }

  /** Null: the house's; then those administrators who want to know of that. */
  of(owner: PersonId | null): readonly PersonId[] {
    if (owner !== null) return [owner];
    const { administrators, preferences } = this.#deps;
    return administrators().filter((personId) => preferences.of(personId).houseItems);
  }

  /** Of what is wrong in the house. */
  ofAlerts(): readonly PersonId[] {
    return this.#deps.administrators();
  }

  /** Whoever it rings or rang; the house's own calls concern its administrators. */
  ofCall({ persons, isHouse, direction }: ToldCall): readonly PersonId[] {
    const all = new Set([...persons, ...(isHouse ? this.of(null) : [])]);
    return [...all].filter((personId) => direction === 'inbound' || this.#deps.preferences.of(personId).internalCalls);
  }
}

/** A call as far as it decides who is told of it. */
export type ToldCall = {
  readonly direction: 'inbound' | 'internal';
  /** Whose phones it rings or rang, or whom it was for. */
  readonly persons: readonly PersonId[];
  /** It is no person's. */
  readonly isHouse: boolean;
};
