import type { Person } from './data.ts';
import { t } from './words.ts';

/** To whom a phone may belong, for a field to choose from. */
export function ownerChoices(people: readonly Person[]): readonly { readonly value: string; readonly text: string }[] {
  return [{ value: '', text: t('field.owner.nobody') }, ...people.map(({ id, name }) => ({ value: id, text: name }))];
}
