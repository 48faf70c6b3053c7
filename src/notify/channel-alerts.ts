import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';
import { notificationChannels } from '#contract/notification-kinds.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';

export const notificationsFailing = alert({ alertId: 'notifications-failing', title: 'Notifications do not arrive' });

/** Of Gotify, which gives up in silence, nobody is told. `failing`: why a channel does not work, in words of its service. */
export function channelAlerts(failing: (channel: ChannelId) => string | undefined): readonly Alert[] {
  const active = () =>
    notificationChannels.flatMap((about) => {
      const message = about === 'gotify' ? undefined : failing(about);
      return message === undefined ? [] : [{ about, message }];
    });
  return [bindAlert(notificationsFailing, { active, changedBy: ['notification-settings.changed'] })];
}
