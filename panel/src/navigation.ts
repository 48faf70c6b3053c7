import {
  mdiAccountGroup,
  mdiAccountGroupOutline,
  mdiBookAccount,
  mdiBookAccountOutline,
  mdiCog,
  mdiCogOutline,
  mdiDeskphone,
  mdiHistory,
  mdiMessageText,
  mdiMessageTextOutline,
  mdiSourceBranch,
  mdiViewDashboard,
  mdiViewDashboardOutline,
  mdiVoicemail,
} from '@mdi/js';
import type { TitledPage } from './routes.ts';
import { isAdmin } from './session.ts';

export type NavigationEntry = {
  readonly page: TitledPage;
  readonly icon: string;
  readonly activeIcon: string;
  readonly isForAdmins?: true;
};

const entries: readonly NavigationEntry[] = [
  { page: 'dashboard', icon: mdiViewDashboardOutline, activeIcon: mdiViewDashboard },
  { page: 'calls', icon: mdiHistory, activeIcon: mdiHistory },
  { page: 'voicemail', icon: mdiVoicemail, activeIcon: mdiVoicemail },
  { page: 'messages', icon: mdiMessageTextOutline, activeIcon: mdiMessageText },
  { page: 'contacts', icon: mdiBookAccountOutline, activeIcon: mdiBookAccount },
  { page: 'phones', icon: mdiDeskphone, activeIcon: mdiDeskphone },
  { page: 'routing', icon: mdiSourceBranch, activeIcon: mdiSourceBranch, isForAdmins: true },
  { page: 'people', icon: mdiAccountGroupOutline, activeIcon: mdiAccountGroup, isForAdmins: true },
  { page: 'settings', icon: mdiCogOutline, activeIcon: mdiCog, isForAdmins: true },
];

/** On a narrow screen the others are behind “More”. */
const atTheFoot = 4;

/** What whoever is signed in may open. */
export function navigation(): readonly NavigationEntry[] {
  return entries.filter((entry) => entry.isForAdmins === undefined || isAdmin());
}

export function narrowNavigation(): { readonly first: readonly NavigationEntry[]; readonly more: readonly NavigationEntry[] } {
  return { first: navigation().slice(0, atTheFoot), more: navigation().slice(atTheFoot) };
}

/** Under which entry a page is found that has none of its own. */
const above: Partial<Record<TitledPage, TitledPage>> = {
  why: 'calls',
  blocklist: 'contacts',
  welcome: 'settings',
  'ring-groups': 'routing',
  escalations: 'routing',
  numbers: 'routing',
  trunks: 'settings',
  twilio: 'settings',
  'auto-replies': 'messages',
  recording: 'settings',
  outgoing: 'settings',
  security: 'settings',
  'home-assistant': 'settings',
  backup: 'settings',
  alerts: 'settings',
  logs: 'settings',
  metrics: 'settings',
  notifications: 'my-settings',
  channels: 'settings',
  deliveries: 'settings',
  webhooks: 'settings',
};

/** The page that a page is below, for the way back and for the mark in the navigation. */
export function pageAbove(page: TitledPage): TitledPage | undefined {
  // Whoever may not change the settings comes there from their own.
  if (page === 'deliveries' && !isAdmin()) return 'notifications';
  return above[page];
}
