import type { Clock } from '#base/clock.ts';
import type { DeviceId } from '#base/ids.ts';
import type { CallReason } from '#contract/call-verdicts.ts';

export type RecentRefusal = {
  readonly deviceId: DeviceId;
  readonly deviceName: string;
  /** The last number. */
  readonly number: string;
  readonly reason: CallReason;
  readonly destination: string | undefined;
  readonly times: number;
  /** The last time, milliseconds since the Unix epoch. */
  readonly at: number;
};

/** What was refused and what to do, in the user's words. */
export function describeRefusal({ deviceName, reason, destination, times }: RecentRefusal): string {
  const often = times === 1 ? 'once' : `${times} times`;
  const why = destination === undefined ? reason : `${reason}: ${destination}`;
  return `${deviceName} was refused ${often} (${why}). If nobody in the house did that, its password is stolen: make a new one`;
}

type Kept = RecentRefusal & { readonly monotonic: number };

const dayMs = 86_400_000;
const maxKept = 100;

/** Outbound calls refused in the last day: one entry for all that are alike, so that a flood is one. */
export class OutgoingRefusals {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it is the first of its kind. */
  add(refused: Omit<RecentRefusal, 'times' | 'at'>): boolean {
    this.#drop();
    const key = `${refused.deviceId} ${refused.reason} ${refused.destination ?? ''}`;
    const before = this.#kept.get(key);
    this.#kept.delete(key);
    const [at, monotonic] = [this.#clock.now(), this.#clock.monotonic()];
    this.#kept.set(key, { ...refused, times: (before?.times ?? 0) + 1, at, monotonic });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
    return before === undefined;
  }

  /** The destination is allowed now: its refusals need no attention any more. */
  forget(destination: string): void {
    for (const [key, kept] of this.#kept) if (kept.destination === destination) this.#kept.delete(key);
  }

  /** The newest last. */
  all(): readonly RecentRefusal[] {
    this.#drop();
    return [...this.#kept.values()];
  }

  #drop(): void {
    const now = this.#clock.monotonic();
    for (const [key, { monotonic }] of this.#kept) if (now - monotonic >= dayMs) this.#kept.delete(key);
  }
}
