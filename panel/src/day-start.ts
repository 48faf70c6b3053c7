import { dateFormat } from './intl.ts';
const dayMs = 86_400_000;

/** When a day of the calendar, or the one `later` days after it, begins in a time zone; the browser's own where it is undefined. */
export function dayStart(day: string, later: number, timeZone: string | undefined): number {
  const wall = Date.parse(`${day}T00:00:00Z`) + later * dayMs;
  // The clocks may be set in the night: what they show at the first guess tells how far it is off.
  let at = wall;
  for (let round = 0; round < 2; round += 1) at = wall - (shown(at, timeZone) - at);
  return at;
}

/** What clocks show at a moment, as if it were UTC. */
function shown(at: number, timeZone: string | undefined): number {
  const format = dateFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  return Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
}
