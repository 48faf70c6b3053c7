// What a person is told and where, as the house has it.
import type { EndpointReply } from '#contract/endpoint.ts';
import type { FactName } from '#contract/facts.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import { getNotificationPreferences, listNotificationTargets } from '#contract/notifications.ts';
import type { listHomeAssistantTargets } from '#contract/notifications.ts';
import { call } from './api.ts';
import type { Person } from './data.ts';
import { me } from './session.ts';

export type Preferences = EndpointReply<typeof getNotificationPreferences>;
export type Target = EndpointReply<typeof listNotificationTargets>['items'][number];
export type HomeAssistantTarget = EndpointReply<typeof listHomeAssistantTargets>['items'][number];

/** What somebody is told, and where. `isOwn`: whoever looks is the one. */
export type Notifications = { readonly preferences: Preferences; readonly targets: readonly Target[]; readonly isOwn: boolean };

export async function readNotifications(person: 'me' | Person['id']): Promise<Notifications> {
  const [preferences, { items: targets }] = await Promise.all([
    call(getNotificationPreferences, { params: { personId: person } }),
    call(listNotificationTargets, { query: { person, per_page: 100 } }),
  ]);
  return { preferences, targets, isOwn: preferences.personId === me()?.person?.id };
}

export const notificationFacts: readonly FactName[] = [
  'notification-preferences.changed',
  'notification-settings.changed',
  'notification-target.changed',
  'delivery.changed',
];

/** What can be added by writing or choosing it; a browser is added by itself. */
export type AddedChannel = Exclude<ChannelId, 'web-push'>;
export const addedChannels = ['mail', 'home-assistant', 'gotify', 'ntfy'] as const satisfies readonly AddedChannel[];
