// What a person is told and where, as the house has it.
import type { EndpointReply } from '#contract/endpoint.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import type { getNotificationPreferences, listHomeAssistantTargets, listNotificationTargets } from '#contract/notifications.ts';

export type Preferences = EndpointReply<typeof getNotificationPreferences>;
export type Target = EndpointReply<typeof listNotificationTargets>['items'][number];
export type HomeAssistantTarget = EndpointReply<typeof listHomeAssistantTargets>['items'][number];

/** What is somebody's own: what they are told, and where. */
export type MyNotifications = { readonly preferences: Preferences; readonly targets: readonly Target[] };

/** What can be added by writing or choosing it; a browser is added by itself. */
export type AddedChannel = Exclude<ChannelId, 'web-push'>;
export const addedChannels = ['mail', 'home-assistant', 'gotify', 'ntfy'] as const satisfies readonly AddedChannel[];
