// Owns the holidays that come from calendars of Home Assistant: when they are read, and what is known of them meanwhile.
// Called by the composition; decisions take the days together with those that are entered.
// Must stay true: what was read last stands until something newer is read; a calendar that cannot be read is no calendar without holidays.
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { wallClock } from '#base/wall-clock.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { CalendarHoliday, HolidayStore } from './holiday-store.ts';
import type { RoutingSettings } from './routing-settings.ts';
import { dayMs } from './zone-time.ts';

/** `isFault`: somebody must do something about it. */
export type CalendarDays =
  | { readonly kind: 'days'; readonly days: readonly CalendarHoliday[] }
  | { readonly kind: 'failed'; readonly message: string; readonly isFault: boolean };

/** Calendars outside this process; nothing here throws. */
export type CalendarsPort = {
  /** The days that whole-day events fill, from the first (inclusive) to the last (exclusive) day. */
  wholeDays(entityId: string, from: string, to: string): Promise<CalendarDays>;
  /** Called each time they can be read again. Returns the function that ends it. */
  onReady(listener: () => void): () => void;
};

export type HolidayCalendarsDeps = {
  readonly store: HolidayStore;
  readonly writes: WriteBatch;
  /** Undefined where the house has none. */
  readonly calendars: CalendarsPort | undefined;
  readonly settings: () => RoutingSettings;
  readonly clock: Clock;
  readonly log: Log;
};

export type CalendarState = {
  readonly readAt: number | undefined;
  readonly problem: string | undefined;
  /** Somebody must do something about the problem. */
  readonly isFault: boolean;
  /** Tries that failed, one after the other. */
  readonly failures: number;
};

/** So far ahead: longer than Home Assistant is ever away. */
const aheadDays = 100;
const periodMs = 6 * 3_600_000;
const retryMs = 60_000;
/** A Home Assistant that starts does not know its calendars for a while. */
const patience = 5;
const unread: CalendarState = { readAt: undefined, problem: undefined, isFault: false, failures: 0 };
const noCalendars = 'Home Assistant is not set up: set home_assistant_url and home_assistant_token';

export class HolidayCalendars {
  readonly #deps: HolidayCalendarsDeps;
  readonly #states = new Map<string, CalendarState>();
  #days: ReadonlyMap<string, readonly CalendarHoliday[]>;
  #merged: { readonly of: RoutingSettings; readonly result: RoutingSettings } | undefined;
  #timer: Timer | undefined;
  #retry: Timer | undefined;
  #unsubscribe: (() => void) | undefined;
  #reading: Promise<void> | undefined;
  #isWanted = false;
  #isStopped = false;

  constructor(deps: HolidayCalendarsDeps) {
    this.#deps = deps;
    this.#days = deps.store.all();
  }

  start(): void {
    const { clock, calendars } = this.#deps;
    this.#timer = clock.every(periodMs, () => this.refresh());
    this.#unsubscribe = calendars?.onReady(() => this.refresh());
    this.refresh();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#retry?.cancel();
    this.#unsubscribe?.();
    await this.#reading;
  }

  /** The settings, with the days of the chosen calendars among the holidays. */
  settings(): RoutingSettings {
    const of = this.#deps.settings();
    if (this.#merged?.of !== of) {
      const days = this.holidays().map(({ day }) => day);
      this.#merged = { of, result: days.length === 0 ? of : { ...of, holidays: [...of.holidays, ...days] } };
    }
    return this.#merged.result;
  }

  /** Those of the chosen calendars. */
  holidays(): readonly (CalendarHoliday & { readonly calendar: string })[] {
    const { holidayCalendars } = this.#deps.settings();
    return holidayCalendars.flatMap((calendar) =>
      (this.#days.get(calendar) ?? []).map(({ day, name }) => ({ day, name, calendar })),
    );
  }

  stateOf(entityId: string): CalendarState {
    if (this.#deps.calendars === undefined) return { ...unread, problem: noCalendars, isFault: true };
    return this.#states.get(entityId) ?? unread;
  }

  /** Reads the chosen calendars again, soon. */
  refresh(): void {
    this.#isWanted = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
      // Asked for in the last moment.
      if (this.#isWanted && !this.#isStopped) this.refresh();
    });
  }

  async #readAll(): Promise<void> {
    const { settings, log } = this.#deps;
    try {
      while (this.#isWanted && !this.#isStopped) {
        this.#isWanted = false;
        for (const entityId of settings().holidayCalendars) await this.#read(entityId);
      }
    } catch (error) {
      log.error({ err: error }, 'Reading holidays failed');
    }
  }

  async #read(entityId: string): Promise<void> {
    const { calendars, store, writes, clock, log } = this.#deps;
    if (calendars === undefined) return;
    const yesterday = Math.floor(wallClock(clock.now(), this.#deps.settings().timeZone) / dayMs) - 1;
    const found = await calendars.wholeDays(entityId, dayOf(yesterday), dayOf(yesterday + 1 + aheadDays));
    if (this.#isStopped) return;
    const before = this.stateOf(entityId);
    if (found.kind === 'failed') {
      const { message: problem } = found;
      if (problem !== before.problem) log.warn({ calendar: entityId }, problem);
      const failures = before.failures + 1;
      this.#states.set(entityId, { ...before, problem, failures, isFault: found.isFault && failures >= patience });
      this.#retry?.cancel();
      this.#retry = clock.after(retryMs, () => this.refresh());
      return;
    }
    await writes.write(() => store.replace(entityId, found.days));
    this.#days = store.all();
    this.#merged = undefined;
    this.#states.set(entityId, { ...unread, readAt: clock.now() });
    log.info({ calendar: entityId, days: found.days.length }, 'Holidays read');
  }
}

/** `YYYY-MM-DD` of days since 1970-01-01. */
export function dayOf(days: number): string {
  return new Date(days * dayMs).toISOString().slice(0, 10);
}
