import { mdiCogOutline } from '@mdi/js';
import { pathOf, titles } from '../routes.ts';
import type { TitledPage } from '../routes.ts';
import { isAdmin } from '../session.ts';
import type { StringKey } from '../strings/en.ts';
import { t } from '../words.ts';
import { perSource } from './found.ts';
import type { Found } from './found.ts';
import { matches } from './match.ts';

const forEverybody: readonly TitledPage[] = [
  'dashboard',
  'calls',
  'why',
  'voicemail',
  'messages',
  'contacts',
  'phones',
  'my-settings',
  'blocklist',
  'auto-replies',
  'notifications',
  'deliveries',
];

/** Words on a page that somebody may look for who does not know where it is. */
const onPage: readonly (readonly [TitledPage, StringKey])[] = [
  ['dashboard', 'dnd.title'],
  ['my-settings', 'dnd.schedule'],
  ['calls', 'calls.missed'],
  ['phones', 'phones.add'],
  ['people', 'people.add'],
  ['home-assistant', 'ha.mqtt'],
  ['home-assistant', 'blueprints.title'],
  ['channels', 'channel.service'],
  ['deliveries', 'delivery.again'],
];

/** Pages by their names and by what can be set on them. */
export function settingsFound(text: string): readonly Found[] {
  const may = (page: TitledPage) => isAdmin() || forEverybody.includes(page);
  const pages = (Object.keys(titles) as TitledPage[])
    .filter((page) => may(page) && matches(t(titles[page]), text))
    .map((page) => found(page, t(titles[page]), ''));
  const settings = onPage
    .filter(([page, key]) => may(page) && matches(t(key), text))
    .map(([page, key]) => found(page, t(key), t(titles[page])));
  return [...pages, ...settings].slice(0, perSource);
}

function found(page: TitledPage, title: string, more: string): Found {
  return { icon: mdiCogOutline, title, more, path: pathOf(page) };
}
