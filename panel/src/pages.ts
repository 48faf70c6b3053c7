// Owns which element is which page; each is loaded when it is first opened.
import type { Place } from './routes.ts';
import type { Session } from './session.ts';

type Screen = Place['page'] | Session['kind'];
type Page = { readonly tag: string; readonly load: () => Promise<unknown> };

const missing: Page = { tag: 'gosip-missing', load: () => import('./pages/missing.ts') };

const pages: Readonly<Record<Place['page'], Page>> = {
  dashboard: { tag: 'gosip-dashboard', load: () => import('./first.ts') },
  calls: { tag: 'gosip-calls', load: () => import('./pages/calls.ts') },
  why: { tag: 'gosip-why', load: () => import('./pages/why.ts') },
  voicemail: { tag: 'gosip-voicemail', load: () => import('./pages/voicemail.ts') },
  messages: { tag: 'gosip-messages', load: () => import('./pages/messages.ts') },
  contacts: { tag: 'gosip-contacts', load: () => import('./pages/contacts.ts') },
  phones: { tag: 'gosip-phones', load: () => import('./pages/phones.ts') },
  'my-settings': { tag: 'gosip-my-settings', load: () => import('./pages/my-settings.ts') },
  welcome: { tag: 'gosip-welcome', load: () => import('./pages/welcome.ts') },
  routing: { tag: 'gosip-routing', load: () => import('./pages/routing.ts') },
  'ring-groups': { tag: 'gosip-ring-groups', load: () => import('./pages/ring-groups.ts') },
  escalations: { tag: 'gosip-escalations', load: () => import('./pages/escalations.ts') },
  people: { tag: 'gosip-people', load: () => import('./pages/people.ts') },
  settings: { tag: 'gosip-settings', load: () => import('./pages/settings.ts') },
  numbers: { tag: 'gosip-numbers', load: () => import('./pages/numbers.ts') },
  trunks: { tag: 'gosip-trunks', load: () => import('./pages/trunks.ts') },
  twilio: { tag: 'gosip-twilio', load: () => import('./pages/twilio.ts') },
  blocklist: { tag: 'gosip-blocklist', load: () => import('./pages/blocklist.ts') },
  'auto-replies': { tag: 'gosip-auto-replies', load: () => import('./pages/auto-replies.ts') },
  recording: { tag: 'gosip-recording', load: () => import('./pages/recording.ts') },
  outgoing: { tag: 'gosip-outgoing', load: () => import('./pages/outgoing.ts') },
  security: { tag: 'gosip-security', load: () => import('./pages/security.ts') },
  'home-assistant': { tag: 'gosip-home-assistant', load: () => import('./pages/home-assistant.ts') },
  backup: { tag: 'gosip-backup', load: () => import('./pages/backup.ts') },
  alerts: { tag: 'gosip-alerts', load: () => import('./pages/alerts.ts') },
  logs: { tag: 'gosip-logs', load: () => import('./pages/logs.ts') },
  metrics: { tag: 'gosip-metrics', load: () => import('./pages/metrics.ts') },
  notifications: { tag: 'gosip-notifications', load: () => import('./pages/notifications.ts') },
  channels: { tag: 'gosip-channels', load: () => import('./pages/channels.ts') },
  deliveries: { tag: 'gosip-deliveries', load: () => import('./pages/deliveries.ts') },
  webhooks: { tag: 'gosip-webhooks', load: () => import('./pages/webhooks.ts') },
  design: import.meta.env.DEV ? { tag: 'gosip-design', load: () => import('./pages/design.ts') } : missing,
  missing,
};

const before: Partial<Record<Session['kind'], () => Promise<unknown>>> = {
  'sign-in': () => import('./pages/sign-in.ts'),
  'set-up': () => import('./pages/set-up.ts'),
};

export async function loadPage(screen: Screen): Promise<void> {
  if (screen in pages) await pages[screen as Place['page']].load();
  else await before[screen as Session['kind']]?.();
}

/** An element of a page; `openId` is what of it is open. */
export type PageElement = HTMLElement & { openId?: string | undefined };

let shown: { readonly page: Place['page']; readonly element: PageElement } | undefined;

/** The element of the place, the same one for as long as somebody stays on its page. */
export function pageElement({ page, id }: Place): PageElement {
  shown = shown?.page === page ? shown : { page, element: document.createElement(pages[page].tag) };
  shown.element.openId = id;
  return shown.element;
}
