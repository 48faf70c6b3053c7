// What the list of voicemails is narrowed down to: in the address, in the request, and back.
import type { StringKey } from './strings/en.ts';

export const voicemailViews = [
  { name: 'all', text: 'voicemail.all' },
  { name: 'new', text: 'voicemail.new' },
  { name: 'archived', text: 'voicemail.archived' },
] as const satisfies readonly { readonly name: string; readonly text: StringKey }[];

export type VoicemailView = (typeof voicemailViews)[number]['name'];

/** `person`: an id, or `house` for what is nobody’s; undefined for all that somebody may see. */
export type VoicemailFilter = { readonly view: VoicemailView; readonly person: string | undefined; readonly text: string };

type Query = Readonly<Record<string, string>>;

export function filterOf({ view, person, text = '' }: Query): VoicemailFilter {
  return {
    view: voicemailViews.find(({ name }) => name === view)?.name ?? 'all',
    person: person === '' ? undefined : person,
    text,
  };
}

/** As the address has it: what is as usual is left out. */
export function addressOf({ view, person, text }: VoicemailFilter): Query {
  const trimmed = text.trim();
  return {
    ...(view === 'all' ? {} : { view }),
    ...(person === undefined ? {} : { person }),
    ...(trimmed === '' ? {} : { text: trimmed }),
  };
}

/** Whose mailbox. */
export type Mailbox = `person_${string}` | 'house';

export type VoicemailQuery = {
  readonly heard?: 'false';
  readonly archived?: 'true';
  readonly person?: Mailbox;
  readonly text?: string;
};

/** As the house is asked. */
export function queryOf(filter: VoicemailFilter): VoicemailQuery {
  const { view, person, text = '' } = addressOf(filter) as { view?: VoicemailView; person?: Mailbox; text?: string };
  return {
    ...(view === 'new' ? { heard: 'false' } : {}),
    ...(view === 'archived' ? { archived: 'true' } : {}),
    ...(person === undefined ? {} : { person }),
    ...(text === '' ? {} : { text }),
  };
}
