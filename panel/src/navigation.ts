import {
  mdiAccountGroup,
  mdiAccountGroupOutline,
  mdiDeskphone,
  mdiHistory,
  mdiHomeAssistant,
  mdiViewDashboard,
  mdiViewDashboardOutline,
} from '@mdi/js';
import type { titles } from './routes.ts';
import { isAdmin } from './session.ts';

type Entry = {
  readonly page: keyof typeof titles;
  readonly icon: string;
  readonly activeIcon: string;
  readonly isForAdmins?: true;
};

const entries: readonly Entry[] = [
  { page: 'dashboard', icon: mdiViewDashboardOutline, activeIcon: mdiViewDashboard },
  { page: 'calls', icon: mdiHistory, activeIcon: mdiHistory },
  { page: 'phones', icon: mdiDeskphone, activeIcon: mdiDeskphone },
  { page: 'people', icon: mdiAccountGroupOutline, activeIcon: mdiAccountGroup, isForAdmins: true },
  { page: 'home-assistant', icon: mdiHomeAssistant, activeIcon: mdiHomeAssistant, isForAdmins: true },
];

/** What whoever is signed in may open. */
export function navigation(): readonly Entry[] {
  return entries.filter((entry) => entry.isForAdmins === undefined || isAdmin());
}
