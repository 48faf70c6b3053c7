// What somebody types about a contact, until the house has it.
type Number = { readonly number: string; readonly label: string };
type Contact = {
  readonly name: string;
  readonly numbers: readonly Number[];
  readonly groups: readonly string[];
  readonly personId: string | null;
};

/** `personId`: whose it is to be; null: the whole house's. */
export type ContactDraft = Contact;

/** What the panel offers without anybody having made it up: routing knows the first as those who get through do not disturb. */
export const usualGroups = ['VIP', 'family'] as const;

/** The words that address books of all makers have for a number; any other stays as it is. */
export const numberKinds = ['mobile', 'home', 'work', 'main', 'fax'] as const;

const blank: Number = { number: '', label: '' };

export function draftOf({ name, numbers, groups, personId }: Contact): ContactDraft {
  return { name, numbers: numbers.map(({ number, label }) => ({ number, label })), groups, personId };
}

export function emptyDraft({ name = '', number = '', personId }: Partial<Number> & { name?: string; personId: string | null }) {
  // Of whom nothing but a number is known, the number is no name.
  return { name: name === number ? '' : name, numbers: [{ number, label: '' }], groups: [], personId } satisfies ContactDraft;
}

/** Without the lines for numbers that nobody filled in; one is always left, so that there is where to type. */
export function withoutBlanks(draft: ContactDraft): ContactDraft {
  const numbers = draft.numbers.filter(({ number }) => number.trim() !== '');
  return { ...draft, numbers: numbers.length === 0 ? [blank] : numbers };
}

export function withNumber(draft: ContactDraft, at: number, part: Partial<Number>): ContactDraft {
  return { ...draft, numbers: draft.numbers.map((one, index) => (index === at ? { ...one, ...part } : one)) };
}

export function withOneMore(draft: ContactDraft): ContactDraft {
  return { ...draft, numbers: [...draft.numbers, blank] };
}

export function withoutNumber(draft: ContactDraft, at: number): ContactDraft {
  const numbers = draft.numbers.filter((_one, index) => index !== at);
  return { ...draft, numbers: numbers.length === 0 ? [blank] : numbers };
}

/** Address books of several programs write one group in several cases. */
export function isIn(groups: readonly string[], group: string): boolean {
  return groups.some((one) => isSameGroup(one, group));
}

/** Puts into a group, or takes out of it. */
export function toggled(groups: readonly string[], group: string): readonly string[] {
  const name = group.trim();
  if (name === '') return groups;
  return isIn(groups, name) ? groups.filter((one) => !isSameGroup(one, name)) : [...groups, name];
}

/** What was typed for a group and not added yet counts. */
export function withTypedGroup(draft: ContactDraft, typed: string): ContactDraft {
  return isIn(draft.groups, typed.trim()) ? draft : { ...draft, groups: toggled(draft.groups, typed) };
}

/** Each group once, the usual ones first. */
export function groupChoices(...lists: readonly (readonly string[])[]): readonly string[] {
  const found: string[] = [...usualGroups];
  for (const group of lists.flat()) if (!isIn(found, group)) found.push(group);
  return found;
}

function isSameGroup(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
