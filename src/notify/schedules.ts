// Owns when each channel is tried again, how often, and for how long: the promise of docs/notifications.md in figures.
// Called by delivery-handler.ts.
// Must stay true: seconds count from the first attempt, not from the last one.
import type { ChannelId } from '#contract/notification-kinds.ts';
import type { OutboxHandler } from '#storage/outbox-item.ts';

export type ChannelPace = Required<Pick<OutboxHandler, 'schedule' | 'timeoutSeconds' | 'maxInFlight'>> & {
  /** After which no further try begins, however long the house was off. */
  readonly giveUpAfterSeconds: number;
  /** Whether a repeat does no harm, because the one before is replaced by it. */
  readonly isRepeatHarmless: boolean;
  /** Given up without telling anybody. */
  readonly isSilent: boolean;
};

const day = 86_400;

export const paces: Readonly<Record<ChannelId, ChannelPace>> = {
  mail: {
    schedule: { atSeconds: [0, 300, 1200, 2100] },
    timeoutSeconds: 120,
    maxInFlight: 2,
    giveUpAfterSeconds: 7 * day,
    isRepeatHarmless: false,
    isSilent: false,
  },
  gotify: {
    schedule: { atSeconds: [0, 10, 60] },
    timeoutSeconds: 60,
    maxInFlight: 2,
    giveUpAfterSeconds: day,
    isRepeatHarmless: false,
    isSilent: true,
  },
  ntfy: {
    schedule: { atSeconds: [0, 10, 60, 600] },
    timeoutSeconds: 60,
    maxInFlight: 2,
    giveUpAfterSeconds: day,
    isRepeatHarmless: false,
    isSilent: false,
  },
  'home-assistant': {
    schedule: { atSeconds: [0, 30, 120, 600, 3600] },
    timeoutSeconds: 60,
    maxInFlight: 4,
    giveUpAfterSeconds: day,
    isRepeatHarmless: true,
    isSilent: false,
  },
  'web-push': {
    schedule: { atSeconds: [0, 15, 120, 900, 3600, 14_400] },
    timeoutSeconds: 60,
    maxInFlight: 6,
    giveUpAfterSeconds: day,
    isRepeatHarmless: true,
    isSilent: false,
  },
};

/** What is worth nothing after half a minute: that it rings, and that it does no longer. */
export const ringingPace = {
  schedule: { atSeconds: [0, 3, 8] },
  timeoutSeconds: 10,
  giveUpAfterSeconds: 25,
  isRepeatHarmless: false,
  isSilent: true,
} as const satisfies Partial<ChannelPace>;
