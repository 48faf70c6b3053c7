import type { StringKey } from './strings/en.ts';

const minuteMs = 60_000;
const morningHour = 7;

export type UntilChoice = { readonly key: StringKey; readonly until: (now: number) => number | null };

/** For how long somebody wants to be left alone; null: until they say otherwise. */
export const untilChoices: readonly UntilChoice[] = [
  { key: 'until.halfHour', until: (now) => now + 30 * minuteMs },
  { key: 'until.hour', until: (now) => now + 60 * minuteMs },
  { key: 'until.morning', until: nextMorning },
  { key: 'until.ever', until: () => null },
];

/** The next seven o'clock by the clock on the wall, also over a night in which it is set. */
export function nextMorning(now: number): number {
  const at = new Date(now);
  at.setHours(morningHour, 0, 0, 0);
  if (at.getTime() <= now) at.setDate(at.getDate() + 1);
  return at.getTime();
}
