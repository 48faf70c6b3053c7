import { isoTime } from '#base/clock.ts';
import type { PartHealth } from '#contract/system.ts';

/** More than a clock loses while a machine restarts. */
const minBehindMs = 2_000;

/** How far the machine's clock is behind the last time it is known to have shown; 0 where it is not. */
export function clockBehindMs(now: number, lastSeen: number | undefined): number {
  const behindMs = lastSeen === undefined ? 0 : lastSeen - now;
  return behindMs > minBehindMs ? behindMs : 0;
}

/** `behindUntil`: the time the clock must reach to be no longer behind; undefined where it never was. */
export function clockHealth(now: number, behindUntil: number | undefined): PartHealth {
  if (behindUntil === undefined || now >= behindUntil) return { status: 'ok', message: `It is ${isoTime(now)}` };
  return { status: 'degraded', message: describeBehind(now, behindUntil) };
}

export function describeBehind(now: number, lastSeen: number): string {
  return (
    `The clock of this machine is behind: it shows ${isoTime(now)}, and GoSIP ran until ${isoTime(lastSeen)}. ` +
    'Phones and calls go on; set the clock, or let the machine fetch the time from the network (timedatectl set-ntp true).'
  );
}
