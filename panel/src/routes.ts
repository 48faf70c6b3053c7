import type { StringKey } from './strings/en.ts';

export const pageNames = ['dashboard', 'calls', 'phones', 'people', 'home-assistant', 'design'] as const;
export type PageName = (typeof pageNames)[number];

/** Where somebody is in the panel: a page, and what of it is open. */
export type Place =
  | { readonly page: PageName; readonly id: string | undefined }
  | { readonly page: 'missing'; readonly id: undefined };

/** Of the path below the base, such as `phones/dev_1`. */
export function placeOf(path: string): Place {
  const [first = '', second = '', ...more] = path.replace(/^\/+|\/+$/g, '').split('/');
  if (first === '') return { page: 'dashboard', id: undefined };
  const page = pageNames.find((name) => name === first);
  if (page === undefined || page === 'dashboard' || more.length > 0) return { page: 'missing', id: undefined };
  return { page, id: second === '' ? undefined : decodeOr(second) };
}

export function pathOf(page: PageName, id?: string): string {
  const name = page === 'dashboard' ? '' : page;
  return id === undefined ? name : `${name}/${encodeURIComponent(id)}`;
}

export const titles: Readonly<Record<Exclude<PageName, 'design'>, StringKey>> = {
  dashboard: 'page.dashboard',
  calls: 'page.calls',
  phones: 'page.phones',
  people: 'page.people',
  'home-assistant': 'page.homeAssistant',
};

function decodeOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
