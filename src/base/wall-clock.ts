// A format for each zone: making one costs a hundred times what using it costs.
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of an IANA time zone show at a moment, as milliseconds as if it were UTC. A zone that there is not counts as UTC. */
export function wallClock(at: number, timeZone: string): number {
  const shown = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) if (type in shown) shown[type as 'year'] = Number(value);
  const seconds = Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute, shown.second);
  return seconds + (((at % 1000) + 1000) % 1000);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = makeFormat(timeZone);
  formats.set(timeZone, format);
  return format;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat {
  const parts = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, ...parts });
  } catch {
    return new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...parts });
  }
}
