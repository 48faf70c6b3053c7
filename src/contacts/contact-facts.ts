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
    for (const personId of new Set([...before, ...all].map((contact) => contact.personId ?? null)))
      events.emit('contacts.imported', { personId });
    return;
  }
  const known = new Map(before.map((contact) => [contact.id, contact]));
  for (const contact of saved) {
    const was = known.get(contact.id);
    const isGiven = was !== undefined && was.personId !== contact.personId;
    // Whoever had it is told that it is gone, and the others that it is there.
    if (isGiven) events.emit('contact.deleted', factOf(was));
    events.emit(was === undefined || isGiven ? 'contact.created' : 'contact.changed', factOf(contact));
  }
  for (const contact of deleted) events.emit('contact.deleted', factOf(contact));
}

function factOf({ id, personId }: Contact): Facts['contact.changed'] {
  return { contactId: id, personId: personId ?? null };
}
