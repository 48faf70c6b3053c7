// What the list of contacts is narrowed down to, as the address of the page says it.
type Query = Readonly<Record<string, string>>;

/** `all`, `house` and `me` say whose; anything else is a group. */
export type ContactFilter = { readonly text: string; readonly shown: string };

const groupPrefix = 'group:';

export function filterOf({ text = '', shown = 'all' }: Query): ContactFilter {
  return { text, shown };
}

export function addressOf({ text, shown }: ContactFilter): Query {
  return { ...(text.trim() === '' ? {} : { text: text.trim() }), ...(shown === 'all' ? {} : { shown }) };
}

/** What the house is asked for. */
export type ContactQuery = { readonly text?: string; readonly owner?: 'house' | 'me'; readonly group?: string };

export function contactQuery({ text, shown }: ContactFilter): ContactQuery {
  const wanted = text.trim();
  return {
    ...(wanted === '' ? {} : { text: wanted }),
    ...(shown === 'house' || shown === 'me' ? { owner: shown } : {}),
    ...(shown.startsWith(groupPrefix) ? { group: shown.slice(groupPrefix.length) } : {}),
  };
}

export function groupValue(group: string): string {
  return `${groupPrefix}${group}`;
}
