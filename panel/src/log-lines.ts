import type { LogLine } from '#contract/observation.ts';

/** Lines to keep on the screen, whatever happens. */
const maxKept = 1_000;

/** The newest first; each line once. */
export function withNewer(kept: readonly LogLine[], newer: readonly LogLine[]): readonly LogLine[] {
  const newest = kept[0]?.id ?? -1;
  const first = newer.at(-1);
  // The house was started again: it counts anew.
  if (first !== undefined && newer.every(({ id }) => id <= newest)) return newer;
  return [...newer.filter(({ id }) => id > newest), ...kept].slice(0, maxKept);
}

/** As it is copied and saved, in the order of time. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .toReversed()
    .map(({ time, level, room, message, fields }) => {
      const more = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
      return `${time} ${level}${room === null ? '' : ` [${room}]`} ${message}${more}\n`;
    })
    .join('');
}

/** Which call a line is of. */
export function callIdOf({ fields }: Pick<LogLine, 'fields'>): string | undefined {
  const id = fields['callId'];
  return typeof id === 'string' ? id : undefined;
}
