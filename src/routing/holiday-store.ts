import type { Database, Statement } from '#storage/database.ts';

/** `day`: `YYYY-MM-DD`. */
export type CalendarHoliday = { readonly day: string; readonly name: string };

type Row = CalendarHoliday & { readonly entity_id: string };

/** The SQL of the table `calendar_holidays`. Nothing commits here: callers write inside a WriteBatch. */
export class HolidayStore {
  readonly #all: Statement<[], Row>;
  readonly #clear: Statement<[string]>;
  readonly #put: Statement<[string, string, string]>;

  constructor(db: Database) {
    this.#all = db.prepare('SELECT * FROM calendar_holidays ORDER BY day, entity_id');
    this.#clear = db.prepare('DELETE FROM calendar_holidays WHERE entity_id = ?');
    this.#put = db.prepare('INSERT OR IGNORE INTO calendar_holidays (entity_id, day, name) VALUES (?, ?, ?)');
  }

  /** By calendar, the earliest day first. */
  all(): ReadonlyMap<string, readonly CalendarHoliday[]> {
    return Map.groupBy(this.#all.all(), ({ entity_id }) => entity_id);
  }

  /** All that the calendar holds now. */
  replace(entityId: string, days: readonly CalendarHoliday[]): void {
    this.#clear.run(entityId);
    for (const { day, name } of days) this.#put.run(entityId, day, name);
  }
}
