// Owns when a notification is told: at once, when it is no longer quiet, or not at all.
// Called by reach.ts for each target, and again for what was held.
// Must stay true: pure. Quiet hours and do not disturb concern what makes a noise; a mail never does.
import type { ChannelId } from '#contract/notification-kinds.ts';
import type { KindPreference } from './preference.ts';

/** When a person is left in peace: until when each goes on, undefined where it does not. */
export type Quiet = {
  readonly quietUntil: number | undefined;
  /** `open-ended`: until somebody switches it off. */
  readonly dndUntil: number | 'open-ended' | undefined;
};

/** A number: held until then. */
export type When = 'now' | 'drop' | number;

/** Whoever was not to be disturbed for longer is told all the same. */
export const maxHeldMs = 24 * 3_600_000;

type Asked = {
  readonly channel: ChannelId;
  readonly preference: Pick<KindPreference, 'inQuiet' | 'inDnd'>;
  /** Somebody has to know of it also at night. */
  readonly isUrgent: boolean;
  readonly quiet: Quiet;
};

export function whenTold({ channel, preference, isUrgent, quiet }: Asked, now: number): When {
  if (channel === 'mail') return 'now';
  const longest = now + maxHeldMs;
  const { quietUntil, dndUntil } = quiet;
  const reasons = [
    ...(quietUntil === undefined || isUrgent ? [] : [{ rule: preference.inQuiet, until: quietUntil }]),
    ...(dndUntil === undefined ? [] : [{ rule: preference.inDnd, until: dndUntil === 'open-ended' ? longest : dndUntil }]),
  ];
  if (reasons.some(({ rule }) => rule === 'drop')) return 'drop';
  const held = reasons.filter(({ rule }) => rule === 'later').map(({ until }) => until);
  return held.length === 0 ? 'now' : Math.min(longest, Math.max(...held));
}
