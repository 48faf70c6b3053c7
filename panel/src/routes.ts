import type { StringKey } from './strings/en.ts';

/** Every page and its name in words. */
export const titles = {
  dashboard: 'page.dashboard',
  calls: 'page.calls',
  why: 'page.why',
  voicemail: 'page.voicemail',
  messages: 'page.messages',
  contacts: 'page.contacts',
  phones: 'page.phones',
  'my-settings': 'page.mySettings',
  welcome: 'page.welcome',
  routing: 'page.routing',
  'ring-groups': 'page.ringGroups',
  escalations: 'page.escalations',
  people: 'page.people',
  settings: 'page.settings',
  numbers: 'page.numbers',
  trunks: 'page.trunks',
  twilio: 'page.twilio',
  blocklist: 'page.blocklist',
  'auto-replies': 'page.autoReplies',
  recording: 'page.recording',
  outgoing: 'page.outgoing',
  security: 'page.security',
  'home-assistant': 'page.homeAssistant',
  backup: 'page.backup',
  alerts: 'page.alerts',
  logs: 'page.logs',
  metrics: 'page.metrics',
  notifications: 'page.notifications',
  channels: 'page.channels',
  deliveries: 'page.deliveries',
  webhooks: 'page.webhooks',
} as const satisfies Readonly<Record<string, StringKey>>;

export type TitledPage = keyof typeof titles;
export type PageName = TitledPage | 'design';
export const pageNames = [...(Object.keys(titles) as TitledPage[]), 'design'] as const satisfies readonly PageName[];

type Query = Readonly<Record<string, string>>;

/** Where somebody is in the panel: a page, what of it is open, and what it is narrowed down to. */
export type Place =
  | { readonly page: PageName; readonly id: string | undefined; readonly query: Query }
  | { readonly page: 'missing'; readonly id: undefined; readonly query: Query };

/** Of the path below the base, such as `phones/dev_1`. `search`: such as `?text=Mum`. */
export function placeOf(path: string, search = ''): Place {
  const query = Object.fromEntries(new URLSearchParams(search));
  const [first = '', second = '', ...more] = path.replace(/^\/+|\/+$/g, '').split('/');
  if (first === '') return { page: 'dashboard', id: undefined, query };
  const page = pageNames.find((name) => name === first);
  if (page === undefined || page === 'dashboard' || more.length > 0) return { page: 'missing', id: undefined, query };
  return { page, id: second === '' ? undefined : decodeOr(second), query };
}

/** Below the base; empty for the dashboard. */
export function pathOf(page: PageName, id?: string, query: Query = {}): string {
  const name = page === 'dashboard' ? '' : page;
  const path = id === undefined ? name : `${name}/${encodeURIComponent(id)}`;
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

function decodeOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
