// Owns the reading of calendars of Home Assistant: the days that whole-day events fill.
// Called by routing, whose port it fits, for holidays.
// Must stay true: days are the calendar's own, whatever the time zones of Core, of us and of the house are.
import { isRecord } from '#base/json.ts';
import { CoreError } from './core-connection.ts';
import type { CoreConnection } from './core-connection.ts';
import type { CoreFetch } from './core-rest.ts';

type Day = { readonly day: string; readonly name: string };
type Days =
  | { readonly kind: 'days'; readonly days: readonly Day[] }
  | { readonly kind: 'failed'; readonly message: string; readonly isFault: boolean };

const dayMs = 86_400_000;
const dayPattern = /^\d{4}-\d\d-\d\d$/;
/** A calendar may be slow: it may ask a server on the internet. */
const limitMs = 60_000;

export class CoreCalendars {
  readonly #deps: { readonly core: CoreConnection; readonly coreFetch: CoreFetch };

  constructor(deps: { readonly core: CoreConnection; readonly coreFetch: CoreFetch }) {
    this.#deps = deps;
  }

  onReady(listener: () => void): () => void {
    return this.#deps.core.onConnected(listener);
  }

  /** `from` inclusive, `to` exclusive; both `YYYY-MM-DD`. */
  async wholeDays(entityId: string, from: string, to: string): Promise<Days> {
    const query = `start=${from}T00:00:00Z&end=${to}T00:00:00Z`;
    try {
      const reply = await this.#deps.coreFetch<unknown>(`/api/calendars/${entityId}?${query}`, { limitMs });
      const events = Array.isArray(reply) ? reply : [];
      return { kind: 'days', days: events.flatMap(daysOf).filter(({ day }) => day >= from && day < to) };
    } catch (error) {
      return refusal(error);
    }
  }
}

function refusal(error: unknown): Days {
  if (!(error instanceof CoreError)) throw error;
  const { code, message } = error;
  // Core answers 400 to a calendar that there is not, as while it starts.
  if (code === 'invalid') return failed('Home Assistant has no such calendar: choose another one', true);
  return failed(message, code === 'forbidden');
}

function failed(message: string, isFault: boolean): Days {
  return { kind: 'failed', message, isFault };
}

/** Of a whole-day event; its end is the first day that is not part of it. */
function daysOf(event: unknown): readonly Day[] {
  if (!isRecord(event) || !isRecord(event['start']) || !isRecord(event['end'])) return [];
  const [first, end] = [event['start']['date'], event['end']['date']];
  if (typeof first !== 'string' || typeof end !== 'string' || !dayPattern.test(first) || !dayPattern.test(end)) return [];
  const begin = Date.parse(`${first}T00:00:00Z`);
  const count = Math.min(366, Math.max(1, Math.round((Date.parse(`${end}T00:00:00Z`) - begin) / dayMs)));
  if (!Number.isFinite(count)) return [];
  const name = typeof event['summary'] === 'string' ? event['summary'] : '';
  return Array.from({ length: count }, (_, index) => ({
    day: new Date(begin + index * dayMs).toISOString().slice(0, 10),
    name,
  }));
}
