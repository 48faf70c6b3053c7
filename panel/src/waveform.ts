// How a waveform is drawn: which bars there are, and how high. Nothing here knows a canvas.

/** Of every bar, from 0 to 1. */
export type Bars = readonly number[];

/** What is quieter than this is shown quiet, however quiet everything else is. */
const leastFullScale = 24;

/** `levels`: the loudest of equal slices, 0 to 255; of them `count` bars, the loudest of which is 1. */
export function barsOf(levels: readonly number[], count: number): Bars {
  if (levels.length === 0 || count < 1) return [];
  const fullScale = Math.max(leastFullScale, ...levels);
  return Array.from({ length: count }, (_, index) => {
    const first = Math.floor((index * levels.length) / count);
    const end = Math.max(first + 1, Math.floor(((index + 1) * levels.length) / count));
    return Math.max(...levels.slice(first, end)) / fullScale;
  });
}

export const speeds = [1, 1.25, 1.5, 2] as const;

/** As it was kept; 1 where that is no speed of ours. */
export function speedOf(text: string | null): number {
  return speeds.find((speed) => String(speed) === text) ?? 1;
}

/** From 0 to 1; all of it where what was kept is none. */
export function volumeOf(text: string | null): number {
  const volume = text === null || text === '' ? Number.NaN : Number(text);
  return volume >= 0 && volume <= 1 ? volume : 1;
}

/** Where a key moves to; undefined for keys that move nothing. Seconds. */
export function seekByKey(key: string, at: number, length: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: at + 5,
    ArrowUp: at + 5,
    ArrowLeft: at - 5,
    ArrowDown: at - 5,
    PageUp: at + 30,
    PageDown: at - 30,
    Home: 0,
    End: length,
  };
  const to = steps[key];
  return to === undefined ? undefined : Math.min(length, Math.max(0, to));
}
