// Owns when do not disturb is on: the switch of a hand and the schedule, in one answer for any moment.
// Called by dnd-switches.ts, through which everybody asks.
// Must stay true: pure. Entries that touch or overlap are one period; what is switched off by hand stays off until its end.
import { isDndActive } from './dnd.ts';
import type { Dnd } from './dnd.ts';
import { windowAt } from './schedule.ts';
import { zoneTime } from './zone-time.ts';

/** Monday is 1, Sunday 7; `HH:MM`, `to` at or before `from` on the next day. An entry that is off is kept and does nothing. */
export type DndEntry = {
  readonly days: readonly number[];
  readonly from: string;
  readonly to: string;
  readonly isOn: boolean;
};

/** `offUntil`: switched off by hand until then, in milliseconds since the Unix epoch. */
export type DndSchedule = { readonly entries: readonly DndEntry[]; readonly offUntil: number | undefined };

/** `bySchedule`: nobody switched it on. `offUntil`: the schedule would have it on, and somebody switched it off until then. */
export type DndState = Dnd & { readonly bySchedule: boolean; readonly offUntil: number | undefined };

type Asked = { readonly byHand: Dnd; readonly schedule: DndSchedule | undefined; readonly timeZone: string };

/** The longest that a period is followed; one that is made of touching days lasts a week at most, as no schedule may be without end. */
const maxPeriodMs = 15 * 86_400_000;

/** What holds at this moment (milliseconds since the Unix epoch). */
export function dndAt({ byHand, schedule, timeZone }: Asked, at: number): DndState {
  const isByHand = isDndActive(byHand, at);
  if (isByHand && byHand.until === undefined) return { ...byHand, bySchedule: false, offUntil: undefined };
  const from = isByHand ? (byHand.until ?? at) : at;
  const end = schedule === undefined ? undefined : periodEnd(schedule.entries, from, timeZone);
  const isOff = end !== undefined && schedule?.offUntil !== undefined && from < schedule.offUntil;
  if (isByHand) return { isOn: true, until: isOff ? from : (end ?? from), bySchedule: false, offUntil: undefined };
  if (end === undefined) return { isOn: false, until: undefined, bySchedule: false, offUntil: undefined };
  if (isOff) return { isOn: false, until: undefined, bySchedule: false, offUntil: schedule.offUntil };
  return { isOn: true, until: end, bySchedule: true, offUntil: undefined };
}

/** When the period that holds at this moment is over; undefined where none does. */
export function periodEnd(entries: readonly DndEntry[], at: number, timeZone: string): number | undefined {
  let end: number | undefined;
  let next = windowEnd(entries, at, timeZone);
  while (next !== undefined && next - at < maxPeriodMs) {
    end = next;
    next = windowEnd(entries, next, timeZone);
  }
  return end;
}

/** Of all the windows of this moment the one that lasts longest. */
function windowEnd(entries: readonly DndEntry[], at: number, timeZone: string): number | undefined {
  const active = entries.filter(({ isOn }) => isOn);
  if (active.length === 0) return undefined;
  const zone = zoneTime(at, timeZone);
  const ends = active.flatMap(({ days, from, to }) => {
    const found = windowAt({ weekdays: days, from, to, dates: [], holidays: 'any' }, zone, noHolidays);
    return found === undefined ? [] : [found.end];
  });
  return ends.length === 0 ? undefined : Math.max(...ends);
}

const noHolidays: ReadonlySet<string> = new Set();
