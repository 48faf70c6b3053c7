// Hours of a week, as windows and as what is painted: minutes from Monday 00:00 on.
// Must stay true: what is not touched comes back as it was, to the minute.

export const dayMinutes = 1440;
export const weekMinutes = 7 * dayMinutes;

/** Days (Monday is 1) on which a window begins; `to` at or before `from` is on the next day. */
export type WeekWindow = { readonly days: readonly number[]; readonly from: string; readonly to: string };
/** From the first minute to before the second. */
export type Span = readonly [number, number];

/** The spans of windows, in order, those that touch as one. Over Sunday's midnight a span is in two parts. */
export function spansOf(windows: readonly WeekWindow[]): readonly Span[] {
  const all = windows.flatMap(({ days, from, to }) =>
    days.map((day): Span => {
      const begin = (day - 1) * dayMinutes + minutesOf(from);
      const end = (day - 1) * dayMinutes + minutesOf(to);
      return [begin, end > begin ? end : end + dayMinutes];
    }),
  );
  return joined(
    all.flatMap(([begin, end]): readonly Span[] =>
      end > weekMinutes
        ? [
            [begin, weekMinutes],
            [0, end - weekMinutes],
          ]
        : [[begin, end]],
    ),
  );
}

/** The fewest windows that say the same. */
export function windowsOf(spans: readonly Span[]): readonly WeekWindow[] {
  const byTimes = Map.groupBy(overSunday(joined(spans)).flatMap(byDay), ({ from, to }) => `${from} ${to}`);
  return [...byTimes.values()].map((same) => ({
    days: same.map(({ day }) => day).toSorted((a, b) => a - b),
    from: same[0]?.from ?? '',
    to: same[0]?.to ?? '',
  }));
}

/** With this part switched on or off. */
export function painted(spans: readonly Span[], [begin, end]: Span, isOn: boolean): readonly Span[] {
  const without = spans.flatMap(([from, to]): readonly Span[] =>
    [[from, Math.min(to, begin)] as const, [Math.max(from, end), to] as const].filter(([a, b]) => a < b),
  );
  return joined(isOn ? [...without, [begin, end]] : without);
}

/** How much of a part is on. */
export function coverOf(spans: readonly Span[], [begin, end]: Span): 'none' | 'part' | 'all' {
  const minutes = spans.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, begin)), 0);
  if (minutes === 0) return 'none';
  return minutes >= end - begin ? 'all' : 'part';
}

/** One day (Monday is 1) as others; what of the night before reaches into them goes too. */
export function dayCopied(spans: readonly Span[], day: number, to: readonly number[]): readonly Span[] {
  const start = (one: number) => (one - 1) * dayMinutes;
  const own = spans.flatMap(([from, end]): readonly Span[] => {
    const cut: Span = [Math.max(from, start(day)), Math.min(end, start(day) + dayMinutes)];
    return cut[0] < cut[1] ? [cut] : [];
  });
  return to
    .filter((one) => one !== day)
    .reduce((all, one) => {
      const empty = painted(all, [start(one), start(one) + dayMinutes], false);
      const moved = own.map(([from, end]): Span => [from - start(day) + start(one), end - start(day) + start(one)]);
      return joined([...empty, ...moved]);
    }, spans);
}

function joined(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && span[0] <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], span[1])];
    else result.push(span);
  }
  return result;
}

/** The night from Sunday to Monday is one window, where it is no longer than a day. */
function overSunday(spans: readonly Span[]): readonly Span[] {
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined || first === last || first[0] !== 0 || last[1] !== weekMinutes) return spans;
  if (first[1] + weekMinutes - last[0] >= dayMinutes || first[1] >= dayMinutes) return spans;
  return [...spans.slice(1, -1), [last[0], weekMinutes + first[1]]];
}

type DayWindow = { readonly day: number; readonly from: string; readonly to: string };

/** A window lasts a day at most: longer ones are cut at midnights. */
function byDay([begin, end]: Span): readonly DayWindow[] {
  const midnight = (Math.floor(begin / dayMinutes) + 1) * dayMinutes;
  if (end - begin <= dayMinutes && end - midnight < dayMinutes) {
    const isWhole = end > midnight && end - begin === dayMinutes && begin % dayMinutes !== 0;
    if (!isWhole) return [dayWindow(begin, end)];
  }
  return end <= midnight ? [dayWindow(begin, end)] : [dayWindow(begin, midnight), ...byDay([midnight, end])];
}

function dayWindow(begin: number, end: number): DayWindow {
  return { day: Math.floor(begin / dayMinutes) + 1, from: timeOf(begin), to: timeOf(end) };
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function timeOf(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const inDay = minutes % dayMinutes;
  return `${two(Math.floor(inDay / 60))}:${two(inDay % 60)}`;
}
