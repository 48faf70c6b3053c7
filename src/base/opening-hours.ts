/** `to` at or before `from` is on the next day. Monday is 1, Sunday 7. */
export type OpeningHours = readonly {
  readonly days: readonly number[];
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
}[];

export type LocalTime = { readonly weekday: number; readonly minutes: number };

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The weekday and the minutes since midnight in the zone's own time. */
export function localTime(now: number, timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const minutes = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  return { weekday: weekdays.indexOf(parts.get('weekday') ?? '') + 1, minutes };
}

export function isOpen(hours: OpeningHours, { weekday, minutes }: LocalTime): boolean {
  const yesterday = weekday === 1 ? 7 : weekday - 1;
  return hours.some(({ days, from, to }) => {
    const [first, last] = [minutesOf(from), minutesOf(to)];
    if (last > first) return days.includes(weekday) && minutes >= first && minutes < last;
    return (days.includes(weekday) && minutes >= first) || (days.includes(yesterday) && minutes < last);
  });
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
