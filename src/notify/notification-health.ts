import { notificationChannels } from '#contract/notification-kinds.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import type { PartHealth } from '#contract/system.ts';

/** `failing`: why a channel does not work; `waiting`: how many deliveries of it have not ended. */
export function notificationHealth(
  failing: (channel: ChannelId) => string | undefined,
  waiting: (channel: ChannelId) => number,
): PartHealth {
  const open = notificationChannels.reduce((sum, channel) => sum + waiting(channel), 0);
  const count = open === 0 ? 'No notification is waiting' : `${open} waiting to be sent`;
  const problems = notificationChannels.flatMap((channel) => {
    const problem = failing(channel);
    return problem === undefined ? [] : [`${channel}: ${problem}`];
  });
  return problems.length === 0
    ? { status: 'ok', message: count }
    : { status: 'degraded', message: `${count}. ${problems.join('; ')}` };
}
