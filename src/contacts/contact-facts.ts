import type { Events } from '#base/events.ts';
import type { Facts } from '#contract/facts.ts';
import type { Contact } from './contact.ts';

/** With more at once, whoever listens reads the list again rather than each of them. */
const maxNamed = 20;

export type ContactChanges = {
  /** Those of `saved` that were there already. */
  readonly before: readonly Contact[];
  readonly saved: readonly Contact[];
  readonly deleted: readonly Contact[];
};

export function emitContactFacts(events: Events<Facts>, { before, saved, deleted }: ContactChanges): void {
  const all = [...saved, ...deleted];
  if (all.length > maxNamed) {
    for (const personId of new Set(all.map((contact) => contact.personId ?? null)))
      events.emit('contacts.imported', { personId });
    return;
  }
  const known = new Set(before.map(({ id }) => id));
  for (const contact of saved) events.emit(known.has(contact.id) ? 'contact.changed' : 'contact.created', factOf(contact));
  for (const contact of deleted) events.emit('contact.deleted', factOf(contact));
}

function factOf({ id, personId }: Contact): Facts['contact.changed'] {
  return { contactId: id, personId: personId ?? null };
}
